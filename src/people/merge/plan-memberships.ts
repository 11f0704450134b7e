import { mayHandleRole, mayIn, type Role } from '../../auth/index.js';
import { entryError, pointerTo, type MembershipInput } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { isRefConflict, takeRef } from './plan-external-ref.js';
import { changeRecord } from './plan-records.js';
import { mayBegin } from './plan-roles.js';
import { membershipIn, type MembershipState } from './person-state.js';

/** A group that the person is not in, or not any more. */
interface Join {
  readonly groupId: string;
  readonly archived: MembershipState | undefined;
  readonly asked: MembershipInput | undefined;
}

/** A matched person keeps its groups and gains the entry's; nobody is ever taken out of one. */
export function planMemberships(draft: EntryDraft): void {
  const joins: Join[] = [];
  for (const groupId of draft.scope.targets) {
    const existing = membershipIn(draft.person, groupId);
    const asked = draft.scope.memberships.get(groupId);
    if (asked?.id !== undefined) {
      changeRecord(draft, groupId, asked);
      continue;
    }
    if (asked && !isAllowed(draft, groupId, existing, asked)) continue;
    if (existing && existing.archivedAt === null) replaceMembership(draft, changed(existing, asked));
    else joins.push({ groupId, archived: existing, asked });
  }
  joinAll(draft, joins);
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

/**
 * The entry's reference, else the one that the person is known by, goes along everywhere. Only a person without any
 * finds those of the archive again, and then the rest gets what it found: so the same entry, sent again, finds nothing
 * left to do.
 */
function joinAll(draft: EntryDraft, joins: readonly Join[]): void {
  const { entry, state } = draft;
  if (entry.externalRef !== undefined) {
    for (const each of joins) join(draft, each, entry.externalRef);
    return;
  }
  const isKnown = state.knownRefs(draft.person).length > 0;
  const returning = isKnown ? [] : joins.filter((each) => hasFreeRef(draft, each));
  for (const each of returning) join(draft, each, each.archived?.externalRef ?? null);
  const [known] = state.knownRefs(draft.person);
  for (const each of joins)
    if (!returning.includes(each)) join(draft, each, known ?? each.archived?.externalRef ?? null);
}

const hasFreeRef = ({ state, person }: EntryDraft, { groupId, archived }: Join): boolean =>
  archived !== undefined &&
  archived.externalRef !== null &&
  state.holderOf(groupId, archived.externalRef, person.id) === undefined;

/** Where somebody else holds the reference, that one membership is left out. */
function join(draft: EntryDraft, { groupId, archived, asked }: Join, ref: string | null): void {
  if (ref !== null && isRefConflict(draft, groupId, ref)) return;
  // Coming back from the archive gives no rights, unless somebody gives them.
  const role = (asked?.role as Role | undefined) ?? 'contact';
  const id = archived?.id ?? draft.state.newIds.next();
  replaceMembership(draft, { id, groupId, role, externalRef: ref, archivedAt: asked?.archivedAt ?? null });
  if (ref !== null) takeRef(draft, groupId, ref);
}

const mayGive = ({ state: { actor } }: EntryDraft, groupId: string, role: Role): boolean =>
  role === 'contact' || mayHandleRole(actor, groupId, role);

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
  const admin = mayIn(draft.state.actor, 'group_membership', 'update', groupId);
  const lowers = live !== undefined && live.role !== 'contact' && !mayGive(draft, groupId, live.role);
  if (admin && !lowers && live?.role !== 'owner' && (!newRole || mayGive(draft, groupId, newRole)))
    return mayBegin(draft, groupId, existing, newRole ?? 'contact', pointer);
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
