import { JsonApiError, type Problem } from '../jsonapi/index.js';
import { pointerIn, PRIMARY, type Draft } from '../jsonapi/operations/index.js';
import { membershipInput } from './membership-input.js';
import type { AssignmentInput, EmailInput, Entry, PhoneInput } from './merge/index.js';

/** What is known of the person and of her records before a draft about her is read. */
export interface DraftPerson {
  /** Absent: whom the entry means is found out. */
  readonly personId?: string;
  /** The groups of the memberships that the draft names by id. */
  readonly groupsOf: ReadonlyMap<string, string>;
}

/** Types in `included` that the merge room writes; an assignment with an id is there already, and changes by itself. */
const isOfEntry = ({ resource: { type }, id }: Draft): boolean =>
  ['email_address', 'phone_number', 'group_membership'].includes(type) ||
  (type === 'contact_assignment' && id === undefined);

/** What came along and is written by its own resource, once the person is known. */
export const besideEntry = ({ included }: Draft): Draft[] => included.filter((one) => !isOfEntry(one));

/** The same in words that can be stored. */
function keptBeside(draft: Draft): Entry['beside'] {
  const kept = besideEntry(draft).map(({ resource: { type }, attributes, relationships }) => ({
    ...{ type, attributes, relationships },
  }));
  return kept.length > 0 ? kept : undefined;
}

/** A JSON:API document about a person as an entry of the merge room. @throws JsonApiError for what cannot be written this way */
export function draftToEntry(draft: Draft, person: DraftPerson): Entry {
  const problems: Problem[] = [];
  const entry = readDraftEntry(draft, person, problems);
  if (problems.length > 0) throw new JsonApiError(problems);
  return entry;
}

/** The same; what cannot be written this way is collected. */
export function readDraftEntry(
  draft: Draft,
  { personId, groupsOf }: DraftPerson,
  problems: Problem[],
): Entry {
  const included = draft.included.filter(isOfEntry);
  const of = (type: string): Draft[] => included.filter(({ resource }) => resource.type === type);
  const { external_ref: externalRef, ...attributes } = draft.attributes as Record<string, string | null>;
  const emails = of('email_address').map((one) => contactPoint(one, personId, problems) as EmailInput);
  const phones = of('phone_number').map((one) => contactPoint(one, personId, problems) as PhoneInput);
  const memberships = of('group_membership').map((one) => {
    requirePrimary(one, 'person', personId, problems);
    return membershipInput(one, problems, groupsOf.get(one.id ?? ''));
  });
  const assignments = of('contact_assignment').map((one) => assignment(one, problems));
  const ids = groupIds(draft, personId, problems);
  return {
    index: 0,
    personId,
    attributes,
    externalRef,
    emails: emails.length > 0 ? emails : undefined,
    phones: phones.length > 0 ? phones : undefined,
    groups: ids && { ids },
    memberships: memberships.length > 0 ? memberships : undefined,
    assignments,
    beside: personId === undefined ? keptBeside(draft) : undefined,
    pointers: pointersOf(draft, ids),
  };
}

function pointersOf(
  { pointer, attributes, pointers }: Draft,
  ids: readonly string[] | undefined,
): Record<string, string> {
  const said = Object.keys(attributes).map((name) => [name, `${pointer}/attributes/${name}`] as const);
  const groups = pointers['groups'] ?? pointer;
  const each = (ids ?? []).map((_, i) => [`groups/${i}`, `${groups}/data/${i}`] as const);
  return { entry: pointer, ...Object.fromEntries(said), groups, ...Object.fromEntries(each) };
}

/** Naming no group puts a new person nowhere, and takes nothing but groups from one that there is. */
function groupIds(
  draft: Draft,
  personId: string | undefined,
  problems: Problem[],
): readonly string[] | undefined {
  for (const name of Object.keys(draft.relationships))
    if (name !== 'groups')
      problems.push({
        code: 'read_only',
        detail: `The relationship "${name}" of a person is not written here; use the resources in it.`,
        source: { pointer: draft.pointers[name] },
      });
  const ids = draft.relationships['groups'] as readonly string[] | undefined;
  return personId !== undefined && ids?.length === 0 ? undefined : ids;
}

function contactPoint(
  one: Draft,
  personId: string | undefined,
  problems: Problem[],
): { id?: string; idPointer?: string; pointer: string } {
  requirePrimary(one, 'person', personId, problems);
  const value = one.resource.type === 'email_address' ? 'email' : 'number';
  const idPointer = one.id === undefined ? undefined : `${one.pointer}/id`;
  return { id: one.id, ...one.attributes, pointer: pointerIn(one)(value), idPointer };
}

/** `assigned_to_id` or `person_id`; the omitted end becomes the person of the document. */
function assignment(one: Draft, problems: Problem[]): AssignmentInput {
  const end = (name: string): string | undefined => {
    const id = one.relationships[name];
    return typeof id === 'string' && id !== PRIMARY ? id : undefined;
  };
  const [assignedToId, personId] = [end('assigned_to'), end('person')];
  if ((assignedToId === undefined) === (personId === undefined))
    problems.push({
      code: 'invalid_assignment',
      detail:
        'Give either `assigned_to_id` or `person_id`; the omitted one becomes the person of this document.',
      source: { pointer: one.pointer },
    });
  const groupId = one.relationships['group'] as string | null | undefined;
  return {
    assignedToId,
    personId,
    groupId,
    note: one.attributes['note'] as string | null | undefined,
    pointer: one.pointer,
  };
}

function requirePrimary(one: Draft, name: string, personId: string | undefined, problems: Problem[]): void {
  const end = one.relationships[name];
  if (end === undefined || end === null || end === PRIMARY || (personId !== undefined && end === personId))
    return;
  const detail = 'What comes along belongs to the person of this document; leave `person` out.';
  problems.push({ code: 'contradiction', detail, source: { pointer: one.pointers[name] } });
}
