import { ALL_ATTRIBUTES, NAME_ATTRIBUTES, type ModelEntry, type ModelValue } from './reference-entry.js';
import type { ModelScope } from './reference-matching.js';
import {
  liveMembershipIn,
  liveMembershipsOf,
  type ModelPair,
  type ModelPerson,
  type ModelPoint,
  type ModelWorld,
} from './reference-world.js';

/** What the steps of section 3 leave beside the person. */
export interface ModelNotes {
  readonly warnings: string[];
  readonly pairs: ModelPair[];
  readonly groupsAdded: string[];
}

/** Missing: unchanged. `null`: cleared. */
export function writeAttributes(
  person: ModelPerson,
  entry: ModelEntry,
  isProtected: boolean,
  notes: ModelNotes,
): void {
  for (const name of ALL_ATTRIBUTES) {
    const sent = entry.attributes[name];
    if (sent === undefined || sent === person.attributes[name]) continue;
    if (isProtected && (NAME_ATTRIBUTES as readonly string[]).includes(name))
      notes.warnings.push('protected_person');
    else person.attributes[name] = sent;
  }
}

/** Many per person, one primary. */
export function writePoints(
  before: readonly ModelPoint[],
  sent: readonly ModelValue[] | null | undefined,
  isProtected: boolean,
  notes: ModelNotes,
): ModelPoint[] {
  if (sent === undefined) return [...before];
  if (sent === null) {
    if (!isProtected || before.length === 0) return [];
    notes.warnings.push('protected_person');
    return [...before];
  }
  const points: ModelPoint[] = before.map((point) => ({ ...point }));
  const added: ModelValue[] = [];
  for (const value of sent) {
    if (points.some(({ key }) => key === value.key)) continue;
    points.push({ text: value.text, key: value.key, primary: false });
    added.push(value);
  }
  const chosen = choosePrimary(points, sent, added);
  const current = before.find(({ primary }) => primary);
  if (chosen === undefined || chosen === current?.key) return points;
  if (isProtected) {
    notes.warnings.push('protected_person');
    return current ? points : [...before];
  }
  for (const point of points) point.primary = point.key === chosen;
  return points;
}

/** Whoever is flagged; else the first new one; the first of its kind in any case. */
function choosePrimary(
  points: readonly ModelPoint[],
  sent: readonly ModelValue[],
  added: readonly ModelValue[],
): string | undefined {
  for (const value of sent) if (value.primary === true) return value.key;
  for (const value of added) if (value.primary !== false) return value.key;
  if (!points.some(({ primary }) => primary)) return points[0]?.key;
  return undefined;
}

interface Placing {
  readonly world: ModelWorld;
  readonly scope: ModelScope;
  readonly entry: ModelEntry;
  /** The groups that the person is put into. */
  readonly joins: readonly string[];
}

/** References first, in the memberships that are there; then the memberships that the entry adds. */
export function writeGroups(person: ModelPerson, placing: Placing, notes: ModelNotes): void {
  const { scope, entry, joins } = placing;
  const knownBefore = knownRef(person, scope);
  const inScopeBefore = refsOfScope(person, scope);
  for (const membership of liveMembershipsOf(person)) {
    if (entry.ref === undefined) continue;
    const isInScope = scope.groups.includes(membership.group);
    const other = entry.ref === null ? undefined : holderOf(placing, person, membership.group, entry.ref);
    if (other && !scope.accessible.includes(membership.group)) addPair(notes, person, other);
    if (!isInScope) continue;
    if (other) conflict(notes, person, other);
    else membership.ref = entry.ref;
  }
  for (const group of joins) {
    if (liveMembershipIn(person, group)) continue;
    const archived = person.memberships.find((membership) => membership.group === group);
    const ref = entry.ref === undefined ? (archived?.ref ?? knownBefore) : entry.ref;
    const other = ref === null ? undefined : holderOf(placing, person, group, ref);
    if (other) {
      conflict(notes, person, other);
      continue;
    }
    if (archived) Object.assign(archived, { archived: false, role: 'contact', ref });
    else person.memberships.push({ group, role: 'contact', ref, archived: false });
    notes.groupsAdded.push(group);
  }
  if (liveMembershipsOf(person).length > 0) person.ref = null;
  else if (entry.ref !== undefined) person.ref = entry.ref;
  const isReplaced =
    inScopeBefore.length > 0 &&
    typeof entry.ref === 'string' &&
    !inScopeBefore.includes(entry.ref) &&
    refsOfScope(person, scope).includes(entry.ref);
  if (isReplaced) notes.warnings.push('external_ref_replaced');
}

function refsOfScope(person: ModelPerson, scope: ModelScope): string[] {
  const live = liveMembershipsOf(person);
  const refs = live.filter(({ group }) => scope.groups.includes(group)).map(({ ref }) => ref);
  if (live.length === 0) refs.push(person.ref);
  return refs.filter((ref) => ref !== null);
}

/** The one that the caller sees: of the oldest membership within reach that has one; of the person without a group. */
export function knownRef(person: ModelPerson, scope: Pick<ModelScope, 'accessible'>): string | null {
  const live = liveMembershipsOf(person);
  if (live.length === 0) return person.ref;
  for (const { group, ref } of live) if (ref !== null && scope.accessible.includes(group)) return ref;
  return null;
}

/** Somebody else of the group who has the reference there. */
function holderOf(
  { world }: Placing,
  person: ModelPerson,
  group: string,
  ref: string,
): ModelPerson | undefined {
  for (const other of world.people) {
    if (other.deleted || other.id === person.id) continue;
    if (liveMembershipIn(other, group)?.ref === ref) return other;
  }
  return undefined;
}

function conflict(notes: ModelNotes, person: ModelPerson, other: ModelPerson): void {
  notes.warnings.push('membership_conflict');
  addPair(notes, person, other);
}

const addPair = (notes: ModelNotes, person: ModelPerson, other: ModelPerson): void => {
  notes.pairs.push({ kind: 'pair', one: person.id, other: other.id });
};

/** A reference, or an e-mail or phone and a first or last name. */
export function fulfilsCreationRule(person: ModelPerson, scope: Pick<ModelScope, 'accessible'>): boolean {
  if (knownRef(person, scope) !== null) return true;
  const hasName = person.attributes['first_name'] !== null || person.attributes['last_name'] !== null;
  return (person.emails.length > 0 || person.phones.length > 0) && hasName;
}
