import { atLeast, groupsWhere, type Actor, type Role, type RoleWithRights } from './actor.js';

export type Verb = 'read' | 'create' | 'update' | 'remove';

/** What one verb of a type takes. */
export interface Right {
  /** The least role in a group of the resource; of what belongs to a person, in a group of that person. */
  readonly role: RoleWithRights | 'super_admin';
  /** Who else may, or what else is asked: for people to read. */
  readonly or?: string;
}

const OWN = 'the person herself; her maker, as long as she is in no group, nor in an archive';
const ENROL =
  'a first role for somebody with a login: who administers another group in which she has one, or all her others, or herself';
const person: Readonly<Record<Verb, Right>> = {
  read: { role: 'user', or: `${OWN}; whoever looks after her` },
  create: { role: 'user', or: 'anybody signed in, without a group' },
  update: { role: 'user', or: `${OWN}; the names of somebody with a login: herself only` },
  remove: { role: 'admin', or: 'her maker, as long as she is in no group, nor in an archive' },
};
const partOfPerson: Readonly<Record<Verb, Right>> = {
  read: person.read,
  create: { role: 'user', or: OWN },
  update: { role: 'user', or: OWN },
  remove: { role: 'user', or: OWN },
};

/**
 * Who may do what, in one place: the policies of all rooms ask here, the table in SECURITY.md is made of it, and
 * `test/auth/rights.e2e-spec.ts` tries every line with every role. A verb that is not here nobody may do. A super admin may
 * do everything.
 */
export const RIGHTS = {
  person,
  email_address: partOfPerson,
  phone_number: partOfPerson,
  address: partOfPerson,
  group: {
    read: { role: 'user' },
    create: { role: 'admin', or: 'of the parent; anybody signed in makes a group at the top, and owns it' },
    update: { role: 'owner', or: 'another parent: admin of both parents too' },
    remove: { role: 'owner', or: 'as long as it has no child groups' },
  },
  group_membership: {
    read: { role: 'user', or: 'the person herself; archived ones take an admin' },
    create: { role: 'admin', or: `of whom one may change; up to the own role; ${ENROL}` },
    update: { role: 'admin', or: `up to the own role; the last owner stays; ${ENROL}` },
    remove: { role: 'admin', or: 'up to the own role; the last owner stays' },
  },
  contact_assignment: {
    read: { role: 'user', or: 'both ends; of one without a group its maker' },
    create: {
      role: 'user',
      or: 'without a group anybody who reads both ends; the person otherwise than by an assignment',
    },
    update: { role: 'user', or: 'of one without a group its maker and its assignee' },
    remove: { role: 'user', or: 'of one without a group its maker and its assignee' },
  },
  person_change: { read: person.read },
  person_duplicate: { read: { role: 'admin', or: 'of a group of each of its people' } },
  user: {
    read: { role: 'admin', or: 'where she has a role, or of all her groups; the user herself' },
    create: { role: 'admin', or: 'of all groups of the person, up to the own role' },
    update: { role: 'admin', or: '`active`, as at creation; e-mail and password: herself only' },
    remove: { role: 'admin', or: 'an invitation that nobody took, as at creation; else a super admin' },
  },
  api_client: {
    read: { role: 'super_admin' },
    create: { role: 'super_admin' },
    update: { role: 'super_admin' },
    remove: { role: 'super_admin' },
  },
} as const satisfies Readonly<Record<string, Partial<Record<Verb, Right>>>>;

type Rights = typeof RIGHTS;
export type RightsType = keyof Rights;

/** The groups in which the actor may do this; `'all'` for a super admin. */
export function groupsFor<T extends RightsType>(
  actor: Actor,
  type: T,
  verb: keyof Rights[T] & Verb,
): 'all' | readonly string[] {
  const role = leastRole(type, verb);
  if (role !== 'super_admin') return groupsWhere(actor, role);
  return actor.superAdmin ? 'all' : [];
}

/** Whether the actor may do this in the group. */
export function mayIn<T extends RightsType>(
  actor: Actor,
  type: T,
  verb: keyof Rights[T] & Verb,
  groupId: string,
): boolean {
  const role = leastRole(type, verb);
  return actor.superAdmin || (role !== 'super_admin' && atLeast(actor.roles.get(groupId), role));
}

/** Nobody gives, changes or takes a role above their own; a contact's is none. */
export const mayHandleRole = (actor: Actor, groupId: string, role: Role): boolean =>
  actor.superAdmin ||
  (mayIn(actor, 'group_membership', 'update', groupId) && atLeast(actor.roles.get(groupId), role));

/** Somebody who may be given a role, and where she lives already. */
export interface Enrolled {
  readonly id: string;
  readonly live: readonly { readonly groupId: string; readonly role: Role }[];
}

/**
 * Who works in a group writes into it and matches by its policies, asked or not. So somebody with a login is enrolled by
 * herself, and by who administers a group in which she works already, or all that she is in. The group itself does not
 * count: anybody makes one and adds whom she reads.
 */
export function mayEnrol(actor: Actor, groupId: string, { id, live }: Enrolled): boolean {
  if (actor.superAdmin || id === actor.personId) return true;
  const others = live.filter((each) => each.groupId !== groupId);
  const administered = others.filter((each) => mayIn(actor, 'group_membership', 'update', each.groupId));
  return administered.length === others.length || administered.some(({ role }) => role !== 'contact');
}

const leastRole = <T extends RightsType>(type: T, verb: keyof Rights[T] & Verb): Right['role'] =>
  (RIGHTS[type] as Record<Verb, Right>)[verb].role;
