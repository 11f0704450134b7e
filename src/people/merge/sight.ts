import type { MergeState } from './merge-state.js';
import { liveMemberships, type PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';

/** How a person looks from where an entry looks. */
export interface Sight {
  /** Readable people out of reach are loaded only when they are named; for the match they do not exist. */
  readonly inReach: boolean;
  /** In `S`, or in the personal scope: only then it can be the one. */
  readonly inScope: boolean;
  /** The references where the entry looks. */
  readonly refs: readonly string[];
  /** All that the actor may know. */
  readonly knownRefs: readonly string[];
}

export function sightOf(person: PersonState, scope: Scope, state: MergeState): Sight {
  const live = liveMemberships(person);
  const here = live.filter(({ groupId }) => scope.includes(groupId));
  const personal = state.isPersonal(person);
  const refs = here.map(({ externalRef }) => externalRef);
  if (scope.personal && personal) refs.push(person.externalRef);
  return {
    inReach: personal || live.some(({ groupId }) => state.isWithinReach(groupId)),
    inScope: here.length > 0 || (scope.personal && personal),
    refs: refs.filter((ref) => ref !== null),
    knownRefs: state.knownRefs(person),
  };
}
