import type { SqlRunner } from '../../database/index.js';
import type { MatchReport } from './match-report.js';
import type { StoredEntry } from './stored-entry.js';

/** The attributes that stand on the person; a member not given is left alone, `null` clears. */
export const ATTRIBUTES = ['first_name', 'middle_name', 'last_name', 'gender', 'birth_date'] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];
export const NAMES = ['first_name', 'middle_name', 'last_name'] as const satisfies readonly AttributeName[];

export interface EmailInput {
  /** An existing record of this person, to be updated. */
  readonly id?: string;
  /** Where the request says which record; its `pointer` is that of the value. */
  readonly idPointer?: string;
  readonly email?: string;
  readonly primary?: boolean;
  readonly pointer: string;
}

export interface PhoneInput {
  /** An existing record of this person, to be updated. */
  readonly id?: string;
  readonly idPointer?: string;
  readonly number?: string;
  readonly primary?: boolean;
  readonly location?: string | null;
  readonly extension?: string | null;
  readonly pointer: string;
}

/** A membership from `included`; its group counts as named. */
export interface MembershipInput {
  /** An existing record of this person, to be updated; its group has to be given too. */
  readonly id?: string;
  readonly groupId?: string;
  readonly groupExternalRef?: string;
  readonly role?: string;
  readonly archivedAt?: string | null;
  readonly pointer: string;
}

/** A record that is taken from the person of a PATCH; one that is gone already is no fault. */
export interface Removal {
  readonly kind: 'email_address' | 'phone_number' | 'group_membership';
  readonly id: string;
  readonly pointer?: string;
}

/** Exactly one of the two ids; the omitted end becomes the person of the entry. */
export interface AssignmentInput {
  readonly assignedToId?: string;
  readonly personId?: string;
  readonly groupId?: string | null;
  readonly note?: string | null;
  readonly pointer: string;
}

/**
 * What every door makes of what it was sent: one person, in the words of the request.
 *
 * `pointers` says where in the request a thing stands. Its members: `entry` (the whole), the attribute names,
 * `external_ref`, `emails`, `phones`, `groups`, and `groups/<n>` for the n-th named group (ids, or else refs).
 * @example
 * { index: 0, attributes: { first_name: 'Ada' }, emails: [{ email: 'ada@example.org', pointer: '/included/0' }],
 *   groups: { ids: ['7'] }, assignments: [], pointers: { entry: '/data', first_name: '/data/attributes/first_name' } }
 */
export interface Entry {
  readonly index: number;
  /** PATCH: this person, no matching. */
  readonly personId?: string;
  readonly attributes: Readonly<Partial<Record<AttributeName, string | null>>>;
  readonly externalRef?: string | null;
  /** `null` clears all of the kind. */
  readonly emails?: readonly EmailInput[] | null;
  readonly phones?: readonly PhoneInput[] | null;
  /** Not given: no group named. An empty list is a list. */
  readonly groups?: { readonly ids?: readonly string[]; readonly externalRefs?: readonly string[] };
  readonly memberships?: readonly MembershipInput[];
  readonly assignments: readonly AssignmentInput[];
  readonly removals?: readonly Removal[];
  /** PATCH: by this membership, in the archive, an administrator of its group reaches a person out of her sight. */
  readonly archivedMembershipId?: string;
  /** What came along for other rooms to write once the person is known: only kept, with an entry that is held. */
  readonly beside?: readonly Readonly<Record<string, unknown>>[];
  /** PATCH: a group in which somebody else has the person's reference is left out with a warning instead of refused. */
  readonly skipTakenRefs?: boolean;
  readonly pointers: Readonly<Record<string, string>>;
  /** What the door could not read: the entry fails by it. */
  readonly faults?: readonly EntryError[];
}

export type ConflictingRef = 'by_name' | 'match' | 'separate';

export interface MatchPolicy {
  readonly conflictingRef: ConflictingRef;
  readonly nameGuard: boolean;
}

export interface MergeOptions {
  /** The same answer; nothing is written. */
  readonly dryRun?: boolean;
  /** Any failure undoes all, and not even a queue entry is written. */
  readonly atomic?: boolean;
  readonly requestId?: string;
  /** The JSON:API door also creates from a first name alone. */
  readonly creationFromNamesAlone: boolean;
  /** A named group that cannot be reached: an error with a pointer (strict), or skipped. */
  readonly unknownGroups: 'refuse' | 'skip';
  /** May only tighten what group and deployment say. */
  readonly policy?: Partial<MatchPolicy>;
  /** Lenient `POST /people` without groups: matched as usual, put into no group. */
  readonly personalWithoutGroup?: boolean;
  /** Called when everybody that the entries can meet is locked, before anything is decided; throws to refuse. */
  readonly underLock?: (tx: SqlRunner) => Promise<void>;
}

export type Outcome = 'created' | 'updated' | 'unchanged' | 'failed' | 'rolled_back';

export interface EntryError {
  readonly code: EntryErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly pointer?: string;
  readonly meta?: { readonly candidate_ids?: readonly string[]; readonly duplicate_id?: string };
}

/** The status of every error that an entry can end in. */
export const ENTRY_ERRORS = {
  forbidden: 403,
  protected_person: 403,
  not_found: 404,
  external_ref_taken: 409,
  ambiguous_match: 409,
  invalid_attribute: 422,
  contradiction: 422,
  invalid_assignment: 422,
  insufficient_information: 422,
  no_accessible_group: 422,
  last_owner: 422,
} as const;
export type EntryErrorCode = keyof typeof ENTRY_ERRORS;

export interface EntryResult {
  readonly index: number;
  readonly outcome: Outcome;
  /** Absent on failure, and in a dry run for a person not yet made. */
  readonly personId?: string;
  /** Ready to be shown as `meta.match`. */
  readonly match: MatchReport;
  /** Absent on failure. */
  readonly stored?: StoredEntry;
  readonly errors: readonly EntryError[];
}

export function entryError(
  code: EntryErrorCode,
  detail: string,
  pointer?: string,
  meta?: EntryError['meta'],
): EntryError {
  return { code, status: ENTRY_ERRORS[code], detail, ...(pointer && { pointer }), ...(meta && { meta }) };
}

/** Where the whole entry, or one thing of it, stands in the request. */
export const pointerTo = (entry: Entry, what: string): string | undefined =>
  entry.pointers[what] ?? entry.pointers['entry'];
