import sql, { type Sql } from 'sql-template-tag';
import { defineResource, type ResourcePolicy } from '../jsonapi/index.js';
import { groupsWhere, type Actor } from './actor.js';
import { User } from './user.entity.js';

/** One's own login, and those of the people whose groups one administers. */
const userPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const groups = groupsWhere(actor, 'admin');
    if (groups === 'all') return sql`true`;
    return sql`${row}.id = ${actor.userId}::bigint or exists (
      select from group_memberships um
      where um.person_id = ${row}.person_id and um.archived_at is null and um.group_id = any(${groups}::bigint[]))`;
  },
};

export const userResource = defineResource({
  type: 'user',
  path: 'users',
  entity: User,
  policy: userPolicy,
  about: {
    summary: 'The login of a person.',
    attributes: { email: { example: 'admin@example.org' }, super_admin: { about: 'May do everything.' } },
  },
  idAlias: (word, actor: Actor) => (word === 'me' ? actor.userId : undefined),
  attributes: {
    email: { type: 'string', filter: true, sort: true },
    super_admin: { type: 'boolean' },
    last_sign_in_at: { type: 'timestamp', sort: true },
    created_at: { type: 'timestamp', filter: true, sort: true },
    updated_at: { type: 'timestamp', filter: true, sort: true },
  },
  relationships: { person: { kind: 'to-one', type: 'person', column: 'person_id' } },
});
