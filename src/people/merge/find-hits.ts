import { olderFirst } from './crowd.js';
import { keyName } from './key-index.js';
import type { KeyKind } from './match-report.js';
import type { MergeState } from './merge-state.js';
import { narrowCrowd, type Unseen } from './narrow-crowd.js';
import type { EntryKeys, NormalEntry } from './normal-entry.js';
import type { PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';

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

export interface FoundHits {
  /** Oldest first. Of a crowd only those who can make a difference. */
  readonly hits: readonly Hit[];
  readonly unseen: Unseen;
}

export const kindsOf = ({ byRef, byRefElsewhere, byEmail, byPhone }: Hit): KeyKind[] => [
  ...(byRef || byRefElsewhere ? (['external_ref'] as const) : []),
  ...(byEmail ? (['email_address'] as const) : []),
  ...(byPhone ? (['phone_number'] as const) : []),
];

/** Everybody with a key of the entry whom the actor may know of. */
export function findHits(entry: NormalEntry, keys: EntryKeys, scope: Scope, state: MergeState): FoundHits {
  const ref = keys.externalRef;
  const emails = keys.emails.map((form) => keyName('email', form));
  const phones = keys.phones.map((form) => keyName('phone', form));
  const isCrowded = (key: string): boolean => state.holders(key).size > state.limits.crowd;
  const crowded = { emails: emails.filter(isCrowded), phones: phones.filter(isCrowded) };
  const few = [...emails, ...phones].filter((key) => !isCrowded(key));
  if (ref !== null) few.push(keyName('ref', ref));
  const { ids, unseenBeside } = narrowCrowd({ entry, keys, scope, crowded }, state);
  const hits = [...new Set([...few.flatMap((key) => [...state.holders(key)]), ...ids])]
    .sort(olderFirst)
    .flatMap((id) => {
      const person = state.get(id);
      return (person && hitOf(person, { ref, emails, phones }, scope, state)) ?? [];
    });
  return { hits, unseen: unseenBeside(hits.map(({ person }) => person.id)) };
}

interface KeyNames {
  readonly ref: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

function hitOf(
  person: PersonState,
  { ref, emails, phones }: KeyNames,
  scope: Scope,
  state: MergeState,
): Hit | undefined {
  const sight = state.sightOf(person, scope);
  if (!sight.inReach) return undefined;
  const holds = (key: string): boolean => state.holders(key).has(person.id);
  const [byEmail, byPhone] = [emails.some(holds), phones.some(holds)];
  const byRef = ref !== null && sight.refs.includes(ref);
  const byRefElsewhere = !byRef && ref !== null && sight.knownRefs.includes(ref);
  const inScope = (byRef || byEmail || byPhone) && sight.inScope;
  const hit = { person, inScope, byRef, byRefElsewhere, byEmail, byPhone };
  return byEmail || byPhone || byRef || byRefElsewhere ? hit : undefined;
}
