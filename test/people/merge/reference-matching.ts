import type { MatchPolicy } from '../../../src/people/merge/entry.js';
import type { MatchedBy } from '../../../src/people/merge/match-report.js';
import { foldedName, NAME_ATTRIBUTES, type ModelEntry, type ModelValue } from './reference-entry.js';
import {
  isPersonalTo,
  liveMembershipIn,
  liveMembershipsOf,
  type ModelCaller,
  type ModelPair,
  type ModelPerson,
  type ModelWorld,
} from './reference-world.js';

/** Where one entry looks: `S`, `A`, and whether people without a group count as well. */
export interface ModelScope {
  readonly groups: readonly string[];
  readonly accessible: readonly string[];
  readonly personal: boolean;
  readonly policy: MatchPolicy;
}

export type ModelMatch =
  | { readonly kind: 'match'; readonly person: ModelPerson; readonly by: MatchedBy }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly ModelPerson[] };

interface Looking {
  readonly world: ModelWorld;
  readonly caller: ModelCaller;
  readonly scope: ModelScope;
  readonly entry: ModelEntry;
  /** Of a key that more people hold no pair is made. */
  readonly paired: number;
}

/** Section 1, in its order: by reference, else by e-mail or phone, else nobody. */
export function matchOne(looking: Looking): ModelMatch {
  const withRef: ModelPerson[] = [];
  for (const person of candidates(looking)) if (hasEntryRef(looking, person)) withRef.push(person);
  if (withRef.length === 1) return { kind: 'match', person: withRef[0]!, by: 'external_ref' };
  if (withRef.length > 1) return amongRefs(looking, withRef);
  return byContactPoint(looking);
}

function candidates({ world, caller, scope }: Looking): ModelPerson[] {
  const found: ModelPerson[] = [];
  for (const person of world.people) {
    if (person.deleted) continue;
    let isIn = false;
    for (const group of scope.groups) if (liveMembershipIn(person, group)) isIn = true;
    if (scope.personal && isPersonalTo(person, caller)) isIn = true;
    if (isIn) found.push(person);
  }
  return found;
}

/** The references of the person that the scope sees: in a group of `S`, or of a person without a group. */
function refsInScope({ caller, scope }: Pick<Looking, 'caller' | 'scope'>, person: ModelPerson): string[] {
  const refs: string[] = [];
  for (const group of scope.groups) {
    const ref = liveMembershipIn(person, group)?.ref;
    if (ref) refs.push(ref);
  }
  if (scope.personal && isPersonalTo(person, caller) && person.ref) refs.push(person.ref);
  return refs;
}

const hasEntryRef = (looking: Looking, person: ModelPerson): boolean =>
  typeof looking.entry.ref === 'string' && refsInScope(looking, person).includes(looking.entry.ref);

/** The reference belongs to different people: decide by e-mail or phone, then names. */
function amongRefs(looking: Looking, holders: readonly ModelPerson[]): ModelMatch {
  const { entry } = looking;
  let left = holders.filter((person) => hasEmailOf(person, entry) || hasPhoneOf(person, entry));
  if (left.length === 1) return { kind: 'match', person: left[0]!, by: 'external_ref' };
  const both = left.filter((person) => hasEmailOf(person, entry) && hasPhoneOf(person, entry));
  if (both.length === 1) return { kind: 'match', person: both[0]!, by: 'external_ref' };
  if (left.length === 0) left = [...holders];
  const named = left.filter((person) => agreesWithEveryName(person, entry));
  if (named.length === 1) return { kind: 'match', person: named[0]!, by: 'name_tiebreak' };
  return { kind: 'ambiguous', candidates: holders };
}

function byContactPoint(looking: Looking): ModelMatch {
  const { entry, scope } = looking;
  const left: ModelPerson[] = [];
  for (const person of candidates(looking)) {
    if (!hasEmailOf(person, entry) && !hasPhoneOf(person, entry)) continue;
    if (isAnother(looking, person)) continue;
    left.push(person);
  }
  if (left.length === 0) return { kind: 'nobody' };
  const guarded = (person: ModelPerson, by: MatchedBy): ModelMatch =>
    scope.policy.nameGuard && firstNamesDiffer(person, entry)
      ? { kind: 'ambiguous', candidates: left }
      : { kind: 'match', person, by };
  if (left.length === 1) return guarded(left[0]!, keysMatched(left[0]!, entry));
  const both = left.filter((person) => hasEmailOf(person, entry) && hasPhoneOf(person, entry));
  if (both.length === 1) return guarded(both[0]!, keysMatched(both[0]!, entry));
  const named = left.filter((person) => agreesWithEveryName(person, entry));
  if (named.length === 1) return { kind: 'match', person: named[0]!, by: 'name_tiebreak' };
  return { kind: 'ambiguous', candidates: left };
}

/** `conflicting_ref`: a candidate with a reference, and none equal to the entry's. */
function isAnother(looking: Looking, person: ModelPerson): boolean {
  const { entry, scope } = looking;
  if (typeof entry.ref !== 'string') return false;
  const refs = refsInScope(looking, person);
  if (refs.length === 0 || refs.includes(entry.ref)) return false;
  if (scope.policy.conflictingRef === 'match') return false;
  if (scope.policy.conflictingRef === 'separate') return true;
  return firstNamesDiffer(person, entry);
}

function keysMatched(person: ModelPerson, entry: ModelEntry): MatchedBy {
  if (hasEmailOf(person, entry) && hasPhoneOf(person, entry)) return 'email_address+phone_number';
  return hasEmailOf(person, entry) ? 'email_address' : 'phone_number';
}

/** Both present, and not the same. */
export function firstNamesDiffer(person: ModelPerson, entry: ModelEntry): boolean {
  const [stored, sent] = [person.attributes['first_name'], entry.attributes['first_name']];
  if (!stored || !sent) return false;
  return foldedName(stored) !== foldedName(sent);
}

/** At least one name has to be given; a stored null does not agree. */
function agreesWithEveryName(person: ModelPerson, entry: ModelEntry): boolean {
  let given = 0;
  for (const name of NAME_ATTRIBUTES) {
    const sent = entry.attributes[name];
    if (!sent) continue;
    given += 1;
    const stored = person.attributes[name];
    if (!stored || foldedName(stored) !== foldedName(sent)) return false;
  }
  return given > 0;
}

const hasEmailOf = (person: ModelPerson, entry: ModelEntry): boolean =>
  (entry.emails ?? []).some((value) => person.emails.some(({ key }) => key === value.key));
const hasPhoneOf = (person: ModelPerson, entry: ModelEntry): boolean =>
  (entry.phones ?? []).some((value) => person.phones.some(({ key }) => key === value.key));

/** Everybody within the caller's reach who has a key of the entry, in a group of the scope or not. */
export function considered(looking: Looking): ModelPerson[] {
  const { world, entry } = looking;
  return world.people.filter(
    (person) =>
      isInReach(looking, person) &&
      (refsInReach(looking, person).includes(entry.ref ?? '') ||
        hasEmailOf(person, entry) ||
        hasPhoneOf(person, entry)),
  );
}

function isInReach({ caller, scope }: Looking, person: ModelPerson): boolean {
  if (person.deleted) return false;
  const groups = liveMembershipsOf(person).map(({ group }) => group);
  return groups.some((group) => scope.accessible.includes(group)) || isPersonalTo(person, caller);
}

const refsInReach = ({ caller, scope }: Looking, person: ModelPerson): string[] =>
  refsInScope({ caller, scope: { ...scope, groups: scope.accessible, personal: true } }, person);

/**
 * Whom the entry's keys belong to besides the person who was taken (or made): for each key that this person did not
 * have, everybody else within the caller's reach who has it. Who is in no group of the scope is of another group.
 */
export function bridgedPairs(looking: Looking, taken: ModelPerson): ModelPair[] {
  const { scope, entry } = looking;
  const pairs: ModelPair[] = [];
  for (const other of considered(looking)) {
    if (other.id === taken.id) continue;
    const bringsRef =
      typeof entry.ref === 'string' &&
      !refsInReach(looking, taken).includes(entry.ref) &&
      refsInReach(looking, other).includes(entry.ref);
    const isBridge =
      bringsRef ||
      isBridged(telling(looking, 'emails'), taken.emails, other.emails) ||
      isBridged(telling(looking, 'phones'), taken.phones, other.phones);
    if (!isBridge) continue;
    const groups = liveMembershipsOf(other).map(({ group }) => group);
    const isElsewhere = groups.length > 0 && !groups.some((group) => scope.groups.includes(group));
    pairs.push({ kind: isElsewhere ? 'cross_group' : 'pair', one: taken.id, other: other.id });
  }
  return pairs;
}

/** Whether a key of the entry that is new to the person belongs to so many that it makes no pairs. */
export function sharesWithMany(looking: Looking, taken: ModelPerson): boolean {
  const others = considered(looking).filter(({ id }) => id !== taken.id);
  return (['emails', 'phones'] as const).some((kind) =>
    (looking.entry[kind] ?? []).some(
      (value) =>
        !has(taken[kind], value.key) &&
        isCrowded(looking, kind, value) &&
        others.some((other) => has(other[kind], value.key)),
    ),
  );
}

const telling = (looking: Looking, kind: 'emails' | 'phones'): ModelValue[] =>
  (looking.entry[kind] ?? []).filter((value) => !isCrowded(looking, kind, value));

const isCrowded = (looking: Looking, kind: 'emails' | 'phones', { key }: ModelValue): boolean =>
  looking.world.people.filter((person) => isReadable(looking, person) && has(person[kind], key)).length >
  looking.paired;

function isReadable(looking: Looking, person: ModelPerson): boolean {
  const { person: self, superAdmin } = looking.caller;
  if (person.deleted) return false;
  return superAdmin || person.id === self || person.assignedTo.includes(self) || isInReach(looking, person);
}

type Keyed = readonly { readonly key: string }[];
const isBridged = (sent: readonly ModelValue[] | null | undefined, taken: Keyed, other: Keyed): boolean =>
  (sent ?? []).some(({ key }) => !has(taken, key) && has(other, key));
const has = (points: Keyed, key: string): boolean => points.some((point) => point.key === key);
