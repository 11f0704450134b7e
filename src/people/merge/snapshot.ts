import type { AssignmentState, PersonState } from './person-state.js';

/** A membership that holds a reference, of somebody who may not be loaded, or be deleted. */
export interface RefHolder {
  readonly membershipId: string;
  readonly groupId: string;
  readonly externalRef: string;
  readonly personId: string;
  /** A deleted person's reference is free. */
  readonly deleted: boolean;
}

/** A live membership of an owner. */
export interface Owner {
  readonly membershipId: string;
  readonly groupId: string;
}

/** What the planner knows of the world; read after the locks. */
export interface Snapshot {
  /** Readable people only: those that hold a key of an entry, and those that an entry names. */
  readonly people: readonly PersonState[];
  /** Named ends of assignments that the actor may read. */
  readonly readableIds: ReadonlySet<string>;
  readonly refHolders: readonly RefHolder[];
  /** Readable ones only: what others keep for themselves is not in the way. */
  readonly assignments: readonly AssignmentState[];
  /** Of the groups that an entry may take an owner from. */
  readonly owners: readonly Owner[];
}

/** People that an earlier chunk of the request has made are still "made in this request". */
export const withMakers = (snapshot: Snapshot, makers: ReadonlyMap<string, number>): Snapshot => ({
  ...snapshot,
  people: snapshot.people.map((person) => {
    const madeByIndex = makers.get(person.id);
    return madeByIndex === undefined ? person : { ...person, madeByIndex };
  }),
});
