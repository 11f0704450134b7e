import { ATTRIBUTES } from './entry.js';
import type { MatchReport } from './match-report.js';
import {
  isNewId,
  liveMemberships,
  type AssignmentState,
  type EmailState,
  type PersonState,
  type PhoneState,
} from './person-state.js';
import type { MergeState } from './merge-state.js';

type Changes = Record<string, readonly [before: unknown, after: unknown]>;

/** What an entry changed, field by field, as far as the actor may see. Empty: nothing at all. */
export function explainChanges(
  before: PersonState | null,
  after: PersonState,
  assignments: readonly AssignmentState[],
  state: MergeState,
): MatchReport['changes'] {
  const fields: Changes = {};
  for (const name of ATTRIBUTES) fields[name] = [before?.attributes[name] ?? null, after.attributes[name]];
  fields['external_ref'] = [before && shownRefs(before, state), shownRefs(after, state)];
  fields['email_addresses'] = [emailTexts(before?.emails), emailTexts(after.emails)];
  fields['phone_numbers'] = [phoneTexts(before?.phones), phoneTexts(after.phones)];
  fields['group_memberships'] = [before ? rolesOf(before, state) : {}, rolesOf(after, state)];
  fields['contact_assignments'] = [[], assignments.map(assignmentText)];
  return Object.fromEntries(Object.entries(fields).filter(([, [one, other]]) => !isSame(one, other)));
}

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** One reference as it is, several as a list. */
function shownRefs(person: PersonState, state: MergeState): string | string[] | null {
  const refs = [...new Set(state.knownRefs(person))];
  return refs.length > 1 ? refs : (refs[0] ?? null);
}

const primaryFirst = <P extends { readonly primary: boolean }>(points: readonly P[] = []): P[] =>
  [...points].sort((one, other) => Number(other.primary) - Number(one.primary));

const emailTexts = (emails?: readonly EmailState[]): string[] =>
  primaryFirst(emails).map(({ email }) => email);

/** Two numbers that are written alike, of two regions, are told by what they are compared by. */
function phoneTexts(phones?: readonly PhoneState[]): string[] {
  const sorted = primaryFirst(phones);
  const texts = sorted.map(phoneText);
  const isTwice = (text: string): boolean => texts.indexOf(text) !== texts.lastIndexOf(text);
  return sorted.map((phone, i) => (isTwice(texts[i] ?? '') ? phone.normalForm : (texts[i] ?? '')));
}

const phoneText = ({ number, extension, location }: PhoneState): string =>
  [number, extension && `ext. ${extension}`, location && `(${location})`].filter(Boolean).join(' ');

/** The role in each group within reach; `null` in the archive. */
const rolesOf = (person: PersonState, state: MergeState): Record<string, string | null> =>
  Object.fromEntries(
    person.memberships
      .filter(({ groupId }) => state.isWithinReach(groupId))
      .map(({ groupId, role, archivedAt }) => [groupId, archivedAt === null ? role : null]),
  );

const madeId = (id: string): string | null => (isNewId(id) ? null : id);

const assignmentText = ({ assignedToId, personId, groupId }: AssignmentState) => ({
  assigned_to_id: madeId(assignedToId),
  person_id: madeId(personId),
  group_id: groupId,
});

/** The groups that the person was not in before. */
export function groupsAdded(before: PersonState | null, after: PersonState): string[] {
  const had = new Set(before ? liveMemberships(before).map(({ groupId }) => groupId) : []);
  return liveMemberships(after).flatMap(({ groupId }) => (had.has(groupId) ? [] : groupId));
}
