import sql from 'sql-template-tag';
import { defineResource } from '../jsonapi/index.js';
import { EmailAddressAttributes } from './contact-point.dto.js';
import { WriteContactPoint } from './contact-point.operation.js';
import { personPartPolicy } from './person-part.policy.js';
import { EmailAddress } from './email-address.entity.js';
import { spelled } from './spelled-email.js';

export const emailAddressResource = defineResource({
  type: 'email_address',
  path: 'email_addresses',
  entity: EmailAddress,
  dto: EmailAddressAttributes,
  policy: personPartPolicy,
  partOf: ['person'],
  operations: { create: WriteContactPoint, update: WriteContactPoint, remove: WriteContactPoint },
  about: {
    exampleId: '2',
    summary: 'An e-mail address of a person. One of them is the primary one.',
    attributes: {
      email: { about: 'As it was sent; spelled otherwise it is the same.', example: 'ada@example.org' },
    },
  },
  attributes: {
    email: {
      ...{ type: 'string', write: true, filter: true, sort: true },
      among: (emails) => sql`select fe.id from email_addresses fe where ${spelled(emails, sql`fe`)}`,
    },
    primary: { type: 'boolean', column: 'is_primary', write: true, filter: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create', required: true },
  },
});
