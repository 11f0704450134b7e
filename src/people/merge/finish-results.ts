import type { EntryError, EntryResult } from './entry.js';
import type { AppliedPlan } from './apply-plan.js';
import type { MergePlan } from './merge-plan.js';
import { isNewId } from './person-state.js';

/** The plan's results in the ids of the database. Nothing applied (a dry run): new people have no id. */
export function finishResults({ results, held }: MergePlan, applied: AppliedPlan | undefined): EntryResult[] {
  const known = (id: string): string | null => {
    const real = applied ? applied.real(id) : id;
    return isNewId(real) ? null : real;
  };
  const queued = new Map(
    held.map(({ index, fingerprint }) => [index, applied?.duplicateIds.get(fingerprint)]),
  );
  return results.map((result) => {
    const personId = (result.personId !== undefined && known(result.personId)) || undefined;
    const candidates = result.match.candidates.map((each) => ({ ...each, id: each.id && known(each.id) }));
    const queuedWith = result.match.queued_with?.map((id) => id && known(id));
    const errors = result.errors.map((error) => withIds(error, known, queued.get(result.index)));
    return {
      ...withoutPerson(result),
      ...(personId && { personId }),
      ...(result.stored && { stored: result.stored }),
      match: { ...result.match, candidates, ...(queuedWith && { queued_with: queuedWith }) },
      errors,
    };
  });
}

function withIds(
  error: EntryError,
  known: (id: string) => string | null,
  duplicateId: string | undefined,
): EntryError {
  if (!error.meta) return error;
  const ids = error.meta.candidate_ids?.flatMap((id) => known(id) ?? []);
  return {
    ...error,
    meta: {
      ...(ids && { candidate_ids: ids }),
      ...(duplicateId !== undefined && { duplicate_id: duplicateId }),
    },
  };
}

/** Of a request that stands or falls as one: those that would have succeeded. */
export const rolledBack = (results: readonly EntryResult[]): EntryResult[] =>
  results.map((result) =>
    result.outcome === 'failed'
      ? result
      : {
          ...withoutPerson(result),
          outcome: 'rolled_back',
          match: { ...result.match, outcome: 'rolled_back' },
        },
  );

const withoutPerson = ({ index, outcome, match, errors }: EntryResult): EntryResult => ({
  index,
  outcome,
  match,
  errors,
});
