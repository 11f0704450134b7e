import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Row, Transaction } from '../database/index.js';
import type { Draft } from '../jsonapi/operations/index.js';
import { readableSide, type MatchReport, type Sides } from './merge/index.js';

/** The report with what other rooms wrote of what came along, as the history of the request shows it to the actor by then. */
export async function reportAlong(
  tx: Transaction,
  actor: Actor,
  report: MatchReport,
  personId: string,
  requestId: string,
  along: readonly Draft[],
): Promise<MatchReport> {
  const [kept] = await tx.query<Sides>(sql`
    select ${readableSide('before', raw('c'), actor)} as before, ${readableSide('after', raw('c'), actor)} as after
    from person_changes c
    where person_id = ${personId}::bigint and created_at = now()
      and request_id is not distinct from ${requestId}
    order by id desc limit 1`);
  const changes = { ...report.changes };
  for (const { resource } of along)
    if (kept?.after[resource.table])
      changes[resource.table] ??= [kept.before[resource.table] ?? [], kept.after[resource.table]];
  const unmoved = Object.keys(changes).length === Object.keys(report.changes).length;
  if (unmoved) return report;
  return { ...report, outcome: report.outcome === 'unchanged' ? 'updated' : report.outcome, changes };
}

/** The report of a dry run: rows that it made and undid have no id, nor has a person whom it did not make. */
export function unmade(
  report: MatchReport,
  along: readonly Draft[],
  personId: string | undefined,
): MatchReport {
  const changes = { ...report.changes };
  for (const { resource } of along) {
    const [before, after] = (changes[resource.table] ?? []) as [Row[]?, Row[]?];
    if (!before || !after) continue;
    const known = new Set(before.map(({ id }) => id));
    const told = after.map((row) => ({
      ...row,
      ...(!known.has(row['id']) && { id: null }),
      ...(personId === undefined && 'person_id' in row && { person_id: null }),
    }));
    changes[resource.table] = [before, told];
  }
  return { ...report, changes };
}
