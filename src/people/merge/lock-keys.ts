import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import { keysOf, type NormalEntry } from './normal-entry.js';

/** PostgreSQL holds about 6,400 locks in all; a batch has tens of thousands of keys. So keys share this many. */
export const LOCK_BUCKETS = 1024;
/** The first half of the two-part advisory locks of this room ("kith" in ASCII). */
const LOCK_SPACE = 0x6b697468;

export interface LockKeys {
  readonly refs: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** The buckets of the keys, each once, ascending: everybody locks in this one order. Pure. */
export function lockBuckets({ refs, emails, phones }: LockKeys): number[] {
  const names = [
    ...refs.map((ref) => `ref:${ref}`),
    ...emails.map((form) => `email:${form}`),
    ...phones.map((form) => `phone:${form}`),
  ];
  return [...new Set(names.map(bucketOf))].sort((a, b) => a - b);
}

const bucketOf = (name: string): number =>
  createHash('sha1').update(name).digest().readUInt32BE() % LOCK_BUCKETS;

/**
 * Locks the keys until the transaction ends. A statement of its own: what is read later sees what those wrote who held
 * the locks before. Every door that adds a key to a person takes these first, then the people's rows.
 */
export async function lockKeys(tx: SqlRunner, keys: LockKeys): Promise<void> {
  await tx.query(sql`
    select count(pg_advisory_xact_lock(${LOCK_SPACE}::int, bucket))
    from unnest(${lockBuckets(keys)}::int[]) as bucket`);
}

export const lockEntries = (tx: SqlRunner, entries: readonly NormalEntry[]): Promise<void> =>
  lockKeys(tx, keysOf(entries));
