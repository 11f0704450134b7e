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

export const copyOf = <T>(value: T): T => structuredClone(value);

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
  for (const group of world.groups) {
    let open = caller.superAdmin;
    for (let at: ModelGroup | undefined = group; at !== undefined; at = parentOf(world, at))
      if (worksIn(world, caller, at.id)) open = true;
    if (open) accessible.push(group.id);
  }
  return accessible;
}

/** The groups in which the caller holds a role of user or more by a membership of its own. */
export function ownGroups(world: ModelWorld, caller: ModelCaller): string[] {
  const own: string[] = [];
  for (const group of world.groups) if (worksIn(world, caller, group.id)) own.push(group.id);
  return own;
}

function worksIn(world: ModelWorld, caller: ModelCaller, group: string): boolean {
  for (const person of world.people) {
    if (person.id !== caller.person) continue;
    const membership = liveMembershipIn(person, group);
    return membership !== undefined && membership.role !== 'contact';
  }
  return false;
}

function parentOf(world: ModelWorld, group: ModelGroup): ModelGroup | undefined {
  for (const other of world.groups) if (other.id === group.parent) return other;
  return undefined;
}

/** Without any live membership, and created by the caller, assigned to it, or the caller. */
export function isPersonalTo(person: ModelPerson, caller: ModelCaller): boolean {
  if (liveMembershipsOf(person).length > 0) return false;
  return (
    person.createdBy === caller.person ||
    person.assignedTo.includes(caller.person) ||
    person.id === caller.person
  );
}
