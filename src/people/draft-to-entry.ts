import { JsonApiError, PRIMARY, type Draft, type Problem } from '../jsonapi/index.js';
import type { AssignmentInput, EmailInput, Entry, MembershipInput, PhoneInput } from './merge/index.js';

/** A JSON:API document about a person as an entry of the merge room. @throws JsonApiError for what cannot be written this way */
export function draftToEntry(draft: Draft, personId?: string): Entry {
  const problems: Problem[] = [];
  const of = (type: string): Draft[] => draft.included.filter(({ resource }) => resource.type === type);
  const { external_ref: externalRef, ...attributes } = draft.attributes as Record<string, string | null>;
  const emails = of('email_address').map((one) => contactPoint(one, personId, problems) as EmailInput);
  const phones = of('phone_number').map((one) => contactPoint(one, personId, problems) as PhoneInput);
  const memberships = of('group_membership').map((one) => membership(one, personId, problems));
  const assignments = of('contact_assignment').map((one) => assignment(one, problems));
  const ids = groupIds(draft, personId, problems);
  if (problems.length > 0) throw new JsonApiError(problems);
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

/** Groups of a person are named at creation; the other relationships are written by their own resources. */
function groupIds(
  draft: Draft,
  personId: string | undefined,
  problems: Problem[],
): readonly string[] | undefined {
  for (const name of Object.keys(draft.relationships))
    if (name !== 'groups' || personId !== undefined)
      problems.push({
        code: 'read_only',
        detail: `The relationship "${name}" of a person is not written here; use the resources in it.`,
        source: { pointer: draft.pointers[name] },
      });
  return draft.relationships['groups'] as readonly string[] | undefined;
}

function contactPoint(
  one: Draft,
  personId: string | undefined,
  problems: Problem[],
): { id?: string; pointer: string } {
  requirePrimary(one, 'person', personId, problems);
  return { id: one.id, ...one.attributes, pointer: one.pointer };
}

function membership(one: Draft, personId: string | undefined, problems: Problem[]): MembershipInput {
  requirePrimary(one, 'person', personId, problems);
  const {
    role,
    archived_at: archivedAt,
    group_external_ref: groupExternalRef,
  } = one.attributes as Record<string, string | null>;
  const groupId = one.relationships['group'] as string | null | undefined;
  if (one.id === undefined && !groupId && !groupExternalRef)
    problems.push({
      code: 'invalid_attribute',
      detail: 'Name the group by `group_id` or `group_external_ref`.',
      source: { pointer: one.pointer },
    });
  return {
    ...(groupId && { groupId }),
    ...(groupExternalRef && { groupExternalRef }),
    role: role ?? undefined,
    archivedAt,
    pointer: one.pointer,
  };
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
