import sql, { raw } from 'sql-template-tag';
import { groupsFor, groupsWhere, madeBy, type Actor } from '../auth/index.js';
import type { SqlRunner } from '../database/index.js';
import { JsonApiError } from '../jsonapi/index.js';
import { readablePerson } from './readable-person.js';

export interface PersonRights {
  /** By the person herself, users of her groups, and her maker as long as she is in no group, nor in an archive. */
  readonly change: boolean;
  /** Her memberships in groups that the actor administers. */
  readonly removableMemberships: readonly string[];
  /** In one of these her role is above the actor's. */
  readonly outranks: boolean;
  /** She is in a group that the actor reads and does not administer. */
  readonly seenElsewhere: boolean;
  /** Live memberships beyond those. */
  readonly otherMemberships: number;
  readonly hasLogin: boolean;
  /** Made by the actor, or nobody's: no membership stands in the way. */
  readonly owned: boolean;
}

/** What the actor may do with a person; undefined when she cannot even be read. */
export async function personRights(
  runner: SqlRunner,
  actor: Actor,
  id: string,
): Promise<PersonRights | undefined> {
  const users = groupsFor(actor, 'person', 'update');
  const admins = groupsFor(actor, 'person', 'remove');
  const owners = groupsWhere(actor, 'owner');
  const among = (groups: 'all' | readonly string[]) =>
    groups === 'all' ? sql`true` : sql`m.group_id = any(${groups}::bigint[])`;
  const [row] = await runner.query<{
    own: boolean;
    created: boolean;
    usable: boolean | null;
    removable: string[] | null;
    outranks: boolean | null;
    elsewhere: boolean | null;
    live: string;
    kept: boolean;
    login: boolean;
  }>(sql`
    select coalesce(p.id = ${actor.personId}::bigint, false) as own,
      coalesce(${madeBy(actor, raw('p'), 'created_by')}, false) as created,
      exists (select from users u where u.person_id = p.id) as login,
      m.usable, m.removable, m.outranks, m.elsewhere, m.live,
      exists (select from group_memberships k where k.person_id = p.id) as kept
    from people p
    cross join lateral (
      select bool_or(${among(users)}) as usable,
        array_agg(m.id) filter (where ${among(admins)}) as removable,
        bool_or(${among(admins)} and m.role = 'owner' and not ${among(owners)}) as outranks,
        bool_or(${among(users)} and not ${among(admins)}) as elsewhere,
        count(*) as live
      from group_memberships m where m.person_id = p.id and m.archived_at is null
    ) m
    where p.id = ${id}::bigint and ${readablePerson(actor, raw('p'))}`);
  if (!row) return undefined;
  const removable = row.removable ?? [];
  const makers = row.created && !row.kept;
  return {
    change: row.own || actor.superAdmin || row.usable === true || makers,
    removableMemberships: removable,
    outranks: row.outranks === true,
    seenElsewhere: row.elsewhere === true,
    otherMemberships: Number(row.live) - removable.length,
    hasLogin: row.login,
    owned: makers || (actor.superAdmin && Number(row.live) === 0),
  };
}

/** @param pointer where the request names her, if it does @throws JsonApiError 404, 403 */
export async function requireChangeable(
  runner: SqlRunner,
  actor: Actor,
  id: string,
  pointer?: string,
): Promise<void> {
  const source = pointer === undefined ? undefined : { pointer };
  const rights = await personRights(runner, actor, id);
  if (!rights) throw JsonApiError.of('not_found', `There is no person "${id}" that you can read.`, source);
  if (rights.change) return;
  const detail = 'Users of a group of this person change her; you only read her.';
  throw JsonApiError.of('forbidden', detail, source);
}
