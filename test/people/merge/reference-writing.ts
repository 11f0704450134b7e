import { ALL_ATTRIBUTES, NAME_ATTRIBUTES, type ModelEntry, type ModelValue } from './reference-entry.js';
import type { ModelScope } from './reference-matching.js';
import {
  liveMembershipIn,
  liveMembershipsOf,
  type ModelMembership,
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
  /** With whom a pair was queued for a reference that both would have. */
  readonly queuedWith: string[];
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
  const { world, scope, entry, joins } = placing;
  if (liveMembershipsOf(person).length === 0) writeOwnRef(person, entry.ref, notes);
  else for (const membership of liveMembershipsOf(person)) writeRefOf(person, membership, placing, notes);

  // Who has no reference at all finds those of the archive again, where they are free.
  if (entry.ref === undefined && knownRef(person, scope) === null) {
    for (const membership of person.memberships) {
      const { group, ref, archived } = membership;
      if (!archived || ref === null || !joins.includes(group) || holderOf(world, person, group, ref))
        continue;
      comeBack(membership, ref, notes);
    }
  }
  const known = entry.ref === undefined ? knownRef(person, scope) : entry.ref;
  for (const group of joins) {
    if (liveMembershipIn(person, group)) continue;
    const archived = person.memberships.find((membership) => membership.group === group);
    const ref = known ?? (entry.ref === undefined ? (archived?.ref ?? null) : null);
    const other = ref === null ? undefined : holderOf(world, person, group, ref);
    if (other) conflict(notes, person, other);
    else if (archived) comeBack(archived, ref, notes);
    else {
      person.memberships.push({ group, role: 'contact', ref, archived: false });
      notes.groupsAdded.push(group);
    }
  }
  if (liveMembershipsOf(person).length > 0) person.ref = null;
}

/** Without the rights of before. */
function comeBack(membership: ModelMembership, ref: string | null, notes: ModelNotes): void {
  Object.assign(membership, { archived: false, role: 'contact', ref });
  notes.groupsAdded.push(membership.group);
}

function writeOwnRef(person: ModelPerson, ref: string | null | undefined, notes: ModelNotes): void {
  if (ref === undefined) return;
  noteReplaced(person.ref, ref, notes);
  person.ref = ref;
}

/** To the memberships in `S`; somebody else who holds it in a group out of reach is queued silently. */
function writeRefOf(
  person: ModelPerson,
  membership: ModelMembership,
  { world, scope, entry }: Placing,
  notes: ModelNotes,
): void {
  if (entry.ref === undefined) return;
  const other = entry.ref === null ? undefined : holderOf(world, person, membership.group, entry.ref);
  if (other && !scope.accessible.includes(membership.group)) addPair(notes, person, other);
  if (!scope.groups.includes(membership.group)) return;
  if (other) return conflict(notes, person, other);
  noteReplaced(membership.ref, entry.ref, notes);
  membership.ref = entry.ref;
}

function noteReplaced(before: string | null, after: string | null, notes: ModelNotes): void {
  if (before !== null && after !== null && before !== after) notes.warnings.push('external_ref_replaced');
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
  world: ModelWorld,
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
  notes.queuedWith.push(other.id);
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
