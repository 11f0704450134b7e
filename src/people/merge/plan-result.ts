import type { EntryError, EntryResult, Outcome } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { explainChanges, groupsAdded } from './explain-changes.js';
import { kindsOf, type Hit } from './find-hits.js';
import type { Limits } from './limits.js';
import type { Decision } from './match-person.js';
import type { CandidateReport, MatchReport } from './match-report.js';
import { comparedKeys, type EntryKeys, type NormalEntry } from './normal-entry.js';
import type { Scope } from './resolve-scope.js';
import { storedEntry } from './stored-entry.js';

/** What is said of an entry before anything is known about its person. */
function emptyReport(outcome: Outcome, keys: EntryKeys, scope: Scope): MatchReport {
  return {
    outcome,
    matched_by: null,
    keys: comparedKeys(keys),
    candidates: [],
    changes: {},
    groups_added: [],
    skipped_groups: scope.skipped,
    warnings: scope.warnings,
    policy: { conflicting_ref: scope.policy.conflictingRef, name_guard: scope.policy.nameGuard },
  };
}

export const failedResult = (
  entry: NormalEntry,
  keys: EntryKeys,
  scope: Scope,
  errors: readonly EntryError[],
  told?: ToldCandidates,
): EntryResult => ({
  index: entry.source.index,
  outcome: 'failed',
  match: { ...emptyReport('failed', keys, scope), ...told },
  errors,
});

export function doneResult(draft: EntryDraft, outcome: Outcome, decision?: Decision): EntryResult {
  const { entry, keys, scope, before, person, assignments, warnings, state } = draft;
  const duplicateOf = before?.madeByIndex;
  const { changes, leftOut } = explainChanges(before, person, assignments, state);
  const { candidates = [], left_out: hidden } = decision ? toldOf(decision, state.limits) : {};
  const queued = new Set(draft.pairs.filter(({ hidden }) => !hidden).map(({ otherId }) => otherId));
  const match: MatchReport = {
    ...emptyReport(outcome, keys, scope),
    matched_by: decision?.kind === 'match' ? decision.matchedBy : null,
    candidates,
    changes,
    groups_added: groupsAdded(before, person),
    warnings: [...scope.warnings, ...warnings],
    ...(queued.size > 0 && { queued_with: [...queued] }),
    ...(duplicateOf !== undefined && { duplicate_of_index: duplicateOf }),
    ...((hidden || leftOut) && { left_out: { ...hidden, ...leftOut } }),
  };
  const stored = storedEntry(draft);
  return { index: entry.source.index, outcome, personId: person.id, match, stored, errors: [] };
}

type ToldCandidates = Pick<MatchReport, 'candidates' | 'left_out'>;

/** The one taken first, else the one who was guarded; then the others, oldest first, with why they were not. */
export function toldOf(decision: Decision, { told }: Limits): ToldCandidates {
  const { hits, refusals, unseenHits } = decision;
  const rank = (hit: Hit): number => (!refusals.has(hit) ? 0 : refusals.get(hit) === 'name_guard' ? 1 : 2);
  const sorted = [...hits].sort((one, other) => rank(one) - rank(other));
  const hidden = Math.max(0, hits.length - told) + unseenHits;
  return {
    candidates: sorted.slice(0, told).map((hit) => candidate(hit, refusals.get(hit) ?? null)),
    ...(hidden > 0 && { left_out: { candidates: hidden } }),
  };
}

const candidate = (hit: Hit, reason: CandidateReport['reason']): CandidateReport => ({
  ...{ id: hit.person.id, matched_by: kindsOf(hit), taken: reason === null, reason },
});
