import type { Actor } from '../../auth/index.js';
import type { Transaction } from '../../database/index.js';
import { allocateIds, type RealId } from './allocate-ids.js';
import type { MergePlan } from './merge-plan.js';
import { rowsOf } from './row-changes.js';
import { writeDuplicates } from './write-duplicates.js';
import { writeHistory } from './write-history.js';
import { writeRows } from './write-rows.js';

export interface AppliedPlan {
  readonly real: RealId;
  /** Queue entries of what could not be decided, by fingerprint. */
  readonly duplicateIds: ReadonlyMap<string, string>;
}

/** Does to the database what the plan says, in a number of statements that does not depend on the number of entries. */
export async function applyPlan(
  tx: Transaction,
  plan: MergePlan,
  { actor, requestId }: { readonly actor: Actor; readonly requestId: string | undefined },
): Promise<AppliedPlan> {
  const rows = rowsOf(plan);
  const real = await allocateIds(tx, rows);
  writeRows(tx, rows, real, actor);
  writeHistory(tx, plan.changes, real, { actor, requestId });
  return { real, duplicateIds: await writeDuplicates(tx, plan.pairs, plan.held, real) };
}
