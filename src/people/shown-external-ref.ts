import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, type Actor } from '../auth/index.js';

/** The ref of the oldest membership that the actor may read and that has one; else the person's own. */
export function shownExternalRef(row: Sql, actor: Actor): Sql {
  return sql`coalesce((
    select rm.external_ref from group_memberships rm
    where rm.person_id = ${row}.id and rm.external_ref is not null and ${readableMembership(actor, sql`rm`)}
    order by rm.id limit 1), ${row}.external_ref)`;
}

/** Live, in a group within the actor's reach, or the actor's own. */
export function readableMembership(actor: Actor, row: Sql): Sql {
  const groups = groupsFor(actor, 'group_membership', 'read');
  if (groups === 'all') return sql`${row}.archived_at is null`;
  return sql`${row}.archived_at is null
    and (${row}.group_id = any(${groups}::bigint[]) or ${row}.person_id = ${actor.personId}::bigint)`;
}
