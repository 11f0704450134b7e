import sql, { type Sql } from 'sql-template-tag';
import { JsonApiError, type ResourcePolicy } from '../../jsonapi/index.js';
import type { Actor } from '../actor.js';
import { groupsFor } from '../rights.js';
import { administersLogin, requireAnotherSuperAdmin } from './login-rights.js';

/**
 * One's own login, and those of the people who have a role in a group that one administers, or are in no other group at
 * all. Anybody makes a group and adds contacts to it: that alone shows no login.
 */
export const userPolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const groups = groupsFor(actor, 'user', 'read');
    if (groups === 'all') return sql`true`;
    return sql`${row}.id = ${actor.userId}::bigint or exists (
      select from group_memberships um
      where um.person_id = ${row}.person_id and um.archived_at is null and um.group_id = any(${groups}::bigint[])
        and (um.role <> 'contact' or not exists (
          select from group_memberships uo
          where uo.person_id = um.person_id and uo.archived_at is null and not uo.group_id = any(${groups}::bigint[]))))`;
  },

  async create({ actor, tx, values, pointerTo }) {
    if (values['super_admin'] === true) requireSuperAdmin(actor, pointerTo('super_admin'));
    if (!(await administersLogin(tx, actor, String(values['person_id']))))
      throw JsonApiError.of(
        'forbidden',
        'A login is made by a super admin, or by an administrator of all the groups of its person.',
        { pointer: pointerTo('person') },
      );
  },

  /** An invitation that nobody has taken is taken back by who may make one; a login that was used only by a super admin. */
  async remove({ actor, tx, row }) {
    const untaken = row?.['password_hash'] === null && row['super_admin'] === false;
    if (!actor.superAdmin && !(untaken && (await administersLogin(tx, actor, String(row['person_id'])))))
      throw JsonApiError.of('forbidden', 'Only a super admin deletes a login that was used; deactivate it.');
    if (row?.['super_admin'] === true) await requireAnotherSuperAdmin(tx, String(row['id']));
  },
};

export function requireSuperAdmin(actor: Actor, pointer: string | undefined): void {
  if (!actor.superAdmin)
    throw JsonApiError.of('forbidden', 'Only a super admin makes super admins.', { pointer });
}
