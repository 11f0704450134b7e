import type { EntryResult } from './entry.js';
import type { PairNote } from './entry-draft.js';
import type { AssignmentState, PersonState } from './person-state.js';

/** One entry's change of one person; `before` is `null` when it makes the person. */
export interface PlannedChange {
  readonly index: number;
  readonly action: 'created' | 'matched' | 'updated';
  readonly before: PersonState | null;
  readonly after: PersonState;
  readonly assignments: readonly AssignmentState[];
}

/** An entry that could not be decided, kept for somebody who can. */
export interface HeldEntry {
  readonly index: number;
  /** The same for the same entry, whoever sends it again. */
  readonly fingerprint: string;
  readonly candidateIds: readonly string[];
  readonly groupId: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** What shall be written and answered. Ids of what is not made yet start with `new:`, in the results too. */
export interface MergePlan {
  readonly results: readonly EntryResult[];
  readonly changes: readonly PlannedChange[];
  readonly pairs: readonly PairNote[];
  readonly held: readonly HeldEntry[];
  readonly freedMembershipIds: readonly string[];
}
