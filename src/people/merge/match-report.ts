import type { ConflictingRef, Outcome } from './entry.js';

export type MatchedBy =
  'external_ref' | 'email_address' | 'phone_number' | 'email_address+phone_number' | 'name_tiebreak';

export type KeyKind = 'external_ref' | 'email_address' | 'phone_number';

/** Why a candidate was not taken. */
export type NotTaken =
  | 'another_has_external_ref'
  | 'conflicting_ref'
  | 'matches_fewer_keys'
  | 'names_do_not_agree'
  | 'name_guard'
  | 'ambiguous'
  | 'archived'
  | 'in_another_group';

export interface CandidateReport {
  /** `null` for a person that a dry run has not made. */
  readonly id: string | null;
  readonly matched_by: readonly KeyKind[];
  readonly taken: boolean;
  readonly reason: NotTaken | null;
}

export type WarningCode =
  | 'external_ref_replaced'
  | 'name_mismatch'
  | 'membership_conflict'
  | 'protected_person'
  | 'crowded_key'
  | 'skipped_groups'
  | 'policy_overruled'
  | 'phone_not_recognized'
  | 'unknown_attribute';

export interface Warning {
  readonly code: WarningCode;
  readonly detail: string;
  readonly pointer?: string;
}

/** The normal forms that were compared. */
export interface ComparedKeys {
  readonly external_ref: string | null;
  readonly email_addresses: readonly string[];
  readonly phone_numbers: readonly string[];
}

/** What an entry's answer explains. Its members are those of the wire. */
export interface MatchReport {
  readonly outcome: Outcome;
  readonly matched_by: MatchedBy | null;
  readonly keys: ComparedKeys;
  readonly candidates: readonly CandidateReport[];
  readonly changes: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
  readonly groups_added: readonly string[];
  /** Named groups that do not exist or cannot be reached, as they were sent. */
  readonly skipped_groups: readonly string[];
  readonly warnings: readonly Warning[];
  readonly policy: { readonly conflicting_ref: ConflictingRef; readonly name_guard: boolean };
  /** With whom the person was put before the administrators as a pair; `null`: somebody whom a dry run has not made. */
  readonly queued_with?: readonly (string | null)[];
  /** The entry of this request that made the person. */
  readonly duplicate_of_index?: number;
  /** How many each list does not name, of those that are cut. */
  readonly left_out?: LeftOut;
}

export interface LeftOut {
  readonly candidates?: number;
  readonly changes?: Readonly<Record<string, readonly [before: number, after: number]>>;
}
