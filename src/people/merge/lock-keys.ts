import { hash } from 'node:crypto';
import sql, { raw, type Sql } from 'sql-template-tag';
import { groupsFor, type Actor } from '../../auth/index.js';
import type { SqlRunner, Transaction } from '../../database/index.js';
import { readablePerson } from '../readable-person.js';
import { keysOf, type NormalEntry } from './normal-entry.js';

/** PostgreSQL holds about 6,400 locks in all; a batch has tens of thousands of keys. So keys share this many. */
export const LOCK_BUCKETS = 1024;
/** The first half of the two-part advisory locks of this room ("kith" in ASCII). */
const LOCK_SPACE = 0x6b697468;
const NAMED_SPACE = LOCK_SPACE + 1;

export interface LockKeys {
  readonly refs: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** The buckets of the keys, each once, ascending: everybody locks in this one order. Pure. */
export function lockBuckets(...keys: readonly LockKeys[]): number[] {
  const names = keys.flatMap(({ refs, emails, phones }) => [
    ...refs.map((ref) => `ref:${ref}`),
    ...emails.map((form) => `email:${form}`),
    ...phones.map((form) => `phone:${form}`),
  ]);
  return [...new Set(names.map(bucketOf))].sort((a, b) => a - b);
}

const bucketOf = (name: string): number => hash('sha1', name, 'buffer').readUInt32BE() % LOCK_BUCKETS;

/**
 * Locks the keys until the transaction ends. A statement of its own: what is read later sees what those wrote who held
 * the locks before. Every door that adds a key to a person takes these first, then the people's rows.
 */
export function lockKeys(tx: Transaction, ...keys: readonly LockKeys[]): void {
  tx.send(sql`
    select count(pg_advisory_xact_lock(${LOCK_SPACE}::int, bucket))
    from unnest(${lockBuckets(...keys)}::int[]) as bucket`);
}

/**
 * Before the keys, for requests that write about several people by their ids: whoever waits here holds no key yet, so
 * that the keys of these people do not change between looking them up and locking them.
 */
export function lockNamed(tx: Transaction, entries: readonly NormalEntry[], actor: Actor): void {
  const ids = namedIn(entries);
  const buckets = ids.map((id) => bucketOf(`person:${id}`));
  tx.send(sql`
    select count(pg_advisory_xact_lock(${NAMED_SPACE}::int, bucket)) from (
      select distinct bucket from unnest(${ids}::bigint[], ${buckets}::int[]) as named (id, bucket)
      join people p on p.id = named.id where ${lockable(actor)} order by bucket) as buckets`);
}

/** The keys that entries bring, and all that the people have whom they name: some of these may go. */
export async function lockEntries(
  tx: Transaction,
  entries: readonly NormalEntry[],
  actor: Actor,
): Promise<void> {
  lockKeys(tx, keysOf(entries), ...(await heldKeys(tx, namedIn(entries), actor)));
}

/** The locks of every door that changes people: their keys, then their rows, both ascending. */
export async function lockPeople(tx: Transaction, ids: readonly string[], actor: Actor): Promise<void> {
  lockKeys(tx, ...(await heldKeys(tx, ids, actor)));
  tx.send(sql`
    select from people p where id = any(${ids}::bigint[]) and ${lockable(actor)} order by id for no key update of p`);
}

const namedIn = (entries: readonly NormalEntry[]): string[] =>
  entries.flatMap(({ source }) => source.personId ?? []);

/**
 * Of the person `p`: the actor reads her, or finds her in the archive of a group that he administers, from where she may
 * be brought back. Nobody else is locked: the time that others wait would tell what she has.
 */
function lockable(actor: Actor): Sql {
  const admins = groupsFor(actor, 'group_membership', 'update');
  return sql`(${readablePerson(actor, raw('p'))} or exists (
    select from group_memberships am where am.person_id = p.id and am.archived_at is not null
      and am.group_id = any(${admins === 'all' ? [] : admins}::bigint[]) offset 0))`;
}

/**
 * The references in groups out of reach are left out, for the same reason. Nobody gives or takes one from there: who does
 * that in such a group locks it, and meets the others at the row of the person; the unique index keeps it one person's.
 */
async function heldKeys(tx: SqlRunner, ids: readonly string[], actor: Actor): Promise<LockKeys[]> {
  if (ids.length === 0) return [];
  const reach = groupsFor(actor, 'person', 'create');
  const within = reach === 'all' ? sql`true` : sql`group_id = any(${reach}::bigint[])`;
  return tx.query<LockKeys>(sql`
    select
      array(select external_ref from group_memberships
        where person_id = p.id and external_ref is not null and ${within}
        union select p.external_ref where p.external_ref is not null) as refs,
      array(select normal_form from email_addresses where person_id = p.id) as emails,
      array(select normal_form from phone_numbers where person_id = p.id) as phones
    from people p where p.id = any(${ids}::bigint[]) and ${lockable(actor)}`);
}
