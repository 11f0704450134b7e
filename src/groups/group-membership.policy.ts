import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, mayIn, type Actor } from '../auth/index.js';
import { JsonApiError, type ResourcePolicy } from '../jsonapi/index.js';

/** Everyone reads their own; a user of the group the live ones; an admin the archived ones too. */
export const groupMembershipPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const users = groupsFor(actor, 'group_membership', 'read');
    const admins = groupsFor(actor, 'group_membership', 'update');
    if (users === 'all' || admins === 'all') return sql`true`;
    return sql`${row}.person_id = ${actor.personId}::bigint
      or (${row}.archived_at is null and ${row}.group_id = any(${users}::bigint[]))
      or ${row}.group_id = any(${admins}::bigint[])`;
  },

  create({ actor, values, pointerTo }) {
    // Named by its reference the group is found later, and asked for then.
    const groupId = values['group_id'];
    if (typeof groupId === 'string') requireGroupAdmin(actor, groupId, pointerTo('group'));
  },

  update({ actor, row }) {
    requireGroupAdmin(actor, String(row?.['group_id']));
  },

  remove({ actor, row }) {
    requireGroupAdmin(actor, String(row?.['group_id']));
  },
};

/** Up to which role is a rule of writing, asked where the rows are locked. @throws JsonApiError 403 */
export function requireGroupAdmin(actor: Actor, groupId: string, pointer?: string): void {
  if (mayIn(actor, 'group_membership', 'update', groupId)) return;
  const source = pointer === undefined ? undefined : { pointer };
  throw JsonApiError.of('forbidden', 'Administrators of a group manage its memberships.', source);
}
