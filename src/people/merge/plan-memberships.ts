import { atLeast, type Role } from '../../auth/index.js';
import { entryError, pointerTo, type MembershipInput } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { isRefConflict, takeRef } from './plan-external-ref.js';
import { changeRecord } from './plan-records.js';
import { liveMemberships, membershipIn, type MembershipState } from './person-state.js';

/** A matched person keeps its groups and gains the entry's; nobody is ever taken out of one. */
export function planMemberships(draft: EntryDraft): void {
  const refOf = refToCarry(draft);
  for (const groupId of draft.scope.targets) {
    const existing = membershipIn(draft.person, groupId);
    const asked = draft.scope.memberships.get(groupId);
    if (asked?.id !== undefined) {
      changeRecord(draft, groupId, asked);
      continue;
    }
    if (asked && !isAllowed(draft, groupId, existing, asked)) continue;
    if (existing && existing.archivedAt === null) replaceMembership(draft, changed(existing, asked));
    else join(draft, groupId, existing, asked, refOf(existing));
  }
  const { person } = draft;
  const moved = person.memberships.some(
    ({ archivedAt, externalRef }) => archivedAt === null && externalRef !== null,
  );
  if (moved && person.externalRef !== null) draft.person = { ...person, externalRef: null };
}

const changed = (existing: MembershipState, asked: MembershipInput | undefined): MembershipState => ({
  ...existing,
  role: (asked?.role as Role | undefined) ?? existing.role,
  archivedAt: asked?.archivedAt ?? existing.archivedAt,
});

/** The person's reference goes along; where somebody else holds it, that one membership is left out. */
function join(
  draft: EntryDraft,
  groupId: string,
  archived: MembershipState | undefined,
  asked: MembershipInput | undefined,
  ref: string | null,
): void {
  if (ref !== null && isRefConflict(draft, groupId, ref)) return;
  // Coming back from the archive gives no rights, unless somebody gives them.
  const role = (asked?.role as Role | undefined) ?? 'contact';
  const id = archived?.id ?? draft.state.newIds.next();
  replaceMembership(draft, { id, groupId, role, externalRef: ref, archivedAt: asked?.archivedAt ?? null });
  if (ref !== null) takeRef(draft, groupId, ref);
}

/**
 * The entry's reference; else the one that the person had before it joined anything, whatever the order of the groups.
 * In the archive each group finds its own again, but not before that of a person without a group, by which it is known.
 */
function refToCarry({ entry, person, state }: EntryDraft): (archived?: MembershipState) => string | null {
  const { externalRef } = entry;
  if (externalRef !== undefined) return () => externalRef;
  const known = state.knownRefs(person)[0] ?? null;
  const isPersonal = liveMemberships(person).length === 0;
  return (archived) =>
    isPersonal ? (known ?? archived?.externalRef ?? null) : (archived?.externalRef ?? known);
}

function mayGive({ state: { actor } }: EntryDraft, groupId: string, role: Role): boolean {
  if (role === 'contact' || actor.superAdmin) return true;
  const own = actor.roles.get(groupId);
  return atLeast(own, 'admin') && atLeast(own, role);
}

/** Users add contacts. Roles and the archive belong to admins, and an owner is changed at its membership only. */
function isAllowed(
  draft: EntryDraft,
  groupId: string,
  existing: MembershipState | undefined,
  { role, archivedAt, pointer }: MembershipInput,
): boolean {
  const live = existing?.archivedAt === null ? existing : undefined;
  const newRole = role !== undefined && role !== (live?.role ?? 'contact') ? (role as Role) : undefined;
  const archives = !!archivedAt;
  if (newRole === undefined && !archives) return true;
  const { superAdmin, roles } = draft.state.actor;
  const admin = superAdmin || atLeast(roles.get(groupId), 'admin');
  const lowers = live !== undefined && live.role !== 'contact' && !mayGive(draft, groupId, live.role);
  if (admin && !lowers && live?.role !== 'owner' && (!newRole || mayGive(draft, groupId, newRole)))
    return true;
  const detail =
    'Only administrators of the group change roles or archive, and nobody gives a role above their own.';
  draft.errors.push(entryError('forbidden', detail, pointer || pointerTo(draft.entry.source, 'groups')));
  return false;
}

export function replaceMembership(draft: EntryDraft, next: MembershipState): void {
  const { memberships } = draft.person;
  const known = memberships.find(({ id }) => id === next.id);
  if (known && sameMembership(known, next)) return;
  draft.person = {
    ...draft.person,
    memberships: known ? memberships.map((each) => (each === known ? next : each)) : [...memberships, next],
  };
}

const sameMembership = (one: MembershipState, other: MembershipState): boolean =>
  one.role === other.role && one.externalRef === other.externalRef && one.archivedAt === other.archivedAt;
