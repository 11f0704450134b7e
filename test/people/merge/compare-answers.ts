import { isDeepStrictEqual } from 'node:util';
import type { EntryResult } from '../../../src/people/merge/entry.js';
import type { ModelResult } from './reference-model.js';
import type { ModelWorld } from './reference-world.js';

const set = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** One answer in the words that the model and the product share. */
export const saidByProduct = ({ outcome, personId, match, errors }: EntryResult) => ({
  outcome,
  matchedBy: match.matched_by,
  person: personId ?? null,
  errors: set(errors.map(({ code }) => code)),
  warnings: set(match.warnings.map(({ code }) => code)),
  considered: set(match.candidates.map(({ id }) => id ?? 'not made')),
  changed: set(Object.keys(match.changes)),
  groupsAdded: set(match.groups_added),
  skippedGroups: match.skipped_groups,
  policy: { conflictingRef: match.policy.conflicting_ref, nameGuard: match.policy.name_guard },
  duplicateOfIndex: match.duplicate_of_index ?? null,
});

export const saidByModel = (result: ModelResult): ReturnType<typeof saidByProduct> => ({
  ...result,
  ...{ errors: set(result.errors), warnings: set(result.warnings), considered: set(result.considered) },
  ...{ changed: set(result.changed), groupsAdded: set(result.groupsAdded) },
});

/** What is left: the living as they are, and the queue. References of the deleted are nobody's. */
export const leftIn = ({ people, pairs, held }: ModelWorld) => ({
  people: people.filter(({ deleted }) => !deleted),
  pairs: pairs.map(({ kind, one, other }) => [kind, ...set([one, other])].join(' ')).sort(),
  held: held.map(({ candidates, times }) => [times, ...set(candidates)].join(' ')).sort(),
});

/** References that two rows of one group share, deleted people included: the database would refuse them. */
export function sharedRefs({ people }: ModelWorld): string[] {
  const held = people.flatMap(({ memberships }) =>
    memberships.flatMap(({ group, ref, archived }) => (archived || ref === null ? [] : `${group} ${ref}`)),
  );
  return held.filter((name, index) => held.indexOf(name) !== index);
}

/** What jest says of a difference is worth its time only where there is one. */
export function expectSame(received: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(received, expected)) expect(received).toEqual(expected);
}
