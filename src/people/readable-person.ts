import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { groupsFor, madeBy, type Actor } from '../auth/index.js';
import type { RowUse } from '../jsonapi/index.js';

/**
 * Whom the actor may read: oneself, the people of one's groups, those assigned to one, and those one created as long as
 * they are in no group, nor in the archive of one: who archives somebody keeps her to bring back. A super admin reads
 * everybody who lives.
 *
 * It is written in three ways, which find the same. Asked of each row it must not be turned into a set of all who can be
 * read: `offset 0` keeps PostgreSQL from that. Where few can be read, a list begins with them, and where everybody is
 * counted, a set is right.
 */
export function readablePerson(actor: Actor, row: Sql, use: RowUse = 'each'): Sql {
  const groups = groupsFor(actor, 'person', 'read');
  if (groups === 'all') return sql`${row}.deleted_at is null`;
  if (use !== 'each' && !actor.reachesMany)
    return sql`${row}.deleted_at is null and ${row}.id in (${reachedBy(actor, groups)})`;
  const each = use === 'all' ? empty : raw(' offset 0');
  return sql`${row}.deleted_at is null and (
    ${row}.id = ${actor.personId}::bigint
    or exists (select from group_memberships pm
      where pm.person_id = ${row}.id and pm.group_id = any(${groups}::bigint[]) and pm.archived_at is null${each})
    or exists (select from contact_assignments pa
      where pa.person_id = ${row}.id and pa.assigned_to_id = ${actor.personId}::bigint${each})
    or (${madeBy(actor, row, 'created_by')}
      and not exists (select from group_memberships pl where pl.person_id = ${row}.id${each})))`;
}

/** The same but for an assignment: what it takes to let somebody else read her. */
export function readableUnassigned(actor: Actor, row: Sql): Sql {
  const groups = groupsFor(actor, 'person', 'read');
  if (groups === 'all') return sql`${row}.deleted_at is null`;
  return sql`${row}.deleted_at is null and (
    ${row}.id = ${actor.personId}::bigint
    or exists (select from group_memberships um
      where um.person_id = ${row}.id and um.group_id = any(${groups}::bigint[]) and um.archived_at is null)
    or (${madeBy(actor, row, 'created_by')}
      and not exists (select from group_memberships ul where ul.person_id = ${row}.id)))`;
}

/** The ids of the people whom the actor may read, the deleted ones included. */
function reachedBy(actor: Actor, groups: readonly string[]): Sql {
  return sql`
    select pm.person_id from group_memberships pm where pm.group_id = any(${groups}::bigint[]) and pm.archived_at is null
    union all select pa.person_id from contact_assignments pa where pa.assigned_to_id = ${actor.personId}::bigint
    union all select pc.id from people pc where ${madeBy(actor, raw('pc'), 'created_by')}
      and not exists (select from group_memberships pl where pl.person_id = pc.id)
    union all select ${actor.personId}::bigint`;
}
