import type { Actor, Role } from '../../../src/auth/index.js';
import type { Entry, MatchPolicy, MergeOptions } from '../../../src/people/merge/entry.js';
import { emailKey, phoneKey } from '../../../src/people/merge/identity-keys.js';
import { knownGroups } from '../../../src/people/merge/load-groups.js';
import type { MergePlan } from '../../../src/people/merge/merge-plan.js';
import type { AssignmentState, PersonState } from '../../../src/people/merge/person-state.js';
import { planMerge } from '../../../src/people/merge/plan-merge.js';
import { readEntry } from '../../../src/people/merge/read-entry.js';
import { resolveScope, type GroupSettings } from '../../../src/people/merge/resolve-scope.js';
import type { RefHolder, Snapshot } from '../../../src/people/merge/snapshot.js';

export const ME = '900';

/** A user of groups 1 and 2, who reaches group 3 below them by inheritance. */
export const actor = (
  roles: Record<string, Role> = { 1: 'user', 2: 'user', 3: 'user' },
  own = ['1', '2'],
): Actor => ({
  userId: '90',
  personId: ME,
  sessionId: '9',
  superAdmin: false,
  roles: new Map(Object.entries(roles)),
  ownGroupIds: own.filter((id) => id in roles),
});

export interface PersonWords {
  readonly first?: string;
  readonly last?: string;
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  /** The reference in each group; `null`: a member without one. */
  readonly groups?: Readonly<Record<string, string | null>>;
  readonly archived?: readonly string[];
  readonly role?: Role;
  readonly ref?: string;
  readonly login?: boolean;
  readonly mine?: boolean;
  readonly assignedToMe?: boolean;
}

/** A stored person; the first of each kind of contact point is primary. Row ids are its own followed by a number. */
export function person(id: string, words: PersonWords = {}): PersonState {
  const { emails = [], phones = [], groups = {}, archived = [] } = words;
  return {
    id,
    attributes: {
      ...{ first_name: words.first ?? null, middle_name: null, last_name: words.last ?? null },
      ...{ gender: null, birth_date: null },
    },
    externalRef: words.ref ?? null,
    createdById: words.mine ? ME : null,
    hasLogin: words.login ?? false,
    assignedToActor: words.assignedToMe ?? false,
    emails: emails.map((text, index) => {
      const { email, normalForm } = emailKey(text) as { email: string; normalForm: string };
      return { id: `${id}1${index}`, email, normalForm, primary: index === 0 };
    }),
    phones: phones.map((text, index) => {
      const key = phoneKey(text, 'US') as {
        number: string;
        e164: string;
        normalForm: string;
        extension: null;
      };
      return { id: `${id}2${index}`, ...key, location: null, primary: index === 0 };
    }),
    memberships: Object.entries(groups).map(([groupId, externalRef]) => ({
      ...{ id: `${id}3${groupId}`, groupId, role: words.role ?? 'contact', externalRef },
      archivedAt: archived.includes(groupId) ? '2024-01-01 00:00:00+00' : null,
    })),
  };
}

export interface EntryWords {
  readonly person?: string;
  readonly first?: string | null;
  readonly middle?: string | null;
  readonly last?: string | null;
  readonly gender?: string | null;
  readonly birth?: string | null;
  readonly ref?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly emails?: Entry['emails'];
  readonly phones?: Entry['phones'];
  readonly groups?: readonly string[];
  readonly groupRefs?: readonly string[];
  readonly memberships?: Entry['memberships'];
  readonly assignments?: Entry['assignments'];
}

/** An entry in few words. */
export function entry(words: EntryWords, index = 0): Entry {
  const { email, phone, groups, groupRefs } = words;
  const given = { first_name: words.first, middle_name: words.middle, last_name: words.last };
  return {
    index,
    personId: words.person,
    attributes: { ...given, gender: words.gender, birth_date: words.birth },
    externalRef: words.ref,
    emails:
      words.emails === undefined ? one(email, (text) => ({ email: text, pointer: '/email' })) : words.emails,
    phones:
      words.phones === undefined ? one(phone, (text) => ({ number: text, pointer: '/phone' })) : words.phones,
    groups: groups || groupRefs ? { ids: groups, externalRefs: groupRefs } : undefined,
    memberships: words.memberships,
    assignments: words.assignments ?? [],
    pointers: { entry: '/entry', first_name: '/first', external_ref: '/ref', groups: '/groups' },
  };
}

const one = <T>(
  text: string | null | undefined,
  input: (text: string) => T,
): readonly T[] | null | undefined => (typeof text === 'string' ? [input(text)] : text);

export interface World {
  readonly people?: readonly PersonState[];
  readonly actor?: Actor;
  readonly options?: Partial<MergeOptions>;
  readonly policy?: Partial<MatchPolicy>;
  readonly groups?: readonly (Partial<GroupSettings> & { readonly id: string })[];
  readonly refHolders?: readonly RefHolder[];
  readonly assignments?: readonly AssignmentState[];
  readonly owners?: Snapshot['owners'];
}

const DEFAULT_POLICY: MatchPolicy = { conflictingRef: 'by_name', nameGuard: false };

/** Plans entries in a world where groups 1, 2 and 3 are within reach and have no settings. */
export function plan(entries: readonly EntryWords[], world: World = {}): MergePlan {
  const me = world.actor ?? actor();
  const options = { creationFromNamesAlone: false, unknownGroups: 'skip' as const, ...world.options };
  const known = new Map(['1', '2', '3'].map((id) => [id, settings({ id })]));
  world.groups?.forEach((group) => known.set(group.id, settings(group)));
  const groups = knownGroups([...known.values()].filter(({ id }) => me.superAdmin || me.roles.has(id)));
  const defaults = { phoneRegion: 'US', policy: { ...DEFAULT_POLICY, ...world.policy } };
  const scoped = entries.map((words, index) => {
    const scope = resolveScope(entry(words, index), me, groups, options, defaults);
    return { scope, entry: readEntry(entry(words, index), scope.region) };
  });
  const { people = [], refHolders = [], assignments = [] } = world;
  const readableIds = new Set(people.map(({ id }) => id));
  const snapshot = { people, readableIds, refHolders, assignments, owners: world.owners ?? [] };
  return planMerge(scoped, snapshot, me, options);
}

const settings = (group: Partial<GroupSettings> & { readonly id: string }): GroupSettings => ({
  ...{ externalRef: null, phoneRegion: null, conflictingRef: null, nameGuard: null },
  ...group,
});

/** The first entry's result in a line: outcome, how, whom. */
export function verdict(made: MergePlan, index = 0): string {
  const result = made.results[index];
  if (!result) return 'nothing';
  const { match, errors, personId = '' } = result;
  const words = [result.outcome, match.matched_by, /^\d/.test(personId) ? personId : null];
  return [...words, ...errors.map(({ code }) => code)].filter(Boolean).join(' ');
}

export const warningsOf = (made: MergePlan, index = 0): string[] =>
  made.results[index]?.match.warnings.map(({ code }) => code) ?? [];

/** The queued pairs: kind, and the two ids ("new" for one not made yet). */
export const pairsOf = (made: MergePlan): string[] =>
  made.pairs.map(
    ({ kind, personId, otherId }) => `${kind} ${personId.startsWith('new:') ? 'new' : personId} ${otherId}`,
  );

/** The person as the entry leaves it. */
export function left(made: MergePlan, index = 0): PersonState {
  const change = made.changes.find((each) => each.index === index);
  if (!change) throw new Error(`Entry ${index} changed nobody.`);
  return change.after;
}
