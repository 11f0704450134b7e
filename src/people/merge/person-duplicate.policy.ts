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

/**
 * What was sent into groups is for who administers all of them; without a group, for who sent it. Of a pair: for the
 * admins of the group whose reference may stand in it. Where there is none, or no more, a pair tells without it what whoever
 * reads both people reads of them anyway.
 */
export function readableEvidence(row: Sql, actor: Actor): Sql {
  const groups = groupsFor(actor, 'person_duplicate', 'read');
  const evidence = sql`${row}.evidence`;
  if (groups === 'all') return evidence;
  const named = sql`coalesce(${evidence} -> 'group_ids', '[]')`;
  const own = sql`(${evidence} ->> 'actor_id' = ${actor.personId}::text
    or ${evidence} ->> 'actor_client_id' = ${actor.clientId ?? null}::text)`;
  return sql`case
    when ${row}.kind = 'held_entry' then case
      when ${named} = '[]' then case when ${own} then ${evidence} end
      when ${named} <@ to_jsonb(${groups}::text[]) then ${evidence} end
    when ${row}.group_id is null then ${evidence} - 'external_ref'
    when ${row}.group_id = any(${groups}::bigint[]) then ${evidence} end`;
}
