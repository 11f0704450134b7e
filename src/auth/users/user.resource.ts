import sql from 'sql-template-tag';
import { defineResource } from '../../jsonapi/index.js';
import type { Actor } from '../actor.js';
import { CreateUser } from './create-user.operation.js';
import { UpdateUser } from './update-user.operation.js';
import { UserAttributes } from './user.dto.js';
import { User } from './user.entity.js';
import { userPolicy } from './user.policy.js';

export const userResource = defineResource({
  type: 'user',
  path: 'users',
  entity: User,
  dto: UserAttributes,
  policy: userPolicy,
  idAlias: (word, actor: Actor) => (word === 'me' ? actor.userId : undefined),
  operations: { create: CreateUser, update: UpdateUser },
  conflicts: {
    users_email_once: {
      field: 'email',
      code: 'conflict',
      detail: 'Another login has this e-mail address; choose another one.',
    },
    users_once_per_person: {
      field: 'person',
      code: 'conflict',
      detail: 'This person has a login already.',
    },
  },
  attributes: {
    email: { type: 'string', write: true, filter: true, sort: true },
    password: { type: 'string', write: true, writeOnly: true },
    current_password: { type: 'string', write: true, writeOnly: true },
    super_admin: { type: 'boolean', write: true },
    active: { type: 'boolean', write: true, sql: (row) => sql`${row}.deactivated_at is null` },
    last_sign_in_at: { type: 'timestamp', sort: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create', required: true },
  },
  about: {
    summary: 'The login of a person. Without a password its person is invited by mail.',
    exampleId: '2',
    attributes: {
      email: {
        example: 'ada@example.org',
        about: 'Changed by its own user only, with `current_password`.',
      },
      password: { about: 'Changed by its own user only, with `current_password`.' },
      super_admin: { about: 'May do everything.' },
      active: { about: 'Without it nobody signs in with it.' },
    },
    creations: {
      'Invite person 2 to choose a password': {
        data: {
          type: 'user',
          attributes: { email: 'ada@example.org' },
          relationships: { person: { data: { type: 'person', id: '2' } } },
        },
      },
    },
    changes: {
      'Let nobody sign in with it': { data: { type: 'user', id: '2', attributes: { active: false } } },
    },
  },
});
