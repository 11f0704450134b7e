import type { EntryError, EntryResult, Outcome } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { explainChanges, groupsAdded } from './explain-changes.js';
import { kindsOf, type Hit } from './find-hits.js';
import type { Decision } from './match-person.js';
import type { CandidateReport, MatchReport } from './match-report.js';
import { comparedKeys, type EntryKeys, type NormalEntry } from './normal-entry.js';
import { MAX_TOLD } from './plan-pairs.js';
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
    warnings: [],
    policy: { conflicting_ref: scope.policy.conflictingRef, name_guard: scope.policy.nameGuard },
  };
}

export const failedResult = (
  entry: NormalEntry,
  keys: EntryKeys,
  scope: Scope,
  errors: readonly EntryError[],
  candidates: readonly CandidateReport[] = [],
): EntryResult => ({
  index: entry.source.index,
  outcome: 'failed',
  match: { ...emptyReport('failed', keys, scope), candidates },
  errors,
});

export function doneResult(draft: EntryDraft, outcome: Outcome, decision?: Decision): EntryResult {
  const { entry, keys, scope, before, person, assignments, warnings, state } = draft;
  const duplicateOf = before?.madeByIndex;
  const match: MatchReport = {
    ...emptyReport(outcome, keys, scope),
    matched_by: decision?.kind === 'match' ? decision.matchedBy : null,
    candidates: decision ? candidatesOf(decision) : [],
    changes: explainChanges(before, person, assignments, state),
    groups_added: groupsAdded(before, person),
    warnings,
    ...(duplicateOf !== undefined && { duplicate_of_index: duplicateOf }),
  };
  const stored = storedEntry(draft);
  return { index: entry.source.index, outcome, personId: person.id, match, stored, errors: [] };
}

/** The one taken first, then the others with why they were not. */
export function candidatesOf(decision: Decision): CandidateReport[] {
  const taken = decision.kind === 'match' ? [{ ...shown(decision.hit), taken: true, reason: null }] : [];
  const others = [...decision.refusals].slice(0, MAX_TOLD - taken.length);
  return [...taken, ...others.map(([hit, reason]) => ({ ...shown(hit), taken: false, reason }))];
}

const shown = (hit: Hit) => ({ id: hit.person.id, matched_by: kindsOf(hit) });
