import sql from 'sql-template-tag';
import type { Row, Transaction } from '../database/index.js';
import type { Sides } from './merge/index.js';

/**
 * Who leaves her last group keeps the reference by which she was known there, the oldest one. The merge room does it for
 * the entries of people; here it is for memberships that go otherwise.
 * @param leaving rows of `group_memberships` that go, or are gone
 * @returns what that changed of each person
 */
export async function keepReferences(
  tx: Transaction,
  leaving: readonly Row[],
): Promise<ReadonlyMap<string, Sides>> {
  const ids = leaving.map(({ id }) => String(id));
  const known = leaving.filter((row) => row['archived_at'] === null && row['external_ref'] !== null);
  if (known.length === 0) return new Map();
  const kept = await tx.query<{ id: string; external_ref: string }>(sql`
    update people p set external_ref = left_one.external_ref
    from (
      select distinct on (person_id) person_id, external_ref
      from unnest(${known.map(({ id }) => String(id))}::bigint[], ${known.map((row) => String(row['person_id']))}::bigint[],
        ${known.map((row) => String(row['external_ref']))}::text[]) as known (id, person_id, external_ref)
      order by person_id, id) left_one
    where p.id = left_one.person_id and p.external_ref is null and p.deleted_at is null
      and not exists (select from group_memberships m
        where m.person_id = p.id and m.archived_at is null and m.id <> all(${ids}::bigint[]))
    returning p.id, p.external_ref`);
  return new Map(
    kept.map(({ id, external_ref }) => [id, { before: { external_ref: null }, after: { external_ref } }]),
  );
}
