import type { EntryError } from './entry.js';
import type { Warning, WarningCode } from './match-report.js';
import type { MergeState } from './merge-state.js';
import type { EntryKeys, NormalEntry } from './normal-entry.js';
import type { AssignmentState, PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';

/** Two people who may be one; either may not be made yet. */
export interface PairNote {
  readonly kind: 'pair' | 'cross_group';
  readonly personId: string;
  readonly otherId: string;
  readonly groupId: string | null;
  /** For administrators whom the actor knows nothing of: not to be told. */
  readonly hidden?: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/**
 * One entry on its way through the rules. Each rule takes `person`, puts the next one in its place and notes what it
 * has to say. Nothing reaches the {@link MergeState} before the last rule: an entry with an error leaves no trace.
 */
export interface EntryDraft {
  readonly entry: NormalEntry;
  readonly keys: EntryKeys;
  readonly scope: Scope;
  readonly state: MergeState;
  readonly mode: 'create' | 'match' | 'patch';
  /** `null` for a person that this entry makes. */
  readonly before: PersonState | null;
  person: PersonState;
  readonly warnings: Warning[];
  readonly errors: EntryError[];
  readonly pairs: PairNote[];
  readonly assignments: AssignmentState[];
  /** Memberships of deleted people whose reference is taken over. */
  readonly freedMembershipIds: string[];
}

/** Somebody with a login, whom somebody else's entry has matched. */
export const isProtected = ({ mode, person, state }: EntryDraft): boolean =>
  mode === 'match' && person.hasLogin && person.id !== state.actor.personId;

/** Says it once. */
export function warn(
  draft: EntryDraft,
  code: WarningCode,
  detail: string,
  pointer: string | undefined,
): void {
  if (draft.warnings.some((warning) => warning.detail === detail && warning.pointer === pointer)) return;
  draft.warnings.push({ code, detail, ...(pointer && { pointer }) });
}
