import sql, { type Sql } from 'sql-template-tag';
import type { SqlRunner } from '../database/index.js';
import type { Actor, Role } from './actor.js';
import type { ClientSubject, TokenSubject, UserSubject } from './token.service.js';
import { ReachSizes, reachesMany } from './reach-sizes.js';

interface ActorRow {
  person_id: string | null;
  client_id: string | null;
  super_admin: boolean;
  touch_due: boolean;
  own_group_ids: string[];
  reached_ids: string[];
  reached_roles: Role[];
  reaches_many: boolean;
}

/** `last_used_at` is written at most this often; a session outlives its newest token by as much (see `sessionLife`). */
export const TOUCH_SECONDS = 60;

/** Seconds from a use of a session to its end: no token that was made before the next write of the row outlives it. */
export const sessionLife = (ttl: number): number => ttl + TOUCH_SECONDS;

/**
 * Who speaks, with the rights of this moment; null when the session is revoked, over, or never was. One query, and a
 * write once a minute.
 * @param ttl seconds that the token of a user lives
 * @param sizes what is known of the callers' reach
 */
export async function loadActor(
  database: SqlRunner & { readonly brief?: Pick<SqlRunner, 'query'> },
  subject: TokenSubject,
  ttl: number,
  sizes = new ReachSizes(),
): Promise<Actor | null> {
  const { sessionId } = subject;
  const isUser = 'userId' in subject;
  const known = sizes.of(sessionId);
  const query = isUser ? userQuery : clientQuery;
  const [row] = await (database.brief ?? database).query<ActorRow>(
    query(subject as UserSubject & ClientSubject, known),
  );
  if (!row) return null;
  if (known === undefined) sizes.keep(sessionId, row.reaches_many);
  if (row.touch_due) await (isUser ? touch(database, sessionId, ttl) : touchClient(database, sessionId));
  return {
    userId: isUser ? subject.userId : null,
    sessionId,
    personId: row.person_id,
    ...(row.client_id !== null && { clientId: row.client_id }),
    superAdmin: row.super_admin,
    roles: new Map(row.reached_ids.map((id, index) => [id, row.reached_roles[index] as Role])),
    ownGroupIds: row.own_group_ids,
    reachesMany: row.reaches_many,
  };
}

const touchDue = sql`s.last_used_at < now() - make_interval(secs => ${TOUCH_SECONDS}) as touch_due`;
const RIGHTS = sql`m.archived_at is null and m.role <> 'contact'`;
const RANK = sql`array_position(array['owner', 'admin', 'user'], m.role) as rank`;

const userQuery = ({ userId, sessionId }: UserSubject, known: boolean | undefined): Sql =>
  actorQuery(
    sql`
      select u.person_id, null::bigint as client_id, u.super_admin, ${touchDue}
      from sessions s join users u on u.id = s.user_id join people p on p.id = u.person_id
      where s.id = ${sessionId} and s.user_id = ${userId}
        and s.revoked_at is null and s.expires_at > now() and u.deactivated_at is null and p.deleted_at is null`,
    sql`
      select m.group_id, ${RANK} from asking join group_memberships m on m.person_id = asking.person_id
      where ${RIGHTS}`,
    known,
  );

/** The memberships that a client was given are those of people: what ends one ends what the client may by it. */
const clientQuery = ({ clientName, sessionId }: ClientSubject, known: boolean | undefined): Sql =>
  actorQuery(
    sql`
      select null::bigint as person_id, c.id as client_id, false as super_admin, ${touchDue}
      from sessions s join api_clients c on c.id = s.api_client_id
      where s.id = ${sessionId} and c.client_id = ${clientName}
        and s.revoked_at is null and s.expires_at > now() and c.revoked_at is null`,
    sql`
      select distinct m.group_id, ${RANK} from asking
      join api_client_memberships given on given.api_client_id = asking.client_id
      join group_memberships m on m.id = given.group_membership_id
      join people p on p.id = m.person_id
      where ${RIGHTS} and p.deleted_at is null`,
    known,
  );

/**
 * `union`, not `union all`: a group is walked once for each rank, even if a parent were its own descendant. The two
 * arrays go by the number: `order by group_id` alone would mean the text that is selected, and give roles to wrong groups.
 */
function actorQuery(asking: Sql, own: Sql, known: boolean | undefined): Sql {
  const many = known === undefined ? reachesMany(sql`select group_id from best`) : sql`${known}::boolean`;
  return sql`
    with recursive asking as (${asking}
    ), own as (${own}
    ), reach as (
      select group_id, rank from own
      union
      select g.id, reach.rank from reach join groups g on g.parent_id = reach.group_id
    ), best as (
      select group_id, (array['owner', 'admin', 'user'])[min(rank)] as role from reach group by group_id
    ), mine as (
      select distinct group_id from own
    )
    select asking.*,
      array(select group_id::text from mine order by mine.group_id) as own_group_ids,
      array(select group_id::text from best order by best.group_id) as reached_ids,
      array(select role from best order by best.group_id) as reached_roles,
      ${many} as reaches_many
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

/** The session of a client ends with its one token. */
async function touchClient(database: SqlRunner, sessionId: string): Promise<void> {
  await database.query(sql`
    with used as (
      update sessions set last_used_at = now()
      where id = ${sessionId} and revoked_at is null
        and last_used_at < now() - make_interval(secs => ${TOUCH_SECONDS})
      returning api_client_id
    )
    update api_clients c set last_used_at = now() from used where c.id = used.api_client_id`);
}
