import sql, { type Sql } from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import { JsonApiError } from '../../jsonapi/index.js';
import { groupsWhere, type Actor } from '../actor.js';
import { groupsFor } from '../rights.js';

/**
 * Whoever makes a login may become its person: with a password of one's own choosing, or an invitation to one's own
 * mailbox. So it takes an administrator who has every right that the person has: an administrator of all her groups, an
 * owner where she is one, who reads everybody that is assigned to her or that only she can read, and what she reads of herself.
 */
export async function administersLogin(tx: SqlRunner, actor: Actor, personId: string): Promise<boolean> {
  if (actor.superAdmin) return true;
  const users = groupsFor(actor, 'person', 'read');
  const admins = groupsFor(actor, 'user', 'create');
  const owners = groupsWhere(actor, 'owner');
  const [row] = await tx.query<{ within: boolean | null }>(sql`
    select (
      select bool_and(m.role <> 'owner' or m.group_id = any(${owners}::bigint[]))
      from group_memberships m where m.person_id = ${personId}::bigint and m.archived_at is null
    ) and not exists (
      select from people other where other.deleted_at is null
        and (other.created_by_id = ${personId}::bigint and not exists (
            select from group_memberships l where l.person_id = other.id)
          or other.id in (select a.person_id from contact_assignments a where a.assigned_to_id = ${personId}::bigint))
        and not exists (
          select from group_memberships r
          where r.person_id = other.id and r.group_id = any(${users}::bigint[]) and r.archived_at is null)
    ) and not exists (${ownBeyond(personId, admins)}) as within`);
  return row?.within === true;
}

/** What a person reads of groups that she is in no more, or as an end of an assignment, as far as it is beyond these groups. */
const ownBeyond = (personId: string, groups: 'all' | readonly string[]): Sql => sql`
  select from group_memberships m
  where m.person_id = ${personId}::bigint and not m.group_id = any(${groups}::bigint[])
  union all
  select from contact_assignments a
  where ${personId}::bigint in (a.person_id, a.assigned_to_id)
    and case when a.group_id is not null then not a.group_id = any(${groups}::bigint[])
      else not exists (
        select from group_memberships maker
        where maker.person_id = a.assigned_by_id and maker.group_id = any(${groups}::bigint[]) and maker.archived_at is null) end
  union all
  select from person_changes c, unnest(array[c.before, c.after]) as side,
    jsonb_path_query(side, '$.*[*].group_id') as told join groups g on g.id::text = told #>> '{}'
  where c.person_id = ${personId}::bigint and not g.id = any(${groups}::bigint[])`;

/** The deployment is never left without somebody who may do everything. The others are locked, so that two do not leave at once. */
export async function requireAnotherSuperAdmin(tx: SqlRunner, userId: string): Promise<void> {
  const others = await tx.query(sql`
    select from users u join people p on p.id = u.person_id
    where u.super_admin and u.deactivated_at is null and u.id <> ${userId} and p.deleted_at is null
    order by u.id for no key update of u`);
  if (others.length === 0)
    throw JsonApiError.of('last_super_admin', 'The last super admin stays; make somebody else one first.');
}
