import type { KeyKind } from './match-report.js';
import type { MergeState } from './merge-state.js';
import type { EntryKeys } from './normal-entry.js';
import { byAge, type Scope } from './resolve-scope.js';
import { isNewId, liveMemberships, type PersonState } from './person-state.js';

/** A readable person who holds a key of the entry. */
export interface Hit {
  readonly person: PersonState;
  /** In `S` (or in the personal scope): only then it can be the one. */
  readonly inScope: boolean;
  /** The entry's reference stands where the entry looks. */
  readonly byRef: boolean;
  /** It stands in another group only: there it may mean another person. */
  readonly byRefElsewhere: boolean;
  readonly byEmail: boolean;
  readonly byPhone: boolean;
}

export const kindsOf = ({ byRef, byRefElsewhere, byEmail, byPhone }: Hit): KeyKind[] => [
  ...(byRef || byRefElsewhere ? (['external_ref'] as const) : []),
  ...(byEmail ? (['email_address'] as const) : []),
  ...(byPhone ? (['phone_number'] as const) : []),
];

/** Everybody with a key of the entry whom the actor may know of, oldest first. */
export function findHits(keys: EntryKeys, scope: Scope, state: MergeState): Hit[] {
  const ref = keys.externalRef;
  const withRef = new Set(ref === null ? [] : state.withRef(ref));
  const withEmail = new Set(keys.emails.flatMap((form) => state.withEmail(form)));
  const withPhone = new Set(keys.phones.flatMap((form) => state.withPhone(form)));
  return [...new Set([...withRef, ...withEmail, ...withPhone])]
    .filter((person) => isInReach(person, state))
    .map((person) => {
      const byRef = ref !== null && refsInScope(person, scope, state).includes(ref);
      const byRefElsewhere = !byRef && ref !== null && state.knownRefs(person).includes(ref);
      const [byEmail, byPhone] = [withEmail.has(person), withPhone.has(person)];
      const inScope = (byRef || byEmail || byPhone) && isInScope(person, scope, state);
      return { person, inScope, byRef, byRefElsewhere, byEmail, byPhone };
    })
    .filter((hit) => kindsOf(hit).length > 0)
    .sort(({ person: one }, { person: other }) => newLast(one.id, other.id) || byAge(one.id, other.id));
}

const newLast = (one: string, other: string): number => Number(isNewId(one)) - Number(isNewId(other));

function isInScope(person: PersonState, scope: Scope, state: MergeState): boolean {
  const member = liveMemberships(person).some(({ groupId }) => scope.includes(groupId));
  return member || (scope.personal && state.isPersonal(person));
}

/** Readable people out of reach are loaded only when they are named; for the match they do not exist. */
const isInReach = (person: PersonState, state: MergeState): boolean =>
  state.isPersonal(person) || liveMemberships(person).some(({ groupId }) => state.isWithinReach(groupId));

/** The references of a person where the entry looks. */
export function refsInScope(person: PersonState, scope: Scope, state: MergeState): string[] {
  const live = liveMemberships(person).filter(({ groupId }) => scope.includes(groupId));
  const refs = live.map(({ externalRef }) => externalRef);
  if (scope.personal && state.isPersonal(person)) refs.push(person.externalRef);
  return refs.filter((ref) => ref !== null);
}
