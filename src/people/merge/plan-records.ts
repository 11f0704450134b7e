import { mayHandleRole, type Role } from '../../auth/index.js';
import { entryError, pointerTo, type EntryErrorCode, type MembershipInput, type Removal } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { liveMemberships, membershipIn, type MembershipState, type PersonState } from './person-state.js';
import { isRefConflict, takeRef } from './plan-external-ref.js';
import type { Point } from './plan-points.js';
import { mayBegin } from './plan-roles.js';

/** A membership that is named by its id. What is not said of it stays as it is, its role in the archive too. */
export function changeRecord(draft: EntryDraft, groupId: string, asked: MembershipInput): void {
  const { pointer } = asked;
  const known = membershipIn(draft.person, groupId);
  if (!known || known.id !== asked.id)
    return refuse(draft, 'not_found', 'This person has no such record.', pointer);
  const next: MembershipState = {
    ...known,
    role: (asked.role as Role | undefined) ?? known.role,
    archivedAt:
      asked.archivedAt === undefined ? known.archivedAt : moment(known.archivedAt, asked.archivedAt),
  };
  if (next.role === known.role && next.archivedAt === known.archivedAt) return;
  if (!mayHandle(draft, known, pointer) || !mayHandle(draft, next, pointer)) return;
  if (!mayBegin(draft, groupId, known, next.role, pointer)) return;
  if ((next.role !== 'owner' || next.archivedAt !== null) && isLastOwner(draft, known, pointer)) return;
  const { externalRef } = next;
  const returns = known.archivedAt !== null && next.archivedAt === null;
  if (returns && externalRef !== null) {
    if (isRefConflict(draft, groupId, externalRef)) return;
    takeRef(draft, groupId, externalRef);
  }
  put(draft, (memberships) => memberships.map((each) => (each === known ? next : each)));
}

/** PostgreSQL writes the same moment in other letters than a client does; it is no change. */
const moment = (known: string | null, asked: string | null): string | null =>
  known !== null && asked !== null && Date.parse(known) === Date.parse(asked) ? known : asked;

/** Records that go. Of what is left the oldest becomes primary, if the primary one has gone. */
export function planRemovals(draft: EntryDraft): void {
  const was = liveMemberships(draft.person);
  for (const removal of draft.entry.source.removals ?? []) {
    const { kind, id } = removal;
    if (kind === 'group_membership') leave(draft, removal);
    else if (kind === 'email_address')
      draft.person = { ...draft.person, emails: without(draft.person.emails, id) };
    else draft.person = { ...draft.person, phones: without(draft.person.phones, id) };
  }
  keepReference(draft, was);
}

/** Who leaves her last group keeps the reference by which she was known there, the oldest one. */
function keepReference(draft: EntryDraft, was: readonly MembershipState[]): void {
  const { person } = draft;
  if (person.externalRef !== null || liveMemberships(person).length > 0) return;
  const left = was.filter(({ id, externalRef }) => externalRef !== null && !membershipOf(person, id));
  if (left[0]) draft.person = { ...person, externalRef: left[0].externalRef };
}

const membershipOf = ({ memberships }: PersonState, id: string): MembershipState | undefined =>
  memberships.find((membership) => membership.id === id);

function without<P extends Point>(points: readonly P[], id: string): P[] {
  const left = points.filter((point) => point.id !== id);
  return left.some(({ primary }) => primary)
    ? left
    : left.map((point, i) => (i === 0 ? { ...point, primary: true } : point));
}

function leave(draft: EntryDraft, { id, pointer }: Removal): void {
  const known = membershipOf(draft.person, id);
  if (!known || !mayHandle(draft, known, pointer) || isLastOwner(draft, known, pointer)) return;
  put(draft, (memberships) => memberships.filter((each) => each !== known));
}

const put = (
  draft: EntryDraft,
  change: (memberships: PersonState['memberships']) => PersonState['memberships'],
): void => {
  draft.person = { ...draft.person, memberships: change(draft.person.memberships) };
};

/** Memberships belong to the administrators of their group, up to their own role. */
function mayHandle(
  draft: EntryDraft,
  { groupId, role }: MembershipState,
  pointer: string | undefined,
): boolean {
  if (mayHandleRole(draft.state.actor, groupId, role)) return true;
  const detail = 'Administrators of the group manage its memberships, up to their own role.';
  refuse(draft, 'forbidden', detail, pointer);
  return false;
}

function isLastOwner(draft: EntryDraft, known: MembershipState, pointer: string | undefined): boolean {
  if (known.role !== 'owner' || known.archivedAt !== null) return false;
  if (draft.state.hasOtherOwner(known)) return false;
  refuse(draft, 'last_owner', 'The last owner of a group stays; make somebody else an owner first.', pointer);
  return true;
}

const refuse = (
  { errors, entry }: EntryDraft,
  code: EntryErrorCode,
  detail: string,
  pointer: string | undefined,
): void => void errors.push(entryError(code, detail, pointer ?? pointerTo(entry.source, 'entry')));
