import {
  isPersonal,
  knownRefs,
  liveMemberships,
  NewIds,
  type AssignmentState,
  type MembershipState,
  type PersonState,
} from './person-state.js';
import { reachOf } from './resolve-scope.js';
import type { RefHolder, Snapshot } from './snapshot.js';
import type { Actor } from '../../auth/index.js';

/** The world as it is after the entries so far: found by key, changed one whole person at a time. */
export class MergeState {
  readonly newIds = new NewIds();
  readonly isWithinReach: (groupId: string) => boolean;
  private readonly people = new Map<string, PersonState>();
  private readonly byKey = new Map<string, Set<string>>();
  private readonly refHolders = new Map<string, RefHolder[]>();
  private readonly assignments = new Map<string, AssignmentState>();

  constructor(
    private readonly snapshot: Snapshot,
    readonly actor: Actor,
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

  isPersonal(person: PersonState): boolean {
    return isPersonal(person, this.actor);
  }

  put(person: PersonState): void {
    const before = this.people.get(person.id);
    if (before) for (const key of keysOfPerson(before)) this.byKey.get(key)?.delete(person.id);
    this.people.set(person.id, person);
    for (const key of keysOfPerson(person)) {
      const holders = this.byKey.get(key) ?? new Set();
      this.byKey.set(key, holders.add(person.id));
    }
  }

  withEmail(normalForm: string): PersonState[] {
    return this.holding(`email:${normalForm}`);
  }

  withPhone(normalForm: string): PersonState[] {
    return this.holding(`phone:${normalForm}`);
  }

  withRef(ref: string): PersonState[] {
    return this.holding(`ref:${ref}`);
  }

  /** The live person other than `personId` who holds the reference in the group. */
  holderOf(groupId: string, ref: string, personId: string): string | undefined {
    const holdsNow = (person: PersonState): boolean =>
      liveMemberships(person).some((live) => live.groupId === groupId && live.externalRef === ref);
    const loaded = this.withRef(ref).find((person) => person.id !== personId && holdsNow(person));
    if (loaded) return loaded.id;
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

  private holding(key: string): PersonState[] {
    return [...(this.byKey.get(key) ?? [])].flatMap((id) => this.people.get(id) ?? []);
  }
}

const refKey = (groupId: string, ref: string): string => `${groupId}:${ref}`;

const assignmentKey = ({ personId, assignedToId, groupId }: AssignmentState): string =>
  `${personId}:${assignedToId}:${groupId ?? ''}`;

function keysOfPerson(person: PersonState): string[] {
  const refs = [person.externalRef, ...liveMemberships(person).map(({ externalRef }) => externalRef)];
  return [
    ...person.emails.map(({ normalForm }) => `email:${normalForm}`),
    ...person.phones.map(({ normalForm }) => `phone:${normalForm}`),
    ...new Set(refs.flatMap((ref) => (ref === null ? [] : `ref:${ref}`))),
  ];
}
