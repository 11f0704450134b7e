import sql, { type Sql } from 'sql-template-tag';
import { groupsWhere, type Actor } from '../auth/index.js';
import type { ResourcePolicy } from '../jsonapi/index.js';

/** Everyone reads their own; a user of the group the live ones; an admin the archived ones too. */
export const groupMembershipPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const users = groupsWhere(actor, 'user');
    const admins = groupsWhere(actor, 'admin');
    if (users === 'all' || admins === 'all') return sql`true`;
    return sql`${row}.person_id = ${actor.personId}::bigint
      or (${row}.archived_at is null and ${row}.group_id = any(${users}::bigint[]))
      or ${row}.group_id = any(${admins}::bigint[])`;
  },
};
