import type { Actor } from '../../../src/auth/index.js';
import type { Entry, EntryResult, MergeOptions } from '../../../src/people/merge/entry.js';
import { rolledBack } from '../../../src/people/merge/finish-results.js';
import { knownGroups } from '../../../src/people/merge/load-groups.js';
import type { Limits } from '../../../src/people/merge/limits.js';
import type { MergePlan } from '../../../src/people/merge/merge-plan.js';
import type { Attributes, PersonState } from '../../../src/people/merge/person-state.js';
import { planMerge } from '../../../src/people/merge/plan-merge.js';
import { readEntry } from '../../../src/people/merge/read-entry.js';
import { resolveScope } from '../../../src/people/merge/resolve-scope.js';
import type { RefHolder, Snapshot } from '../../../src/people/merge/snapshot.js';
import type { ModelDefaults } from './reference-model.js';
import {
  accessibleGroups,
  copyOf,
  isPersonalTo,
  liveMembershipsOf,
  ownGroups,
  roleOfCaller,
  type ModelCaller,
  type ModelPerson,
  type ModelWorld,
} from './reference-world.js';

const ARCHIVED_AT = '2024-01-01 00:00:00+00';

/** What the planner makes of the same request in the same world: its answer, and the world that it would leave. */
export function planInModel(
  before: ModelWorld,
  entries: readonly Entry[],
  request: { readonly caller: ModelCaller; readonly options: MergeOptions; readonly defaults: ModelDefaults },
  limits?: Limits,
): { readonly results: EntryResult[]; readonly world: ModelWorld; readonly plan: MergePlan } {
  const { caller, options } = request;
  const actor = actorOf(before, caller);
  const groups = knownGroups(
    before.groups
      .filter(({ id }) => accessibleGroups(before, caller).includes(id))
      .map(({ id, ref, region, conflictingRef, nameGuard }) => ({
        ...{ id, externalRef: ref, phoneRegion: region, conflictingRef, nameGuard },
      })),
  );
  const defaults = { phoneRegion: request.defaults.region, policy: request.defaults.policy };
  const scoped = entries.map((entry) => {
    const scope = resolveScope(entry, actor, groups, options, defaults);
    return { scope, entry: readEntry(entry, scope.region) };
  });
  const plan = planMerge(scoped, snapshotOf(before, caller), actor, options, limits);
  const undone = options.atomic && plan.results.some(({ outcome }) => outcome === 'failed');
  const { world, idOf } = applied(before, plan);
  const results = (undone ? rolledBack(plan.results) : plan.results).map((result) => ({
    ...result,
    ...(result.personId && { personId: idOf(result.personId) }),
    match: {
      ...result.match,
      candidates: result.match.candidates.map((each) => ({ ...each, id: each.id && idOf(each.id) })),
      ...(result.match.queued_with && { queued_with: result.match.queued_with.map((id) => id && idOf(id)) }),
    },
  }));
  return { results, world: undone || options.dryRun ? before : world, plan };
}

export function actorOf(world: ModelWorld, caller: ModelCaller): Actor {
  const roles = world.groups.map(({ id }) => [id, roleOfCaller(world, caller, id)] as const);
  return {
    ...{ userId: '1', sessionId: '1', personId: caller.person, superAdmin: caller.superAdmin },
    roles: new Map(roles.filter(([, role]) => role !== 'contact')),
    ownGroupIds: ownGroups(world, caller),
  };
}

const membershipId = (person: ModelPerson, group: string): string => `${person.id}0${group}`;

/** The people whom the caller may read. */
export function readablePeople(world: ModelWorld, caller: ModelCaller): ModelPerson[] {
  const accessible = accessibleGroups(world, caller);
  return world.people.filter(
    (person) =>
      !person.deleted &&
      (caller.superAdmin ||
        person.id === caller.person ||
        isPersonalTo(person, caller) ||
        person.assignedTo.includes(caller.person) ||
        liveMembershipsOf(person).some(({ group }) => accessible.includes(group))),
  );
}

function snapshotOf(world: ModelWorld, caller: ModelCaller): Snapshot {
  const people = readablePeople(world, caller);
  return {
    people: people.map((person) => stateOf(person, caller)),
    readableIds: new Set(people.map(({ id }) => id)),
    refHolders: world.people.flatMap(refHoldersOf),
    assignments: [],
    owners: [],
  };
}

const refHoldersOf = (person: ModelPerson): RefHolder[] =>
  liveMembershipsOf(person).flatMap(({ group, ref }) => {
    if (ref === null) return [];
    const membership = { membershipId: membershipId(person, group), groupId: group, externalRef: ref };
    return { ...membership, personId: person.id, deleted: person.deleted };
  });

function stateOf(person: ModelPerson, caller: ModelCaller): PersonState {
  return {
    id: person.id,
    attributes: person.attributes as Attributes,
    externalRef: person.ref,
    createdById: person.createdBy,
    hasLogin: person.login,
    assignedToActor: person.assignedTo.includes(caller.person),
    emails: person.emails.map(({ text, key, primary }, index) => ({
      ...{ id: `${person.id}1${index}`, email: text, normalForm: key, primary },
    })),
    phones: person.phones.map(({ text, key, primary }, index) => ({
      ...{ id: `${person.id}2${index}`, number: text, normalForm: key, primary },
      ...{ e164: key.startsWith('+') ? key : null, location: null, extension: null },
    })),
    memberships: person.memberships.map(({ group, role, ref, archived }) => ({
      ...{ id: membershipId(person, group), groupId: group, role, externalRef: ref },
      archivedAt: archived ? ARCHIVED_AT : null,
    })),
  };
}

function applied(before: ModelWorld, plan: MergePlan): { world: ModelWorld; idOf: (id: string) => string } {
  const world = copyOf(before);
  const made = new Map<string, string>();
  const idOf = (id: string): string => made.get(id) ?? id;
  for (const { after } of plan.changes) {
    const at = world.people.findIndex(({ id }) => id === idOf(after.id));
    if (at >= 0) world.people[at] = { ...world.people[at]!, ...personOf(after) };
    else {
      made.set(after.id, String(world.nextId));
      world.nextId += 1;
      const blank = { createdBy: after.createdById, assignedTo: [], login: false, deleted: false };
      world.people.push({ id: idOf(after.id), ...blank, ...personOf(after) });
    }
  }
  for (const person of world.people)
    for (const membership of person.memberships)
      if (plan.freedMembershipIds.includes(membershipId(person, membership.group))) membership.ref = null;
  for (const { kind, personId, otherId } of plan.pairs) {
    const [one, other] = [idOf(personId), idOf(otherId)];
    if (!world.pairs.some((pair) => [one, other].every((id) => id === pair.one || id === pair.other)))
      world.pairs.push({ kind, one, other });
  }
  for (const { fingerprint, candidateIds } of plan.held) {
    const known = world.held.find(({ entry }) => entry === fingerprint);
    if (known) known.times += 1;
    else world.held.push({ entry: fingerprint, candidates: candidateIds.map(idOf), times: 1 });
  }
  return { world, idOf };
}

const personOf = (state: PersonState) => ({
  attributes: { ...state.attributes },
  ref: state.externalRef,
  emails: state.emails.map(({ email, normalForm, primary }) => ({ text: email, key: normalForm, primary })),
  phones: state.phones.map(({ number, normalForm, primary }) => ({ text: number, key: normalForm, primary })),
  memberships: state.memberships.map(({ groupId, role, externalRef, archivedAt }) => ({
    ...{ group: groupId, role, ref: externalRef, archived: archivedAt !== null },
  })),
});
