import sql, { type Sql } from 'sql-template-tag';
import { groupsFor, type Actor } from '../../auth/index.js';
import type { ResourcePolicy } from '../../jsonapi/index.js';

/** For admins of a group that all of these people are in, or of a group of each of them. */
export const personDuplicatePolicy: ResourcePolicy<Actor> = {
  readable(actor: Actor, row: Sql): Sql {
    const groups = groupsFor(actor, 'person_duplicate', 'read');
    if (groups === 'all') return sql`true`;
    return sql`not exists (
      select from unnest(${row}.candidate_ids || ${row}.person_id) as one (id)
      where one.id is not null and not exists (
        select from group_memberships dm
        where dm.person_id = one.id and dm.group_id = any(${groups}::bigint[]) and dm.archived_at is null))`;
  },
};

/** It may hold the reference of a group, or what somebody sent into it: for the admins of that group. */
export function readableEvidence(row: Sql, actor: Actor): Sql {
  const groups = groupsFor(actor, 'person_duplicate', 'read');
  if (groups === 'all') return sql`${row}.evidence`;
  return sql`case when ${row}.group_id is null or ${row}.group_id = any(${groups}::bigint[]) then ${row}.evidence end`;
}
