import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, type Actor } from '../auth/index.js';

/** The ref of the oldest membership that the actor may read and that has one; else the person's own. */
export function shownExternalRef(row: Sql, actor: Actor): Sql {
  return sql`coalesce((
    select rm.external_ref from group_memberships rm
    where rm.person_id = ${row}.id and rm.external_ref is not null and ${readableMembership(actor, sql`rm`)}
    order by rm.id limit 1), ${row}.external_ref)`;
}

/** The ids of those whom one of the refs of memberships that the actor may read names; or their own, where it is shown. */
export function peopleWithRef(refs: readonly string[], actor: Actor): Sql {
  return sql`
    select fm.person_id from group_memberships fm
    where fm.external_ref = any(${refs}::text[]) and ${readableMembership(actor, sql`fm`)}
    union all
    select fp.id from people fp
    where fp.external_ref = any(${refs}::text[]) and ${shownExternalRef(sql`fp`, actor)} = any(${refs}::text[])`;
}

/** Live, in a group within the actor's reach, or the actor's own. */
export function readableMembership(actor: Actor, row: Sql): Sql {
  const groups = groupsFor(actor, 'group_membership', 'read');
  if (groups === 'all') return sql`${row}.archived_at is null`;
  return sql`${row}.archived_at is null
    and (${row}.group_id = any(${groups}::bigint[]) or ${row}.person_id = ${actor.personId}::bigint)`;
}
