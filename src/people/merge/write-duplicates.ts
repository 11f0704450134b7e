import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import type { RealId } from './allocate-ids.js';
import type { PairNote } from './entry-draft.js';
import type { HeldEntry } from './merge-plan.js';
import { byAge } from './resolve-scope.js';

interface QueueRow {
  readonly kind: 'pair' | 'cross_group' | 'held_entry';
  readonly fingerprint: string;
  readonly personId: string | null;
  readonly candidateIds: readonly string[];
  readonly groupId: string | null;
  readonly evidence: string;
  readonly times: number;
}

/**
 * Queues pairs (once ever, whatever became of them) and undecided entries (a counter grows). An entry that comes again
 * after its verdict is open again, with those whom it meets now: the verdict has not answered it. It stays to be read.
 * @returns the ids of the held entries, by fingerprint
 */
export async function writeDuplicates(
  tx: SqlRunner,
  pairs: readonly PairNote[],
  held: readonly HeldEntry[],
  real: RealId,
): Promise<ReadonlyMap<string, string>> {
  const rows = once([
    ...pairs.map((pair) => pairRow(pair, real)),
    ...held.map((entry) => heldRow(entry, real)),
  ]);
  if (rows.length === 0) return new Map();
  const kept = await tx.query<{ id: string; fingerprint: string }>(sql`
    insert into person_duplicates as d (kind, fingerprint, person_id, candidate_ids, group_id, evidence, times_seen)
    select kind, fingerprint, person_id, candidates::bigint[], group_id, evidence, times
    from unnest(${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ fingerprint }) => fingerprint)}::text[],
      ${rows.map(({ personId }) => personId)}::bigint[],
      ${rows.map(({ candidateIds }) => `{${candidateIds.join(',')}}`)}::text[],
      ${rows.map(({ groupId }) => groupId)}::bigint[], ${rows.map(({ evidence }) => evidence)}::jsonb[],
      ${rows.map(({ times }) => times)}::int[])
      as n(kind, fingerprint, person_id, candidates, group_id, evidence, times)
    order by fingerprint
    on conflict on constraint person_duplicates_once do update
      set times_seen = d.times_seen + excluded.times_seen, status = 'open',
        candidate_ids = case d.status when 'open' then d.candidate_ids else excluded.candidate_ids end,
        evidence = case d.status when 'open' then d.evidence else excluded.evidence end
      where d.kind = 'held_entry'
    returning id, fingerprint`);
  return new Map(kept.map(({ fingerprint, id }) => [fingerprint, id]));
}

/** The two ids, the older first: a pair is the same pair from either side. */
export const pairFingerprint = (one: string, other: string): string => [one, other].sort(byAge).join(':');

function pairRow({ kind, groupId, evidence, ...pair }: PairNote, real: RealId): QueueRow {
  const [personId, otherId] = [real(pair.personId), real(pair.otherId)];
  const fingerprint = pairFingerprint(personId, otherId);
  const people = { personId, candidateIds: [otherId] };
  return { kind, fingerprint, ...people, groupId, evidence: JSON.stringify(evidence), times: 1 };
}

const heldRow = ({ fingerprint, candidateIds, groupId, evidence }: HeldEntry, real: RealId): QueueRow => ({
  kind: 'held_entry',
  fingerprint,
  personId: null,
  candidateIds: candidateIds.map(real),
  groupId,
  evidence: JSON.stringify(evidence),
  times: 1,
});

/** One statement cannot meet a row twice. */
function once(rows: readonly QueueRow[]): QueueRow[] {
  const kept = new Map<string, QueueRow>();
  for (const row of rows) {
    const seen = kept.get(row.fingerprint);
    kept.set(
      row.fingerprint,
      seen ? { ...seen, times: seen.times + Number(seen.kind === 'held_entry') } : row,
    );
  }
  return [...kept.values()];
}
