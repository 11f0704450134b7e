import { entryError, pointerTo } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import { liveMemberships, type MembershipState, type PersonState } from './person-state.js';

export const INSUFFICIENT_INFORMATION =
  'Insufficient information to create a new person record. Please provide either an external reference or a ' +
  'combination of phone number OR email address AND first name OR last name.';

const TOO_LITTLE_LEFT =
  'This would leave too little to know the person by; keep an external reference, or an e-mail address or phone ' +
  'number and a first or last name.';

/** How well a person can be told from others: by the rule, by a first name alone, not at all. */
type Standing = 2 | 1 | 0;

function standing({ attributes, emails, phones }: PersonState, refs: readonly string[]): Standing {
  const named = attributes.first_name !== null || attributes.last_name !== null;
  if (refs.length > 0 || (emails.length + phones.length > 0 && named)) return 2;
  return attributes.first_name !== null ? 1 : 0;
}

/**
 * Enough to create a person; and no write takes a person below what it had. Groups out of reach do not count, nor their
 * references: whether a write is refused must not tell of them.
 */
export function requireCreationRule(draft: EntryDraft, fromNamesAlone: boolean): void {
  const { before, person, state, entry } = draft;
  const wanted = before ? standing(before, state.knownRefs(before)) : fromNamesAlone ? 1 : 2;
  const refs = [...state.knownRefs(person), ...archivedRefs(draft), ...refsLeftBehind(draft)];
  if (standing(person, refs) >= wanted) return;
  const [detail, what] = before
    ? [TOO_LITTLE_LEFT, takenAway(draft)]
    : [INSUFFICIENT_INFORMATION, pointerTo(entry.source, 'entry')];
  draft.errors.push(entryError('insufficient_information', detail, what));
}

/** Where the entry takes from a person what she is known by. */
function takenAway({ entry: { source, ...entry }, before, state }: EntryDraft): string | undefined {
  const { attributes } = entry;
  const had = before?.attributes;
  const cleared = [
    ...(entry.externalRef === null && before && state.knownRefs(before).length > 0 ? ['external_ref'] : []),
    ...(entry.emails === null && before?.emails.length ? ['emails'] : []),
    ...(entry.phones === null && before?.phones.length ? ['phones'] : []),
    ...(['first_name', 'last_name'] as const).filter((name) => attributes[name] === null && had?.[name]),
  ][0];
  const removal = source.removals?.find(({ pointer }) => pointer !== undefined);
  return cleared === undefined && removal ? removal.pointer : pointerTo(source, cleared ?? 'entry');
}

/**
 * Who leaves her last group within reach is known where she still is, or by the reference that she keeps: which of the
 * two, and whether there is such a group, does not matter to the rule.
 */
function refsLeftBehind({ before, person, state, entry }: EntryDraft): string[] {
  const reached = ({ groupId }: MembershipState): boolean => state.isWithinReach(groupId);
  if (!before || entry.externalRef === null || liveMemberships(person).some(reached)) return [];
  const left = liveMemberships(before).filter(
    (was) => reached(was) && !person.memberships.some(({ id }) => id === was.id),
  );
  return left.flatMap(({ externalRef }) => externalRef ?? []);
}

/** What goes into the archive with its membership is not lost: it comes back with it. */
function archivedRefs({ before, person, state }: EntryDraft): string[] {
  const archived = person.memberships.filter(
    ({ id, groupId, archivedAt }) =>
      archivedAt !== null &&
      state.isWithinReach(groupId) &&
      before?.memberships.some((was) => was.id === id && was.archivedAt === null),
  );
  return archived.flatMap(({ externalRef }) => externalRef ?? []);
}
