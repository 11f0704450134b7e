import { comparedName } from './compared-name.js';
import { NAMES } from './entry.js';
import type { MergeState } from './merge-state.js';
import type { EntryKeys, NormalEntry } from './normal-entry.js';
import type { PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';

/** How many hold a key beside those who were looked at. */
export interface Unseen {
  readonly all: number;
  /** Of those whom the policy leaves as candidates by e-mail or phone. */
  readonly possible: number;
}

export interface Narrowed {
  readonly ids: readonly string[];
  /** @param seen the ids of all who are looked at, for whatever key */
  unseenBeside(seen: readonly string[]): Unseen;
}

interface Question {
  readonly entry: NormalEntry;
  readonly keys: EntryKeys;
  readonly scope: Scope;
  /** The keys that many hold. */
  readonly crowded: { readonly emails: readonly string[]; readonly phones: readonly string[] };
}

/** Two are as good as many where one alone would be taken. */
const NOT_ALONE = 2;

/**
 * Of the thousands who hold a key, those whom the matching order and its explanation look at: the oldest, as many as an
 * answer names, of everybody, of each key and of those who are possible; and enough of those with both keys, and with
 * all the names, to know whether it is one. With them `matchPerson` decides as it would with everybody.
 */
export function narrowCrowd({ entry, keys, scope, crowded }: Question, state: MergeState): Narrowed {
  const all = [...crowded.emails, ...crowded.phones].sort();
  if (all.length === 0) return NO_CROWD;
  const crowd = state.crowd(scope, all, (person) => labelsOf(person, scope, crowded, state));
  const kinds = possibleKinds(entry, keys, scope);
  const told = [IN_REACH, ...kinds, ...all.map(withKey)].flatMap((label) =>
    crowd.first(label, state.limits.told + 1),
  );
  const telling = [...kinds.map(withBoth), agreeing(entry, keys, scope)];
  const ids = [...new Set([...told, ...telling.flatMap((label) => crowd.first(label, NOT_ALONE))])];
  const unseen = (labels: readonly string[], seen: readonly string[]): number =>
    labels.reduce((sum, label) => sum + crowd.size(label), 0) -
    seen.filter((id) => labels.some((label) => crowd.has(id, label))).length;
  return {
    ids,
    unseenBeside: (seen) => ({ all: unseen([IN_REACH], seen), possible: unseen(kinds, seen) }),
  };
}

const NO_CROWD: Narrowed = { ids: [], unseenBeside: () => ({ all: 0, possible: 0 }) };

const IN_REACH = 'in reach';
const IN_SCOPE = 'in scope';
/** In the scope, and known by no reference there. */
const FREE = 'free';
/** In the scope, known by a reference there, and of that first name. */
const bound = (firstName: string | null): string => `bound ${firstName ?? ''}`;
const withKey = (key: string): string => `key ${key}`;
const withBoth = (kind: string): string => `both ${kind}`;
const withNames = (kind: string, names: readonly (string | null)[]): string =>
  `${kind} ${JSON.stringify(names)}`;

/** Everything that the questions below can ask for. */
function labelsOf(
  person: PersonState,
  scope: Scope,
  { emails, phones }: Question['crowded'],
  state: MergeState,
): string[] {
  const { inReach, inScope, refs } = state.sightOf(person, scope);
  if (!inReach) return [];
  const holds = (key: string): boolean => state.holders(key).has(person.id);
  const keys = [...emails, ...phones].filter(holds).map(withKey);
  if (!inScope) return [IN_REACH, ...keys];
  const isFree = refs.length === 0;
  const kinds = [IN_SCOPE, isFree ? FREE : bound(comparedName(person.attributes, 'first_name'))];
  const both = emails.some(holds) && phones.some(holds) ? kinds.map(withBoth) : [];
  const named = someOf(NAMES.map((name) => comparedName(person.attributes, name)));
  const agreed = (isFree ? [IN_SCOPE, FREE] : [IN_SCOPE]).flatMap((kind) =>
    named.map((names) => withNames(kind, names)),
  );
  return [IN_REACH, ...keys, ...kinds, ...both, ...agreed];
}

/** Each choice of the names that are there, but for none. */
function someOf(names: readonly (string | null)[]): (string | null)[][] {
  const choices = names.reduce<(string | null)[][]>(
    (chosen, name) =>
      chosen.flatMap((some) =>
        name === null
          ? [[...some, null]]
          : [
              [...some, null],
              [...some, name],
            ],
      ),
    [[]],
  );
  return choices.filter((some) => some.some((name) => name !== null));
}

/** Whom `conflicting_ref` leaves: the labels of disjoint parts. */
function possibleKinds(entry: NormalEntry, keys: EntryKeys, { policy }: Scope): string[] {
  const firstName = comparedName(entry.attributes, 'first_name');
  if (keys.externalRef === null || policy.conflictingRef === 'match') return [IN_SCOPE];
  if (policy.conflictingRef === 'separate') return [FREE];
  return firstName === null ? [IN_SCOPE] : [FREE, bound(null), bound(firstName)];
}

/** Who agrees in the first name is never refused for it. */
function agreeing(entry: NormalEntry, keys: EntryKeys, { policy }: Scope): string {
  const kind = keys.externalRef !== null && policy.conflictingRef === 'separate' ? FREE : IN_SCOPE;
  return withNames(
    kind,
    NAMES.map((name) => comparedName(entry.attributes, name)),
  );
}
