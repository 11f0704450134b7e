import type { Actor, Role } from '../../auth/index.js';
import type { AttributeName } from './entry.js';

export type Attributes = Readonly<Record<AttributeName, string | null>>;

export interface EmailState {
  readonly id: string;
  readonly email: string;
  readonly normalForm: string;
  readonly primary: boolean;
}

export interface PhoneState {
  readonly id: string;
  readonly number: string;
  readonly e164: string | null;
  readonly normalForm: string;
  readonly location: string | null;
  readonly extension: string | null;
  readonly primary: boolean;
}

export interface MembershipState {
  readonly id: string;
  readonly groupId: string;
  readonly role: Role;
  readonly externalRef: string | null;
  /** As PostgreSQL writes it; `null`: live. */
  readonly archivedAt: string | null;
}

export interface AssignmentState {
  readonly id: string;
  readonly assignedToId: string;
  readonly personId: string;
  readonly groupId: string | null;
  readonly note: string | null;
}

/**
 * A person as the planner sees it. Never changed in place: each step makes the next one. Ids of rows that are not made
 * yet start with `new:`. Contact points and memberships stand oldest first.
 */
export interface PersonState {
  readonly id: string;
  readonly attributes: Attributes;
  /** The reference of a person without a group. */
  readonly externalRef: string | null;
  readonly createdById: string | null;
  /** Instead of a person. */
  readonly createdByClientId?: string | null;
  readonly hasLogin: boolean;
  readonly assignedToActor: boolean;
  readonly emails: readonly EmailState[];
  readonly phones: readonly PhoneState[];
  /** All of them, those in groups out of reach too: nothing of these may be told. */
  readonly memberships: readonly MembershipState[];
  /** The entry of this request that made it. */
  readonly madeByIndex?: number;
}

const NEW = 'new:';
export const isNewId = (id: string): boolean => id.startsWith(NEW);

/** Numbers the rows of a plan; one per plan, so that the same plan has the same ids. */
export class NewIds {
  private last = 0;
  next(): string {
    this.last += 1;
    return `${NEW}${this.last}`;
  }
}

export const liveMemberships = (person: PersonState): MembershipState[] =>
  person.memberships.filter(({ archivedAt }) => archivedAt === null);

export const membershipIn = (person: PersonState, groupId: string): MembershipState | undefined =>
  person.memberships.find((membership) => membership.groupId === groupId);

/** Without any live membership, and created by the actor and in no archive, assigned to it, or the actor. */
export const isPersonal = (person: PersonState, actor: Actor): boolean =>
  liveMemberships(person).length === 0 &&
  ((isMadeBy(person, actor) && person.memberships.length === 0) ||
    person.assignedToActor ||
    person.id === actor.personId);

/** Read by the actor for nothing but an assignment: found by a match, and refused as by PATCH. */
export const isOnlyAssigned = (person: PersonState, actor: Actor): boolean =>
  !actor.superAdmin &&
  liveMemberships(person).length === 0 &&
  person.id !== actor.personId &&
  !(isMadeBy(person, actor) && person.memberships.length === 0);

const isMadeBy = ({ createdById, createdByClientId }: PersonState, { personId, clientId }: Actor): boolean =>
  clientId === undefined ? createdById === personId : createdByClientId === clientId;

/** The references that the actor may know: those in groups within reach, and that of a person without a group. */
export function knownRefs(person: PersonState, isWithin: (groupId: string) => boolean): string[] {
  const live = liveMemberships(person);
  const refs = live.filter(({ groupId }) => isWithin(groupId)).map(({ externalRef }) => externalRef);
  if (live.length === 0) refs.push(person.externalRef);
  return refs.filter((ref) => ref !== null);
}

/** Rows that nothing was said about are still the same objects in the same places, and there may be thousands. */
export function differing<T>(before: readonly T[], after: readonly T[]): [before: T[], after: T[]] {
  const [old, now]: [T[], T[]] = [[], []];
  if (before === after) return [old, now];
  const most = Math.max(before.length, after.length);
  for (let i = 0; i < most; i += 1) {
    if (before[i] === after[i]) continue;
    if (i < before.length) old.push(before[i] as T);
    if (i < after.length) now.push(after[i] as T);
  }
  return [old, now];
}

export function sameRows<T extends object>(one: readonly T[], other: readonly T[]): boolean {
  const [old, now] = differing(one, other);
  return old.length === now.length && JSON.stringify(old) === JSON.stringify(now);
}
