import { mayEnrol, type Role } from '../../auth/index.js';
import { entryError, pointerTo } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { liveMemberships, type MembershipState } from './person-state.js';

/**
 * Whether somebody who had no role in the group may be given one; says so if not. What this entry does counts as little
 * as the group itself.
 */
export function mayBegin(
  draft: EntryDraft,
  groupId: string,
  known: MembershipState | undefined,
  role: Role,
  pointer: string | undefined,
): boolean {
  const { before, state, entry } = draft;
  if (role === 'contact' || (known && known.role !== 'contact') || !before?.hasLogin) return true;
  if (mayEnrol(state.actor, groupId, { id: before.id, live: liveMemberships(before) })) return true;
  const detail =
    'Somebody with a login is given a role by an administrator of another group in which she has one, or of all her groups; as a contact she can be added.';
  draft.errors.push(entryError('forbidden', detail, pointer ?? pointerTo(entry.source, 'groups')));
  return false;
}
