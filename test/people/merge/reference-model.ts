import type { Entry, MatchPolicy, MergeOptions, Outcome } from '../../../src/people/merge/entry.js';
import type { MatchedBy } from '../../../src/people/merge/match-report.js';
import { readModelEntry, type ModelEntry } from './reference-entry.js';
import {
  bridgedPairs,
  considered,
  firstNamesDiffer,
  matchOne,
  sharesWithMany,
  type ModelScope,
} from './reference-matching.js';
import {
  fulfilsCreationRule,
  writeAttributes,
  writeGroups,
  writePoints,
  type ModelNotes,
} from './reference-writing.js';
import {
  accessibleGroups,
  copyOf,
  isOnlyReadBy,
  liveMembershipsOf,
  ownGroups,
  type ModelCaller,
  type ModelGroup,
  type ModelPair,
  type ModelPerson,
  type ModelWorld,
} from './reference-world.js';

/**
 * What matching, sections 1 to 4, says must happen: slow and obvious, one entry after the other, on plain arrays. It
 * shares no code with the planner, only the words of the request.
 */
export interface ModelDefaults {
  readonly region: string;
  readonly policy: MatchPolicy;
}

export interface ModelResult {
  readonly outcome: Outcome;
  readonly matchedBy: MatchedBy | null;
  /** Of the person updated or made. */
  readonly person: string | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Everybody who was looked at, whoever was taken. */
  readonly considered: readonly string[];
  /** What of the person is another now. */
  readonly changed: readonly string[];
  readonly groupsAdded: readonly string[];
  readonly skippedGroups: readonly string[];
  readonly queuedWith: readonly string[];
  readonly policy: MatchPolicy;
  readonly duplicateOfIndex: number | null;
}

type Request = {
  readonly caller: ModelCaller;
  readonly options: MergeOptions;
  readonly defaults: ModelDefaults;
  /** A key of more people makes no pairs; default: what the product has. */
  readonly paired?: number;
};

/** Changes the world and answers; a dry run and an atomic request that fails leave it alone. */
export function runModel(world: ModelWorld, entries: readonly Entry[], request: Request): ModelResult[] {
  const draft = copyOf(world);
  const madeBy = new Map<string, number>();
  const results: ModelResult[] = [];
  for (const entry of entries) results.push(runOne(draft, entry, request, madeBy));
  const failed = results.some(({ outcome }) => outcome === 'failed');
  if (request.options.atomic && failed) return results.map(rolledBack);
  if (!request.options.dryRun) Object.assign(world, draft);
  return results;
}

const rolledBack = (result: ModelResult): ModelResult =>
  result.outcome === 'failed' ? result : { ...result, outcome: 'rolled_back', person: null };

function runOne(world: ModelWorld, sent: Entry, request: Request, madeBy: Map<string, number>): ModelResult {
  const { caller, options } = request;
  const { scope, joins, skipped, region, named } = resolveGroups(world, sent, request);
  const told = [];
  if (skipped.length > 0 && options.unknownGroups === 'skip') told.push('skipped_groups');
  if (isOverruled(options.policy, scope.policy)) told.push('policy_overruled');
  const entry = readModelEntry(sent, region);
  const answer = {
    ...{ matchedBy: null, person: null, warnings: told, considered: [] as string[], changed: [] },
    ...{
      groupsAdded: [],
      skippedGroups: skipped,
      queuedWith: [],
      policy: scope.policy,
      duplicateOfIndex: null,
    },
  };
  const fail = (...errors: string[]): ModelResult => ({ ...answer, outcome: 'failed', errors });

  const errors: string[] = [];
  if (!entry.valid) errors.push('invalid_attribute');
  if (skipped.length > 0 && options.unknownGroups === 'refuse') errors.push('not_found');
  else if (named && scope.groups.length === 0) errors.push('no_accessible_group');
  if (errors.length > 0) return fail(...errors);

  const looking = { world, caller, scope, entry, paired: request.paired ?? 64 };
  answer.considered = considered(looking).map(({ id }) => id);
  const match = matchOne(looking);
  if (match.kind === 'ambiguous') {
    hold(
      world,
      nameOfHeld(entry, named ? scope.groups : [`of ${caller.person}`, `${options.personalWithoutGroup}`]),
      match.candidates,
    );
    return fail('ambiguous_match');
  }

  if (match.kind === 'match' && isOnlyReadBy(match.person, caller)) return fail('forbidden');
  const before = match.kind === 'match' ? match.person : nobodyYet(world, caller);
  const person = copyOf(before);
  const notes: ModelNotes = { warnings: [...told], pairs: [], groupsAdded: [], queuedWith: [] };
  if (match.kind === 'match' && match.by !== 'external_ref' && firstNamesDiffer(before, entry))
    notes.warnings.push('name_mismatch');
  const isProtected = before.login && before.id !== caller.person;
  if (entry.phones?.some(({ key }) => !key.startsWith('+'))) notes.warnings.push('phone_not_recognized');
  writeAttributes(person, entry, isProtected, notes);
  person.emails = writePoints(before.emails, entry.emails, isProtected, notes);
  person.phones = writePoints(before.phones, entry.phones, isProtected, notes);
  writeGroups(person, { world, scope, entry, joins }, notes);

  const isEnough =
    match.kind === 'match'
      ? keepsTheRule(before, person, scope)
      : fulfilsCreationRule(person, scope) || (options.creationFromNamesAlone && hasFirstName(person));
  if (!isEnough) return fail('insufficient_information');

  const bridged = bridgedPairs(looking, before);
  if (sharesWithMany(looking, before)) notes.warnings.push('crowded_key');
  queue(world, [...notes.pairs, ...bridged]);
  const queuedWith = [...notes.queuedWith, ...bridged.map(({ other }) => other)];
  const whom = { matchedBy: match.kind === 'match' ? match.by : null, person: person.id, errors: [] };
  const duplicateOfIndex = madeBy.get(person.id) ?? null;
  const { warnings, groupsAdded } = notes;
  const changed = changedFields(before, person, scope);
  const rest = { ...answer, ...whom, warnings, changed, groupsAdded, duplicateOfIndex, queuedWith };
  if (match.kind === 'nobody') {
    world.people.push(person);
    world.nextId += 1;
    madeBy.set(person.id, sent.index);
    return { ...rest, outcome: 'created' };
  }
  const isSame = JSON.stringify(person) === JSON.stringify(before);
  world.people[world.people.indexOf(before)] = person;
  return { ...rest, outcome: isSame ? 'unchanged' : 'updated' };
}

function changedFields(before: ModelPerson, after: ModelPerson, { accessible }: ModelScope): string[] {
  const had = liveMembershipsOf(before).map(({ group }) => group);
  const refIn = (person: ModelPerson, group: string) =>
    liveMembershipsOf(person).find((one) => one.group === group)?.ref ?? null;
  const shown = (person: ModelPerson): Record<string, unknown> => {
    const live = liveMembershipsOf(person);
    const seen = person.memberships.filter(({ group }) => accessible.includes(group));
    const refs = live.filter(({ group }) => accessible.includes(group)).map(({ ref }) => ref);
    if (live.length === 0) refs.push(person.ref);
    return {
      ...person.attributes,
      external_ref: [...new Set(refs.filter((ref) => ref !== null))],
      ...{ email_addresses: person.emails, phone_numbers: person.phones },
      group_memberships: seen.map(({ group, role, archived }) => [group, role, archived]),
    };
  };
  const [was, is] = [shown(before), shown(after)];
  const names = Object.keys(is).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
  const moved = had.some(
    (group) => accessible.includes(group) && refIn(before, group) !== refIn(after, group),
  );
  return moved && !names.includes('external_ref') ? [...names, 'external_ref'] : names;
}

const hasFirstName = (person: ModelPerson): boolean => person.attributes['first_name'] !== null;

/** Nobody goes from fulfilling the rule to not fulfilling it; who has a first name alone keeps one. */
function keepsTheRule(before: ModelPerson, after: ModelPerson, scope: ModelScope): boolean {
  if (fulfilsCreationRule(after, scope)) return true;
  if (fulfilsCreationRule(before, scope)) return false;
  return !hasFirstName(before) || hasFirstName(after);
}

interface Placed {
  readonly scope: ModelScope;
  readonly joins: readonly string[];
  readonly skipped: readonly string[];
  readonly region: string;
  readonly named: boolean;
}

function resolveGroups(world: ModelWorld, sent: Entry, request: Request): Placed {
  const { caller, options, defaults } = request;
  const accessible = accessibleGroups(world, caller);
  const named = sent.groups?.ids !== undefined || sent.groups?.externalRefs !== undefined;
  const groups: string[] = [];
  const skipped: string[] = [];
  const name = (text: string, found: ModelGroup | undefined): void => {
    if (!found || !accessible.includes(found.id)) skipped.push(text);
    else if (!groups.includes(found.id)) groups.push(found.id);
  };
  for (const id of sent.groups?.ids ?? [])
    name(
      id,
      world.groups.find((group) => group.id === id),
    );
  for (const ref of sent.groups?.externalRefs ?? [])
    name(
      ref,
      world.groups.find((group) => group.ref === ref),
    );
  // One's own groups first: their phone region counts before that of the groups below.
  const own = ownGroups(world, caller);
  if (!named) groups.push(...own, ...accessible.filter((id) => !own.includes(id)));
  const settings = groups.map((id) => world.groups.find((group) => group.id === id)!);
  const scope = { groups, accessible, personal: !named, policy: strictest(settings, request) };
  const region = settings.find((group) => group.region !== null)?.region ?? defaults.region;
  const joins = named ? groups : options.personalWithoutGroup ? [] : own;
  return { scope, joins, skipped, region, named };
}

const STRICTER = ['match', 'by_name', 'separate'] as const;

/** A group overrides the deployment; the strictest group counts; a request may only tighten. */
function strictest(groups: readonly ModelGroup[], { defaults, options }: Request): MatchPolicy {
  const refs = groups.map((group) => group.conflictingRef ?? defaults.policy.conflictingRef);
  const guards = groups.map((group) => group.nameGuard ?? defaults.policy.nameGuard);
  if (groups.length === 0) {
    refs.push(defaults.policy.conflictingRef);
    guards.push(defaults.policy.nameGuard);
  }
  if (options.policy?.conflictingRef) refs.push(options.policy.conflictingRef);
  if (options.policy?.nameGuard) guards.push(true);
  const rank = Math.max(...refs.map((ref) => STRICTER.indexOf(ref)));
  return { conflictingRef: STRICTER[rank]!, nameGuard: guards.includes(true) };
}

/** The request asked for less than what holds. */
const isOverruled = (asked: MergeOptions['policy'], holds: MatchPolicy): boolean =>
  (asked?.conflictingRef !== undefined &&
    STRICTER.indexOf(asked.conflictingRef) < STRICTER.indexOf(holds.conflictingRef)) ||
  (asked?.nameGuard === false && holds.nameGuard);

function nobodyYet(world: ModelWorld, caller: ModelCaller): ModelPerson {
  const attributes = { first_name: null, middle_name: null, last_name: null, gender: null, birth_date: null };
  return {
    ...{ id: String(world.nextId), attributes, ref: null, createdBy: caller.person, assignedTo: [] },
    ...{ login: false, deleted: false, emails: [], phones: [], memberships: [] },
  };
}

/** Once per pair, ever. */
function queue(world: ModelWorld, pairs: readonly ModelPair[]): void {
  for (const pair of pairs) {
    const isSame = (known: ModelPair): boolean =>
      (known.one === pair.one && known.other === pair.other) ||
      (known.one === pair.other && known.other === pair.one);
    if (!world.pairs.some(isSame)) world.pairs.push(pair);
  }
}

/** The same words for the same place; how an e-mail or a phone is spelled makes no difference. */
function nameOfHeld(entry: ModelEntry, place: readonly string[]): string {
  const points = (values: ModelEntry['emails'] = []): unknown =>
    values?.map(({ key, primary }) => JSON.stringify([key, primary])).sort();
  return JSON.stringify([
    [...place].sort(),
    entry.attributes,
    ...[entry.ref, points(entry.emails), points(entry.phones)].map((each) => [each === null, each]),
  ]);
}

/** The same held entry again raises its counter. */
function hold(world: ModelWorld, entry: string, candidates: readonly ModelPerson[]): void {
  const known = world.held.find((held) => held.entry === entry);
  if (known) known.times += 1;
  else world.held.push({ entry, candidates: candidates.map(({ id }) => id), times: 1 });
}
