import sql from 'sql-template-tag';
import type { Transaction } from '../database/index.js';
import type { Draft } from '../jsonapi/operations/index.js';
import type { MatchReport, Sides } from './merge/index.js';

/** The report with what other rooms wrote of what came along; the history of the request has it by then. */
export async function reportAlong(
  tx: Transaction,
  report: MatchReport,
  personId: string,
  requestId: string,
  along: readonly Draft[],
): Promise<MatchReport> {
  const [kept] = await tx.query<Sides>(sql`
    select before, after from person_changes
    where person_id = ${personId}::bigint and xmin = pg_current_xact_id()::xid
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
