import sql from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import { defineResource } from '../jsonapi/index.js';
import { ChangeGroups } from './change-groups.operation.js';
import { CreatePerson } from './create-person.operation.js';
import { furtherProblems } from './further-problems.js';
import { readMatchParameters } from './match-parameters.js';
import { personAbout } from './person.about.js';
import { PersonAttributes } from './person.dto.js';
import { Person } from './person.entity.js';
import { spelled } from './spelled-email.js';
import { personPolicy } from './person.policy.js';
import { PreparePeople } from './prepare-people.js';
import { RememberPersonParts } from './remember-person-parts.js';
import { RemovePerson } from './remove-person.operation.js';
import { peopleWithRef, shownExternalRef } from './shown-external-ref.js';
import { UpdatePerson } from './update-person.operation.js';

const name = { type: 'string', write: true, filter: true, sort: true } as const;
const time = { type: 'timestamp', filter: true, sort: true } as const;

export const personResource = defineResource({
  type: 'person',
  path: 'people',
  entity: Person,
  dto: PersonAttributes,
  furtherProblems,
  policy: personPolicy,
  about: personAbout,
  meta: { api_client_id: 'created_by_client_id' },
  idAlias: (word, actor: Actor) => (word === 'me' ? actor.personId : undefined),
  takes: ['email_address', 'phone_number', 'group_membership', 'contact_assignment', 'address'],
  createParameters: ['dry_run', 'conflicting_ref', 'name_guard'],
  checkParameters: readMatchParameters,
  operations: {
    create: CreatePerson,
    update: UpdatePerson,
    remove: RemovePerson,
    prepare: PreparePeople,
    relationships: { groups: ChangeGroups },
    remember: RememberPersonParts,
  },
  search: [
    { column: 'first_name' },
    { column: 'middle_name' },
    { column: 'last_name' },
    { of: 'email_addresses', column: 'normal_form' },
    { of: 'phone_numbers', column: 'normal_form', digits: true },
  ],
  attributes: {
    first_name: name,
    middle_name: name,
    last_name: name,
    full_name: {
      type: 'string',
      filter: true,
      sort: true,
      sql: (row) => sql`nullif(concat_ws(' ', ${row}.first_name, ${row}.middle_name, ${row}.last_name), '')`,
    },
    gender: { type: 'string', write: true, filter: true },
    birth_date: { type: 'date', write: true, filter: true, sort: true },
    external_ref: { type: 'string', write: true, filter: true, among: peopleWithRef, sql: shownExternalRef },
    primary_email_address: {
      type: 'string',
      filter: true,
      among: (emails) =>
        sql`select fe.person_id from email_addresses fe where fe.is_primary and ${spelled(emails, sql`fe`)}`,
      sql: (row) =>
        sql`select pe.email from email_addresses pe where pe.person_id = ${row}.id and pe.is_primary`,
    },
    primary_phone_number: {
      type: 'string',
      filter: true,
      sql: (row) =>
        sql`select pp.number from phone_numbers pp where pp.person_id = ${row}.id and pp.is_primary`,
    },
    created_at: time,
    updated_at: time,
  },
  relationships: {
    email_addresses: { kind: 'to-many', type: 'email_address', foreignKey: 'person_id' },
    phone_numbers: { kind: 'to-many', type: 'phone_number', foreignKey: 'person_id' },
    addresses: { kind: 'to-many', type: 'address', foreignKey: 'person_id' },
    group_memberships: { kind: 'to-many', type: 'group_membership', foreignKey: 'person_id' },
    groups: {
      kind: 'to-many',
      type: 'group',
      through: {
        table: 'group_memberships',
        from: 'person_id',
        to: 'group_id',
        where: (link) => sql`${link}.archived_at is null`,
      },
      write: true,
    },
    contact_assignments: { kind: 'to-many', type: 'contact_assignment', foreignKey: 'assigned_to_id' },
    reverse_contact_assignments: { kind: 'to-many', type: 'contact_assignment', foreignKey: 'person_id' },
    user: { kind: 'to-one', type: 'user', foreignKey: 'person_id' },
    created_by: { kind: 'to-one', type: 'person', column: 'created_by_id' },
  },
});
