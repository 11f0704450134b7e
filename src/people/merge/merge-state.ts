import {
  isOnlyAssigned,
  isPersonal,
  knownRefs,
  liveMemberships,
  NewIds,
  type AssignmentState,
  type MembershipState,
  type PersonState,
} from './person-state.js';
import type { Crowd } from './crowd.js';
import { KeyIndex, keyName } from './key-index.js';
import { LIMITS, type Limits } from './limits.js';
import { reachOf, type Scope } from './resolve-scope.js';
import { sightOf, type Sight } from './sight.js';
import type { RefHolder, Snapshot } from './snapshot.js';
import { mayIn, type Actor } from '../../auth/index.js';

/** The world as it is after the entries so far: found by key, changed one whole person at a time. */
export class MergeState {
  readonly newIds = new NewIds();
  readonly isWithinReach: (groupId: string) => boolean;
  private readonly people = new Map<string, PersonState>();
  private readonly index = new KeyIndex();
  private readonly sights = new Map<string, WeakMap<PersonState, Sight>>();
  private readonly refHolders = new Map<string, RefHolder[]>();
  private readonly assignments = new Map<string, AssignmentState>();

  constructor(
    private readonly snapshot: Snapshot,
    readonly actor: Actor,
    readonly limits: Limits = LIMITS,
  ) {
    this.isWithinReach = reachOf(actor);
    for (const holder of snapshot.refHolders) {
      const key = refKey(holder.groupId, holder.externalRef);
      this.refHolders.set(key, [...(this.refHolders.get(key) ?? []), holder]);
    }
    snapshot.people.forEach((person) => this.put(person));
    snapshot.assignments.forEach((assignment) => this.putAssignment(assignment));
  }

  get(id: string): PersonState | undefined {
    return this.people.get(id);
  }

  isReadable(id: string): boolean {
    return this.snapshot.readableIds.has(id);
  }

  /** Archived memberships of others are for administrators. */
  readsArchive(groupId: string, { id }: PersonState): boolean {
    return id === this.actor.personId || mayIn(this.actor, 'group_membership', 'update', groupId);
  }

  /** Whom the actor reads otherwise than by an assignment. */
  isAssignable(id: string): boolean {
    const person = this.people.get(id);
    if (!person || isOnlyAssigned(person, this.actor)) return false;
    const live = liveMemberships(person);
    if (live.length === 0 || this.actor.superAdmin || id === this.actor.personId) return true;
    return live.some(({ groupId }) => this.isWithinReach(groupId));
  }

  isPersonal(person: PersonState): boolean {
    return isPersonal(person, this.actor);
  }

  put(person: PersonState): void {
    const before = this.people.get(person.id);
    this.people.set(person.id, person);
    this.index.move(before, person);
  }

  /** The ids of those who hold the key, in no order. */
  holders(key: string): ReadonlySet<string> {
    return this.index.holders(key);
  }

  /** Everybody who holds one of the keys, which many do, under the labels that are given from this scope. */
  crowd(scope: Scope, keys: readonly string[], labelsOf: (person: PersonState) => readonly string[]): Crowd {
    return this.index.crowd(scope.place, keys, labelsOf, (id) => this.people.get(id));
  }

  /** How a person looks from a scope: asked again and again, of people who do not change. */
  sightOf(person: PersonState, scope: Scope): Sight {
    const fromHere = this.sights.get(scope.place) ?? new WeakMap<PersonState, Sight>();
    this.sights.set(scope.place, fromHere);
    const sight = fromHere.get(person) ?? sightOf(person, scope, this);
    fromHere.set(person, sight);
    return sight;
  }

  /** The live person other than `personId` who holds the reference in the group. */
  holderOf(groupId: string, ref: string, personId: string): string | undefined {
    const holdsNow = (person: PersonState): boolean =>
      liveMemberships(person).some((live) => live.groupId === groupId && live.externalRef === ref);
    for (const id of this.holders(keyName('ref', ref))) {
      const person = this.people.get(id);
      if (id !== personId && person && holdsNow(person)) return id;
    }
    const others = this.refHolders.get(refKey(groupId, ref)) ?? [];
    return others.find(
      (holder) => !holder.deleted && holder.personId !== personId && !this.get(holder.personId),
    )?.personId;
  }

  /** The membership of a deleted person that still stands in the way of the reference. */
  deadHolderOf(groupId: string, ref: string): string | undefined {
    return this.refHolders.get(refKey(groupId, ref))?.find(({ deleted }) => deleted)?.membershipId;
  }

  /** Somebody beside this one owns its group. */
  hasOtherOwner({ id, groupId }: MembershipState): boolean {
    return this.snapshot.owners.some((owner) => owner.groupId === groupId && owner.membershipId !== id);
  }

  hasAssignment(assignment: AssignmentState): boolean {
    return this.assignments.has(assignmentKey(assignment));
  }

  putAssignment(assignment: AssignmentState): void {
    this.assignments.set(assignmentKey(assignment), assignment);
  }

  knownRefs(person: PersonState): string[] {
    return knownRefs(person, this.isWithinReach);
  }
}

const refKey = (groupId: string, ref: string): string => `${groupId}:${ref}`;

const assignmentKey = ({ personId, assignedToId, groupId }: AssignmentState): string =>
  `${personId}:${assignedToId}:${groupId ?? ''}`;
