import sql from 'sql-template-tag';
import type { SqlRunner } from '../database/index.js';
import type { Actor, Role } from './actor.js';
import type { TokenSubject } from './token.service.js';

interface ActorRow {
  person_id: string;
  super_admin: boolean;
  touch_due: boolean;
  own_group_ids: string[];
  reached_ids: string[];
  reached_roles: Role[];
}

/** `last_used_at` is written at most this often; a session outlives its newest token by as much (see `sessionLife`). */
export const TOUCH_SECONDS = 60;

/** Seconds from a use of a session to its end: no token that was made before the next write of the row outlives it. */
export const sessionLife = (ttl: number): number => ttl + TOUCH_SECONDS;

/**
 * Who speaks, with the rights of this moment; null when the session is revoked, over, or never was. One query, and a
 * write once a minute.
 * @param ttl seconds that a token lives
 */
export async function loadActor(
  database: SqlRunner,
  { userId, sessionId }: TokenSubject,
  ttl: number,
): Promise<Actor | null> {
  const [row] = await database.query<ActorRow>(actorQuery(userId, sessionId));
  if (!row) return null;
  if (row.touch_due) await touch(database, sessionId, ttl);
  return {
    userId,
    sessionId,
    personId: row.person_id,
    superAdmin: row.super_admin,
    roles: new Map(row.reached_ids.map((id, index) => [id, row.reached_roles[index] as Role])),
    ownGroupIds: row.own_group_ids,
  };
}

/**
 * `union`, not `union all`: a group is walked once for each rank, even if a parent were its own descendant. The two
 * arrays go by the number: `order by group_id` alone would mean the text that is selected, and give roles to wrong groups.
 */
function actorQuery(userId: string, sessionId: string) {
  return sql`
    with recursive asking as (
      select u.person_id, u.super_admin, s.last_used_at < now() - make_interval(secs => ${TOUCH_SECONDS}) as touch_due
      from sessions s join users u on u.id = s.user_id join people p on p.id = u.person_id
      where s.id = ${sessionId} and s.user_id = ${userId}
        and s.revoked_at is null and s.expires_at > now() and u.deactivated_at is null and p.deleted_at is null
    ), own as (
      select m.group_id, array_position(array['owner', 'admin', 'user'], m.role) as rank
      from asking join group_memberships m on m.person_id = asking.person_id
      where m.archived_at is null and m.role <> 'contact'
    ), reach as (
      select group_id, rank from own
      union
      select g.id, reach.rank from reach join groups g on g.parent_id = reach.group_id
    ), best as (
      select group_id, (array['owner', 'admin', 'user'])[min(rank)] as role from reach group by group_id
    )
    select asking.*,
      array(select group_id::text from own order by own.group_id) as own_group_ids,
      array(select group_id::text from best order by best.group_id) as reached_ids,
      array(select role from best order by best.group_id) as reached_roles
    from asking`;
}

/** Asks again what the read has seen: of many requests at once only one writes. */
async function touch(database: SqlRunner, sessionId: string, ttl: number): Promise<void> {
  await database.query(sql`
    update sessions
    set last_used_at = now(), expires_at = greatest(expires_at, now() + make_interval(secs => ${sessionLife(ttl)}))
    where id = ${sessionId} and revoked_at is null
      and last_used_at < now() - make_interval(secs => ${TOUCH_SECONDS})`);
}
