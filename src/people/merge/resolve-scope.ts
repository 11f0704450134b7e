import { groupsFor, type Actor } from '../../auth/index.js';
import {
  entryError,
  pointerTo,
  type ConflictingRef,
  type Entry,
  type EntryError,
  type MatchPolicy,
  type MembershipInput,
  type MergeOptions,
} from './entry.js';
import type { Warning } from './match-report.js';

export interface GroupSettings {
  readonly id: string;
  readonly externalRef: string | null;
  readonly phoneRegion: string | null;
  readonly conflictingRef: ConflictingRef | null;
  readonly nameGuard: boolean | null;
}

/** The groups within the actor's reach that the entries name, and all within reach that have settings. */
export interface KnownGroups {
  readonly byId: ReadonlyMap<string, GroupSettings>;
  readonly byRef: ReadonlyMap<string, GroupSettings>;
}

/** What the deployment says where no group does. */
export interface MergeDefaults {
  readonly phoneRegion: string;
  readonly policy: MatchPolicy;
}

/** Where an entry looks for its person, and where it puts it. */
export interface Scope {
  readonly named: boolean;
  /** The same for the same `S`: whoever looks from there sees the same. */
  readonly place: string;
  /** `A` when no group is named, else `S`. */
  includes(groupId: string): boolean;
  /** The groups that the person is put into. */
  readonly targets: readonly string[];
  /** What an included membership says about its group. */
  readonly memberships: ReadonlyMap<string, MembershipInput>;
  /** Also the people without a group whom the actor knows. */
  readonly personal: boolean;
  /** True for every group within reach, whatever the scope. */
  knowsGroup(groupId: string): boolean;
  readonly skipped: readonly string[];
  /** The named groups that can be used, by what they were called. */
  readonly idsByName: ReadonlyMap<string, string>;
  readonly warnings: readonly Warning[];
  readonly region: string;
  readonly policy: MatchPolicy;
  readonly errors: readonly EntryError[];
}

interface NamedGroup {
  readonly sent: string;
  readonly group: GroupSettings | undefined;
  readonly pointer: string | undefined;
  readonly membership?: MembershipInput;
}

/** `A`: true for the groups in which the actor is a user or more. */
export function reachOf(actor: Actor): (groupId: string) => boolean {
  const reach = groupsFor(actor, 'person', 'create');
  if (reach === 'all') return () => true;
  const groups = new Set(reach);
  return (groupId) => groups.has(groupId);
}

/** Resolves where an entry looks and writes (`S`), and by which rules. Pure. */
export function resolveScope(
  entry: Entry,
  actor: Actor,
  groups: KnownGroups,
  options: MergeOptions,
  defaults: MergeDefaults,
): Scope {
  const named = namedGroups(entry, groups);
  const errors = named ? groupErrors(entry, named, options) : [];
  const chosen = named?.flatMap(({ group }) => group ?? []) ?? [];
  const ids = new Set(chosen.map(({ id }) => id));
  const own = options.personalWithoutGroup || entry.personId !== undefined ? [] : actor.ownGroupIds;
  const settings = named ? [...ids].map((id) => groups.byId.get(id)) : allSettings(actor, groups);
  const policy = strictestPolicy(settings, options, defaults);
  return {
    named: named !== undefined,
    place: named ? [...ids].sort().join() : 'anywhere',
    includes: named ? (groupId) => ids.has(groupId) : reachOf(actor),
    targets: named ? [...ids] : own.filter((id) => groups.byId.has(id)),
    memberships: new Map(
      named?.flatMap(({ group, membership }) => (group && membership ? [[group.id, membership]] : [])),
    ),
    personal: named === undefined,
    knowsGroup: (groupId) => groups.byId.has(groupId),
    skipped: named?.filter(({ group }) => !group).map(({ sent }) => sent) ?? [],
    region: settings.find((group) => group?.phoneRegion)?.phoneRegion ?? defaults.phoneRegion,
    idsByName: new Map(named?.flatMap(({ sent, group }) => (group ? [[sent, group.id]] : []))),
    warnings: [...skippedWarnings(named ?? [], options), ...overruledWarnings(options, policy)],
    policy,
    errors,
  };
}

/** `undefined` when the entry names none. Groups of included memberships are named too. */
function namedGroups(entry: Entry, { byId, byRef }: KnownGroups): NamedGroup[] | undefined {
  const { ids, externalRefs } = entry.groups ?? {};
  const memberships = entry.memberships ?? [];
  if (!ids && !externalRefs && memberships.length === 0) return undefined;
  const at = (index: number): string | undefined =>
    entry.pointers[`groups/${index}`] ?? pointerTo(entry, 'groups');
  return [
    ...(ids ?? []).map((id, index) => ({ sent: id, group: byId.get(id), pointer: at(index) })),
    ...(externalRefs ?? []).map((ref, index) => ({ sent: ref, group: byRef.get(ref), pointer: at(index) })),
    ...memberships.map((membership) => {
      const { groupId, groupExternalRef = '', pointer } = membership;
      const group = groupId === undefined ? byRef.get(groupExternalRef) : byId.get(groupId);
      return { sent: groupId ?? groupExternalRef, group, pointer, membership };
    }),
  ];
}

/** A group out of reach and one that does not exist are told in the same words. */
function groupErrors(entry: Entry, named: readonly NamedGroup[], options: MergeOptions): EntryError[] {
  const unknown = named.filter(({ group }) => !group);
  if (options.unknownGroups === 'refuse' && unknown.length > 0)
    return unknown.map(({ sent, pointer }) => entryError('not_found', `There is no group ${sent}.`, pointer));
  if (unknown.length < named.length && !replacesByNothing(entry, named)) return contradictions(entry, named);
  const names = unknown.slice(0, MOST_NAMED).map(({ sent }) => `group ${sent.slice(0, LONGEST_NAME)}`);
  const none =
    names.length > 0
      ? `You can use none of the groups that are named (${names.join(', ')})`
      : 'No group is named';
  const detail = `${none}; name one in which you are a user or more.`;
  const pointer = entry.groups ? pointerTo(entry, 'groups') : unknown[0]?.pointer;
  return [entryError('no_accessible_group', detail, pointer)];
}

const [MOST_NAMED, LONGEST_NAME] = [5, 40];

const skippedWarnings = (named: readonly NamedGroup[], { unknownGroups }: MergeOptions): Warning[] =>
  unknownGroups === 'refuse'
    ? []
    : named
        .filter(({ group }) => !group)
        .map(({ sent, pointer }) => ({
          code: 'skipped_groups',
          detail: `There is no group ${sent.slice(0, LONGEST_NAME)} in which you are a user or more; it was left out.`,
          ...(pointer !== undefined && { pointer }),
        }));

/** A request may only tighten; where it asks for less it is told what holds. */
function overruledWarnings(
  { policy: asked }: MergeOptions,
  { conflictingRef, nameGuard }: MatchPolicy,
): Warning[] {
  const overruled = [
    ...(asked?.conflictingRef && asked.conflictingRef !== conflictingRef
      ? [`\`conflicting_ref\` is ${conflictingRef}, not ${asked.conflictingRef}`]
      : []),
    ...(asked?.nameGuard === false && nameGuard ? ['`name_guard` is true, not false'] : []),
  ];
  return overruled.map((which) => ({
    code: 'policy_overruled',
    detail: `${which}: a group or the deployment says so, and a request may only be stricter.`,
  }));
}

/** Of a person who is named, `groups` says where she shall be: unknown groups alone would take her out of all others. */
const replacesByNothing = ({ personId, groups }: Entry, named: readonly NamedGroup[]): boolean =>
  personId !== undefined &&
  groups !== undefined &&
  named.every(({ group, membership }) => membership !== undefined || group === undefined);

function contradictions(entry: Entry, named: readonly NamedGroup[]): EntryError[] {
  const known = new Map(named.flatMap(({ group }) => (group ? [[group.id, group] as const] : [])));
  return (entry.memberships ?? [])
    .filter(({ groupId = '', groupExternalRef }) => {
      const group = known.get(groupId);
      return groupExternalRef !== undefined && group !== undefined && group.externalRef !== groupExternalRef;
    })
    .map(({ pointer }) =>
      entryError('contradiction', '`group_id` and `group_external_ref` name two groups; send one.', pointer),
    );
}

/** One's own groups first, then the others, each kind in the order of age; `undefined` for one without settings. */
function allSettings(actor: Actor, { byId }: KnownGroups): (GroupSettings | undefined)[] {
  const own = new Set(actor.ownGroupIds);
  const others = [...byId.keys()].filter((id) => !own.has(id)).sort(byAge);
  return [...[...own].sort(byAge), ...others].filter(reachOf(actor)).map((id) => byId.get(id));
}

/** Ids are decimal strings, too long for numbers. */
export const byAge = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);

const STRICTNESS: readonly ConflictingRef[] = ['match', 'by_name', 'separate'];

/** A group overrides the deployment; among several groups, and against the request, the strictest counts. */
function strictestPolicy(
  settings: readonly (GroupSettings | undefined)[],
  { policy: asked }: MergeOptions,
  { policy: standard }: MergeDefaults,
): MatchPolicy {
  const groups = settings.length > 0 ? settings : [undefined];
  const refs = groups.map((group) => group?.conflictingRef ?? standard.conflictingRef);
  const guards = groups.map((group) => group?.nameGuard ?? standard.nameGuard);
  const levels = [...refs, asked?.conflictingRef ?? 'match'].map((ref) => STRICTNESS.indexOf(ref));
  return {
    conflictingRef: STRICTNESS[Math.max(...levels)] ?? standard.conflictingRef,
    nameGuard: guards.includes(true) || asked?.nameGuard === true,
  };
}
