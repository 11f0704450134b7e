import type { Role } from '../../../src/auth/index.js';
import type { ConflictingRef } from '../../../src/people/merge/entry.js';

/** The world of the reference model: plain arrays, everything written out, nothing looked up by an index. */
export interface ModelWorld {
  readonly groups: ModelGroup[];
  readonly people: ModelPerson[];
  readonly pairs: ModelPair[];
  readonly held: ModelHeld[];
  nextId: number;
}

export interface ModelGroup {
  readonly id: string;
  readonly ref: string | null;
  readonly parent: string | null;
  readonly region: string | null;
  readonly conflictingRef: ConflictingRef | null;
  readonly nameGuard: boolean | null;
}

export interface ModelPoint {
  readonly text: string;
  readonly key: string;
  primary: boolean;
}

export interface ModelMembership {
  readonly group: string;
  role: Role;
  ref: string | null;
  archived: boolean;
}

export interface ModelPerson {
  readonly id: string;
  readonly attributes: Record<string, string | null>;
  /** The reference of a person who is in no group. */
  ref: string | null;
  readonly createdBy: string | null;
  readonly assignedTo: readonly string[];
  readonly login: boolean;
  readonly deleted: boolean;
  emails: ModelPoint[];
  phones: ModelPoint[];
  /** Oldest first. */
  memberships: ModelMembership[];
}

export interface ModelPair {
  readonly kind: 'pair' | 'cross_group';
  readonly one: string;
  readonly other: string;
}

export interface ModelHeld {
  readonly entry: string;
  readonly candidates: readonly string[];
  times: number;
}

export interface ModelCaller {
  readonly person: string;
  readonly superAdmin: boolean;
}

export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function liveMembershipsOf(person: ModelPerson): ModelMembership[] {
  const live: ModelMembership[] = [];
  for (const membership of person.memberships) if (!membership.archived) live.push(membership);
  return live;
}

export function liveMembershipIn(person: ModelPerson, group: string): ModelMembership | undefined {
  for (const membership of liveMembershipsOf(person)) if (membership.group === group) return membership;
  return undefined;
}

/** `A`: the groups that the caller can access, by a membership there or above. A contact has no rights. */
export function accessibleGroups(world: ModelWorld, caller: ModelCaller): string[] {
  const accessible: string[] = [];
  for (const group of world.groups)
    if (caller.superAdmin || roleOfCaller(world, caller, group.id) !== 'contact') accessible.push(group.id);
  return accessible;
}

const RANKS: readonly Role[] = ['contact', 'user', 'admin', 'owner'];

/** The highest role that the caller has in the group by a membership there or above. */
export function roleOfCaller(world: ModelWorld, caller: ModelCaller, id: string): Role {
  let highest: Role = 'contact';
  let at = world.groups.find((group) => group.id === id);
  while (at !== undefined) {
    const role = ownRole(world, caller, at.id);
    if (RANKS.indexOf(role) > RANKS.indexOf(highest)) highest = role;
    const parent: string | null = at.parent;
    at = world.groups.find((group) => group.id === parent);
  }
  return highest;
}

/** The groups in which the caller holds a role of user or more by a membership of its own. */
export function ownGroups(world: ModelWorld, caller: ModelCaller): string[] {
  const own: string[] = [];
  for (const group of world.groups) if (ownRole(world, caller, group.id) !== 'contact') own.push(group.id);
  return own;
}

function ownRole(world: ModelWorld, caller: ModelCaller, group: string): Role {
  for (const person of world.people)
    if (person.id === caller.person) return liveMembershipIn(person, group)?.role ?? 'contact';
  return 'contact';
}

/** In no group, and neither made by the caller nor the caller: an assignment lets one read her, not more. */
export const isOnlyReadBy = (person: ModelPerson, caller: ModelCaller): boolean =>
  !caller.superAdmin &&
  person.id !== caller.person &&
  liveMembershipsOf(person).length === 0 &&
  (person.createdBy !== caller.person || person.memberships.length > 0);

/** Without any live membership, and created by the caller and in no archive, assigned to it, or the caller. */
export function isPersonalTo(person: ModelPerson, caller: ModelCaller): boolean {
  if (liveMembershipsOf(person).length > 0) return false;
  return (
    (person.createdBy === caller.person && person.memberships.length === 0) ||
    person.assignedTo.includes(caller.person) ||
    person.id === caller.person
  );
}
