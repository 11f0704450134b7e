import { entryError, pointerTo } from './entry.js';
import { warn, type EntryDraft } from './entry-draft.js';
import { liveMemberships, type MembershipState, type PersonState } from './person-state.js';

/**
 * A reference stands with the memberships: an entry writes it to those where it looks, a PATCH to all within reach.
 * Only a person without a group carries it itself. Runs before the person joins groups.
 */
export function planExternalRef(draft: EntryDraft): void {
  const ref = draft.entry.externalRef;
  if (ref === undefined) return;
  const live = liveMemberships(draft.person);
  if (live.length === 0) return writePersonalRef(draft, ref);
  const { scope, state, mode } = draft;
  const within = live.filter(({ groupId }) =>
    mode === 'patch' ? state.isWithinReach(groupId) : scope.includes(groupId),
  );
  if (mode === 'patch' && within.length === 0) return refuseOutsider(draft);
  within.forEach((membership) => writeRef(draft, membership, ref));
  if (mode === 'match' && ref !== null) noteHiddenConflicts(draft, live, ref);
}

function writePersonalRef(draft: EntryDraft, ref: string | null): void {
  noteReplaced(draft, draft.person.externalRef, ref);
  draft.person = { ...draft.person, externalRef: ref };
}

function writeRef(draft: EntryDraft, membership: MembershipState, ref: string | null): void {
  if (membership.externalRef === ref) return;
  if (ref !== null && isRefConflict(draft, membership.groupId, ref)) return;
  noteReplaced(draft, membership.externalRef, ref);
  draft.person = withRef(draft.person, membership.id, ref);
  if (ref !== null) takeRef(draft, membership.groupId, ref);
}

const withRef = (person: PersonState, membershipId: string, externalRef: string | null): PersonState => ({
  ...person,
  memberships: person.memberships.map((each) => (each.id === membershipId ? { ...each, externalRef } : each)),
});

function noteReplaced(draft: EntryDraft, before: string | null, after: string | null): void {
  if (draft.mode !== 'match' || before === null || after === null || before === after) return;
  const detail = `The external reference ${before} of the person was replaced.`;
  warn(draft, 'external_ref_replaced', detail, pointerTo(draft.entry.source, 'external_ref'));
}

/** Somebody else of the group holds it: two people of one group never share a reference. */
export function isRefConflict(draft: EntryDraft, groupId: string, ref: string): boolean {
  const { state, person, mode, entry, pairs } = draft;
  const refuses = mode === 'patch' && !entry.source.skipTakenRefs;
  const holder = state.holderOf(groupId, ref, person.id);
  if (holder === undefined) return false;
  const pointer = pointerTo(entry.source, 'external_ref');
  if (refuses) {
    const detail = 'Somebody else in a group of this person has this external reference; choose another.';
    draft.errors.push(entryError('external_ref_taken', detail, pointer));
    return true;
  }
  const isThere = liveMemberships(person).some((membership) => membership.groupId === groupId);
  const left = isThere ? '; it was not written there.' : ', so this person was not added to it.';
  const detail = `Somebody else in group ${groupId} has the external reference ${ref}${left}`;
  warn(draft, 'membership_conflict', detail, pointer);
  pairs.push(conflictPair(person, holder, groupId, ref));
  return true;
}

/** A deleted person's membership may still stand in the way of the database's constraint. */
export function takeRef({ state, freedMembershipIds }: EntryDraft, groupId: string, ref: string): void {
  const dead = state.deadHolderOf(groupId, ref);
  if (dead !== undefined) freedMembershipIds.push(dead);
}

/** For the administrators of groups that the actor cannot reach; nothing of it shows in the answer. */
function noteHiddenConflicts(draft: EntryDraft, live: readonly MembershipState[], ref: string): void {
  const { state, person, pairs } = draft;
  for (const { groupId } of live.filter((membership) => !state.isWithinReach(membership.groupId))) {
    const holder = state.holderOf(groupId, ref, person.id);
    if (holder !== undefined) pairs.push({ ...conflictPair(person, holder, groupId, ref), hidden: true });
  }
}

const conflictPair = (person: PersonState, otherId: string, groupId: string, ref: string) => ({
  kind: 'pair' as const,
  personId: person.id,
  otherId,
  groupId,
  evidence: { reason: 'membership_conflict', external_ref: ref },
});

function refuseOutsider(draft: EntryDraft): void {
  const detail =
    'An external reference belongs to a group; you are a user of none of the groups of this person.';
  draft.errors.push(entryError('forbidden', detail, pointerTo(draft.entry.source, 'external_ref')));
}
