import sql from 'sql-template-tag';
import { defineResource } from '../jsonapi/index.js';
import { CreateGroup } from './create-group.operation.js';
import { GroupAttributes } from './group.dto.js';
import { Group } from './group.entity.js';
import { groupPolicy } from './group.policy.js';
import { UpdateGroup } from './update-group.operation.js';

export const groupResource = defineResource({
  type: 'group',
  path: 'groups',
  entity: Group,
  dto: GroupAttributes,
  policy: groupPolicy,
  about: {
    summary: 'A circle of people. Rights on a group reach the groups below it.',
    exampleId: '2',
    attributes: {
      name: { example: 'Altos' },
      external_ref: { about: 'The id of this group in your own system.', example: 'altos' },
      phone_region: { about: 'The country of phone numbers without a country code.', example: 'US' },
      match_conflicting_ref: { about: 'What the group says of `conflicting_ref`.', example: 'separate' },
      match_name_guard: { about: 'What the group says of `name_guard`.' },
      people_count: { about: 'Shown when `fields[group]` names it.' },
    },
    ends: { parent: '1' },
    creations: {
      'A group below another': {
        data: {
          type: 'group',
          attributes: { name: 'Altos', external_ref: 'altos' },
          relationships: { parent: { data: { type: 'group', id: '1' } } },
        },
      },
    },
  },
  operations: { create: CreateGroup, update: UpdateGroup },
  conflicts: {
    groups_external_ref_once: {
      field: 'external_ref',
      code: 'external_ref_taken',
      detail: 'Another group has this external reference; choose one of its own.',
    },
  },
  attributes: {
    name: { type: 'string', write: true, filter: true, sort: true },
    external_ref: { type: 'string', write: true, filter: true, sort: true },
    phone_region: { type: 'string', write: true, filter: true },
    match_conflicting_ref: { type: 'string', write: true },
    match_name_guard: { type: 'boolean', write: true },
    people_count: {
      type: 'integer',
      onRequest: true,
      sql: (row) =>
        sql`select count(*)::int from group_memberships cm where cm.group_id = ${row}.id and cm.archived_at is null`,
    },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    parent: { kind: 'to-one', type: 'group', column: 'parent_id', write: true },
    children: { kind: 'to-many', type: 'group', foreignKey: 'parent_id' },
    group_memberships: { kind: 'to-many', type: 'group_membership', foreignKey: 'group_id' },
    people: {
      kind: 'to-many',
      type: 'person',
      through: {
        table: 'group_memberships',
        from: 'group_id',
        to: 'person_id',
        where: (link) => sql`${link}.archived_at is null`,
      },
    },
  },
});
