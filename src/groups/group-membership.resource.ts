import { IsIn, IsISO8601, IsOptional, IsString, Length } from 'class-validator';
import { ROLES } from '../auth/index.js';
import { defineResource } from '../jsonapi/index.js';
import { GroupMembershipWrites } from './group-membership-writes.js';
import { GroupMembership } from './group-membership.entity.js';
import { groupMembershipPolicy } from './group-membership.policy.js';

/** What may be written of a membership. */
class GroupMembershipAttributes {
  @IsOptional() @IsIn(ROLES) role?: string;
  @IsOptional() @IsISO8601({ strict: true }) archived_at?: string | null;
  @IsOptional() @IsString() @Length(1, 255) group_external_ref?: string | null;
}

export const groupMembershipResource = defineResource({
  type: 'group_membership',
  path: 'group_memberships',
  entity: GroupMembership,
  dto: GroupMembershipAttributes,
  policy: groupMembershipPolicy,
  partOf: ['person'],
  operations: {
    create: GroupMembershipWrites,
    update: GroupMembershipWrites,
    remove: GroupMembershipWrites,
  },
  about: {
    summary: 'A person in a group, with a role there.',
    exampleId: '2',
    attributes: {
      role: { example: 'contact' },
      archived_at: { about: 'Since when the person is there no more.', example: null },
      external_ref: { about: 'By which the group knows the person.', example: 'crm-1' },
      group_external_ref: { about: 'Names the group, as `group_id` or `group` does.', example: 'choir' },
    },
  },
  attributes: {
    role: { type: 'string', write: true, filter: true, sort: true },
    archived_at: { type: 'timestamp', write: true, filter: true },
    external_ref: { type: 'string', filter: true },
    person_id: { type: 'id', writeOnly: true },
    group_id: { type: 'id', writeOnly: true },
    group_external_ref: { type: 'string', write: 'create', writeOnly: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    person: {
      kind: 'to-one',
      type: 'person',
      column: 'person_id',
      write: 'create',
      required: true,
      idAttribute: 'person_id',
    },
    group: { kind: 'to-one', type: 'group', column: 'group_id', write: 'create', idAttribute: 'group_id' },
  },
});
