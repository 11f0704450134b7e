import { createHash } from 'node:crypto';
import { kindsOf } from './find-hits.js';
import type { MergeOptions } from './entry.js';
import type { Ambiguous } from './match-person.js';
import type { HeldEntry } from './merge-plan.js';
import type { MergeState } from './merge-state.js';
import {
  comparedKeys,
  type EntryKeys,
  type NormalEmail,
  type NormalEntry,
  type NormalPhone,
} from './normal-entry.js';
import type { Scope } from './resolve-scope.js';
import type { Actor } from '../../auth/index.js';

interface Asking {
  readonly actor: Actor;
  readonly options: MergeOptions;
  readonly state: MergeState;
}

/** What the queue keeps of an undecided entry: enough to show why, and to apply it later to the one who is chosen. */
export function holdEntry(
  entry: NormalEntry,
  keys: EntryKeys,
  scope: Scope,
  { among: candidates, unseen }: Ambiguous,
  asking: Asking,
): HeldEntry {
  const { actor, options, state } = asking;
  const among = candidates.slice(0, state.limits.told);
  const leftOut = candidates.length - among.length + unseen;
  const { index, attributes, externalRef, emails, phones, groups, memberships, assignments, beside } =
    entry.source;
  const { creationFromNamesAlone, personalWithoutGroup = false } = options;
  return {
    index,
    fingerprint: fingerprintOf(entry, scope, asking),
    candidateIds: among.map(({ person }) => person.id),
    groupId: scope.targets[0] ?? null,
    evidence: {
      entry: { attributes, externalRef, emails, phones, groups, memberships, assignments, beside },
      keys: comparedKeys(keys),
      group_ids: groupsNamed(scope, entry),
      policy: { conflicting_ref: scope.policy.conflictingRef, name_guard: scope.policy.nameGuard },
      matched_by: among.map(kindsOf),
      ...(leftOut > 0 && { candidates_left_out: leftOut }),
      options: {
        creation_from_names_alone: creationFromNamesAlone,
        personal_without_group: personalWithoutGroup,
      },
      actor_id: actor.personId,
      ...(actor.clientId !== undefined && { actor_client_id: actor.clientId }),
    },
  };
}

/** Where the entry would write: what it says is for who administers all of these. */
const groupsNamed = ({ targets }: Scope, { source: { assignments } }: NormalEntry): string[] => [
  ...new Set([...targets, ...assignments.flatMap(({ groupId }) => groupId ?? [])]),
];

/**
 * The same for whatever would do the same in the same place, however an e-mail or a phone is spelled. Where no group is
 * named the place is the actor's own, so the same words of two actors are two entries.
 */
function fingerprintOf(entry: NormalEntry, scope: Scope, { actor, options }: Asking): string {
  const { memberships = [], assignments, beside = [] } = entry.source;
  const own = [
    `actor ${actor.personId ?? `client ${actor.clientId}`}`,
    options.personalWithoutGroup === true,
  ];
  const what = JSON.stringify([
    scope.named ? [...scope.targets].sort() : own,
    Object.entries(entry.attributes).sort(([one], [other]) => (one < other ? -1 : 1)),
    [entry.externalRef === null, entry.externalRef],
    pointsOf(entry.emails),
    pointsOf(entry.phones),
    [...memberships, ...assignments, ...beside].map((each) => ({ ...each, pointer: undefined })),
  ]);
  return `held:${createHash('sha256').update(what).digest('base64url')}`;
}

/** `null` clears; nothing, like an empty list, leaves alone. */
const pointsOf = (points: readonly (NormalEmail | NormalPhone)[] | null = []): string[] | null =>
  points && points.map((point) => JSON.stringify({ ...point, ...UNTOLD })).sort();

const UNTOLD = { pointer: undefined, idPointer: undefined, email: undefined, number: undefined };
