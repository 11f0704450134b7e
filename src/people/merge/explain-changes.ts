import { mayIn } from '../../auth/index.js';
import { ATTRIBUTES } from './entry.js';
import type { LeftOut, MatchReport } from './match-report.js';
import {
  differing,
  isNewId,
  liveMemberships,
  sameRows,
  type AssignmentState,
  type EmailState,
  type PersonState,
  type PhoneState,
} from './person-state.js';
import type { MergeState } from './merge-state.js';

type Change = readonly [before: unknown, after: unknown];

interface Explained {
  readonly changes: MatchReport['changes'];
  /** Absent when nothing is. */
  readonly leftOut?: Pick<LeftOut, 'changes'>;
}

/** What an entry changed, field by field, as far as the actor may see. Empty: nothing at all. */
export function explainChanges(
  before: PersonState | null,
  after: PersonState,
  assignments: readonly AssignmentState[],
  state: MergeState,
): Explained {
  const { told } = state.limits;
  const emails = changedPoints(before?.emails ?? [], after.emails, told);
  const phones = changedPoints(before?.phones ?? [], after.phones, told);
  const changes: Record<string, Change> = {};
  const put = (name: string, was: unknown, is: unknown): void => {
    if (!isSame(was, is)) changes[name] = [was, is];
  };
  for (const name of ATTRIBUTES) put(name, before?.attributes[name] ?? null, after.attributes[name]);
  if (before?.memberships !== after.memberships || before.externalRef !== after.externalRef) {
    put('external_ref', ...changedRefs(before, after, state));
    put('group_memberships', before ? rolesOf(before, state) : {}, rolesOf(after, state));
  }
  if (assignments.length > 0) put('contact_assignments', [], assignments.map(assignmentText));
  if (emails) changes['email_addresses'] = [emails.before.map(emailText), emails.after.map(emailText)];
  if (phones) changes['phone_numbers'] = [phoneTexts(phones.before), phoneTexts(phones.after)];
  const leftOut = {
    ...(emails?.leftOut && { email_addresses: emails.leftOut }),
    ...(phones?.leftOut && { phone_numbers: phones.leftOut }),
  };
  return {
    changes,
    ...(Object.keys(leftOut).length > 0 && { leftOut: { changes: leftOut } }),
  };
}

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Where a group of hers has another reference than it had, though all of them are the same: one for each group. */
function changedRefs(before: PersonState | null, after: PersonState, state: MergeState): Change {
  const shown = [before && shownRefs(before, state), shownRefs(after, state)] as const;
  const kept = new Set(before && liveMemberships(before).map(({ groupId }) => groupId));
  if (!before || kept.size === 0 || !isSame(...shown)) return shown;
  const refsOfKept = (person: PersonState): string[] =>
    state.knownRefs({
      ...person,
      memberships: person.memberships.filter(({ groupId }) => kept.has(groupId)),
    });
  return [refsOfKept(before), refsOfKept(after)];
}

/** One reference as it is, several as a list. */
function shownRefs(person: PersonState, state: MergeState): string | string[] | null {
  const refs = [...new Set(state.knownRefs(person))];
  return refs.length > 1 ? refs : (refs[0] ?? null);
}

interface ChangedPoints<P> {
  readonly before: readonly P[];
  readonly after: readonly P[];
  readonly leftOut?: readonly [before: number, after: number];
}

function changedPoints<P extends EmailState | PhoneState>(
  before: readonly P[],
  after: readonly P[],
  told: number,
): ChangedPoints<P> | undefined {
  if (sameRows(before, after)) return undefined;
  const [gone, made] = differing(before, after);
  const isCut = Math.max(before.length, after.length) > told;
  const leftOut = [before, after].map(({ length }) => Math.max(0, length - told)) as [number, number];
  return {
    before: firstPoints(before, isCut ? gone : [], told),
    after: firstPoints(after, isCut ? made : [], told),
    ...(isCut && { leftOut }),
  };
}

/** The primary one, those that changed, and the oldest of the others. */
function firstPoints<P extends { readonly primary: boolean }>(
  points: readonly P[],
  changed: readonly P[],
  told: number,
): P[] {
  const shown = new Set([...points.filter(({ primary }) => primary), ...changed.slice(0, told)]);
  for (const point of points) {
    if (shown.size >= told) break;
    shown.add(point);
  }
  return [...shown].slice(0, told);
}

const emailText = ({ email }: EmailState): string => email;

/** Two numbers that are written alike, of two regions, are told by what they are compared by. */
function phoneTexts(phones: readonly PhoneState[]): string[] {
  const texts = phones.map(phoneText);
  const isTwice = (text: string): boolean => texts.indexOf(text) !== texts.lastIndexOf(text);
  return phones.map((phone, i) => (isTwice(texts[i] ?? '') ? phone.normalForm : (texts[i] ?? '')));
}

/** The extension may stand in the number as it was sent. */
const phoneText = ({ number, extension, location }: PhoneState): string => {
  const apart = extension && /(?:x|ext|#|=)\W*(\d+)\s*$/i.exec(number)?.[1] !== extension;
  return [number, apart && `ext. ${extension}`, location && `(${location})`].filter(Boolean).join(' ');
};

/** The role in each group within reach; `null` in the archive, which administrators of the group see. */
const rolesOf = (person: PersonState, state: MergeState): Record<string, string | null> =>
  Object.fromEntries(
    person.memberships
      .filter(
        ({ groupId, archivedAt }) =>
          state.isWithinReach(groupId) &&
          (archivedAt === null || mayIn(state.actor, 'group_membership', 'update', groupId)),
      )
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
