import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, madeBy, type Actor } from '../auth/index.js';

/**
 * Whom the actor may read: oneself, the people of one's groups, those assigned to one, and those one created as long as
 * they are in no group. A super admin reads everybody who lives.
 */
export function readablePerson(actor: Actor, row: Sql): Sql {
  const groups = groupsFor(actor, 'person', 'read');
  if (groups === 'all') return sql`${row}.deleted_at is null`;
  return sql`${row}.deleted_at is null and (
    ${row}.id = ${actor.personId}::bigint
    or exists (select from group_memberships pm where pm.person_id = ${row}.id and pm.group_id = any(${groups}::bigint[]) and pm.archived_at is null)
    or exists (select from contact_assignments pa where pa.person_id = ${row}.id and pa.assigned_to_id = ${actor.personId}::bigint)
    or (${madeBy(actor, row, 'created_by')}
      and not exists (select from group_memberships pl where pl.person_id = ${row}.id and pl.archived_at is null)))`;
}
