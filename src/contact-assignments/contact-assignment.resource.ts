import { IsOptional, IsString, MaxLength } from 'class-validator';
import { makerColumns, type Actor } from '../auth/index.js';
import { defineResource } from '../jsonapi/index.js';
import { ContactAssignment } from './contact-assignment.entity.js';
import { contactAssignmentPolicy } from './contact-assignment.policy.js';
import { CreateContactAssignment } from './create-contact-assignment.operation.js';
import { UpdateContactAssignment } from './update-contact-assignment.operation.js';

/** What may be written of an assignment beside its ends. */
class ContactAssignmentAttributes {
  @IsOptional() @IsString() @MaxLength(10_000) note?: string | null;
}

const EXISTS = {
  field: 'assigned_to',
  code: 'conflict',
  detail: 'This assignment exists already; there is one for each assignee, person and group.',
} as const;

export const contactAssignmentResource = defineResource({
  type: 'contact_assignment',
  path: 'contact_assignments',
  entity: ContactAssignment,
  dto: ContactAssignmentAttributes,
  policy: contactAssignmentPolicy,
  partOf: ['person', 'assigned_to'],
  about: {
    summary: 'Who (`assigned_to`) looks after whom (`person`), in a group or personally.',
    attributes: {
      person_id: { example: '2' },
      group_id: { example: null },
      note: { example: 'Met at the conference' },
    },
    ends: { assigned_to: '1', assigned_by: '1', group: null },
    creations: {
      'Person 1 looks after person 2': {
        data: {
          type: 'contact_assignment',
          attributes: { note: 'Met at the conference' },
          relationships: {
            assigned_to: { data: { type: 'person', id: '1' } },
            person: { data: { type: 'person', id: '2' } },
            group: { data: { type: 'group', id: '1' } },
          },
        },
      },
    },
  },
  defaults: (actor: Actor) => makerColumns(actor, 'assigned_by'),
  meta: { api_client_id: 'assigned_by_client_id' },
  operations: { create: CreateContactAssignment, update: UpdateContactAssignment },
  conflicts: {
    contact_assignments_once: EXISTS,
    contact_assignments_once_per_maker: EXISTS,
  },
  attributes: {
    assigned_to_id: { type: 'id', filter: true },
    person_id: { type: 'id', filter: true },
    group_id: { type: 'id', filter: true },
    note: { type: 'string', write: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    assigned_to: {
      kind: 'to-one',
      type: 'person',
      column: 'assigned_to_id',
      write: true,
      idAttribute: 'assigned_to_id',
    },
    person: {
      kind: 'to-one',
      type: 'person',
      column: 'person_id',
      write: 'create',
      idAttribute: 'person_id',
    },
    group: { kind: 'to-one', type: 'group', column: 'group_id', write: true, idAttribute: 'group_id' },
    assigned_by: { kind: 'to-one', type: 'person', column: 'assigned_by_id' },
  },
});
