import { hash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { SqlRunner, Transaction } from '../../database/index.js';
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
  return bucketsOf(names);
}

const bucketsOf = (names: readonly string[]): number[] =>
  [...new Set(names.map(bucketOf))].sort((a, b) => a - b);

const bucketOf = (name: string): number => hash('sha1', name, 'buffer').readUInt32BE() % LOCK_BUCKETS;

/**
 * Locks the keys until the transaction ends. A statement of its own: what is read later sees what those wrote who held
 * the locks before. Every door that adds a key to a person takes these first, then the people's rows.
 */
export function lockKeys(tx: Transaction, ...keys: readonly LockKeys[]): void {
  lockAll(tx, LOCK_SPACE, lockBuckets(...keys));
}

const lockAll = (tx: Transaction, space: number, buckets: readonly number[]): void =>
  tx.send(sql`
    select count(pg_advisory_xact_lock(${space}::int, bucket)) from unnest(${buckets}::int[]) as bucket`);

/**
 * Before the keys, for requests that write about several people by their ids: whoever waits here holds no key yet, so
 * that the keys of these people do not change between looking them up and locking them.
 */
export function lockNamed(tx: Transaction, entries: readonly NormalEntry[]): void {
  const ids = entries.flatMap(({ source }) => source.personId ?? []);
  lockAll(tx, NAMED_SPACE, bucketsOf(ids.map((id) => `person:${id}`)));
}

/** The keys that entries bring, and all that the people have whom they name: some of these may go. */
export async function lockEntries(tx: Transaction, entries: readonly NormalEntry[]): Promise<void> {
  const named = entries.flatMap(({ source }) => source.personId ?? []);
  lockKeys(tx, keysOf(entries), ...(await heldKeys(tx, named)));
}

/** The locks of every door that changes people: their keys, then their rows, both ascending. */
export async function lockPeople(tx: Transaction, ids: readonly string[]): Promise<void> {
  lockKeys(tx, ...(await heldKeys(tx, ids)));
  tx.send(sql`
    select from people where id = any(${ids}::bigint[]) order by id for no key update`);
}

async function heldKeys(tx: SqlRunner, ids: readonly string[]): Promise<LockKeys[]> {
  if (ids.length === 0) return [];
  return tx.query<LockKeys>(sql`
    select
      array(select external_ref from group_memberships where person_id = p.id and external_ref is not null
        union select p.external_ref where p.external_ref is not null) as refs,
      array(select normal_form from email_addresses where person_id = p.id) as emails,
      array(select normal_form from phone_numbers where person_id = p.id) as phones
    from people p where p.id = any(${ids}::bigint[])`);
}
