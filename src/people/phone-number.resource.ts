import { defineResource } from '../jsonapi/index.js';
import { PhoneNumberAttributes } from './contact-point.dto.js';
import { WriteContactPoint } from './contact-point.operation.js';
import { personPartPolicy } from './person-part.policy.js';
import { PhoneNumber } from './phone-number.entity.js';

export const phoneNumberResource = defineResource({
  type: 'phone_number',
  path: 'phone_numbers',
  entity: PhoneNumber,
  dto: PhoneNumberAttributes,
  policy: personPartPolicy,
  partOf: ['person'],
  operations: { create: WriteContactPoint, update: WriteContactPoint, remove: WriteContactPoint },
  about: {
    summary: 'A phone number of a person. One of them is the primary one.',
    attributes: {
      number: { about: 'As it was sent.', example: '(415) 555-2671' },
      e164: { about: 'Its normal form, where it has one.', example: '+14155552671' },
      location: { example: 'mobile' },
      extension: { example: null },
    },
  },
  attributes: {
    number: { type: 'string', write: true, filter: true, sort: true },
    e164: { type: 'string', filter: true },
    location: { type: 'string', write: true, filter: true },
    extension: { type: 'string', write: true },
    primary: { type: 'boolean', column: 'is_primary', write: true, filter: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create', required: true },
  },
});
