import { isDeepStrictEqual } from 'node:util';
import type { EntryResult } from '../../../src/people/merge/entry.js';
import type { ModelResult } from './reference-model.js';
import type { ModelWorld } from './reference-world.js';

const set = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

type Said = ReturnType<typeof saidByProduct>;

/**
 * One answer in the words that the model and the product share.
 * @param idOf the model's id of a person; `null` for one that is not made
 */
export const saidByProduct = (
  { outcome, personId, match, errors }: EntryResult,
  idOf: (id: string) => string | null = (id) => id,
) => ({
  outcome,
  matchedBy: match.matched_by,
  person: personId === undefined ? null : idOf(personId),
  errors: set(errors.map(({ code }) => code)),
  warnings: set(match.warnings.map(({ code }) => code)),
  considered: set(match.candidates.map(({ id }) => (id && idOf(id)) ?? NOT_MADE)),
  changed: set(Object.keys(match.changes)),
  groupsAdded: set(match.groups_added),
  skippedGroups: match.skipped_groups,
  queuedWith: set((match.queued_with ?? []).map((id) => (id && idOf(id)) ?? NOT_MADE)),
  policy: { conflictingRef: match.policy.conflicting_ref, nameGuard: match.policy.name_guard },
  duplicateOfIndex: match.duplicate_of_index ?? null,
});

const NOT_MADE = 'not made';

/** @param isMade false for people whom a dry run or a failed atomic request has not made */
export const saidByModel = (result: ModelResult, isMade: (id: string) => boolean = () => true): Said => ({
  ...result,
  person: result.person !== null && isMade(result.person) ? result.person : null,
  errors: set(result.errors),
  warnings: set(result.warnings),
  considered: set(result.considered.map((id) => (isMade(id) ? id : NOT_MADE))),
  changed: set(result.changed),
  groupsAdded: set(result.groupsAdded),
  queuedWith: set(result.queuedWith.map((id) => (isMade(id) ? id : NOT_MADE))),
});

/** The whole answer but for ids that only a real run knows. */
export const saidWithoutIds = ({ outcome, match, errors }: EntryResult) => ({
  outcome,
  match: {
    ...match,
    candidates: match.candidates.map((each) => ({ ...each, id: undefined })),
    queued_with: match.queued_with?.length,
  },
  errors: errors.map((error) => ({ ...error, meta: undefined })),
});

/** Without a key nothing can be found again. */
export const hasKey = ({ match: { keys } }: EntryResult): boolean =>
  keys.external_ref !== null || keys.email_addresses.length + keys.phone_numbers.length > 0;

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
