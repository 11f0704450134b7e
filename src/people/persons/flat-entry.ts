import { isObject, type JsonObject } from '../../jsonapi/http/index.js';
import {
  ATTRIBUTES,
  entryError,
  MATCH_REPORT_MEMBERS,
  type Entry,
  type EntryError,
  type Warning,
} from '../merge/index.js';
import { unknownAttributes } from '../unknown-attributes.js';
import { isGiven, readGroups, type NamedGroups } from './named-groups.js';

/** What one entry may say, flat; the groups apart, which have several spellings. */
export const FLAT_ATTRIBUTES = [...ATTRIBUTES, 'external_ref', 'email_address', 'phone_number'] as const;
export type FlatAttribute = (typeof FLAT_ATTRIBUTES)[number];

/** An entry as it was sent, and as the merge room takes it. */
export interface FlatEntry {
  readonly entry: Entry;
  /** What can be shown again of an entry that fails. */
  readonly sent: Readonly<Partial<Record<FlatAttribute, string | null>>>;
  readonly groups: NamedGroups | undefined;
  readonly warnings: readonly Warning[];
}

/** What an answer says beside the entry: it may be sent back, and says nothing then. */
export const ANSWER_MEMBERS = [
  ...['identifier', 'success', 'failure_reason', 'failure_code', 'errors'],
  ...Object.keys(MATCH_REPORT_MEMBERS),
];

/** Reads one of `persons`. What cannot be read fails that entry, with all its problems; the others go on. */
export function readFlatEntry(value: unknown, index: number): FlatEntry {
  const pointer = `/persons/${index}`;
  if (!isObject(value)) {
    const fault = entryError('invalid_attribute', 'An entry is an object; write it in braces.', pointer);
    return { entry: emptyEntry(index, pointer, [fault]), sent: {}, groups: undefined, warnings: [] };
  }
  const { groups, faults } = readGroups(value, pointer);
  const given = givenMembers(value);
  return {
    entry: readMembers(given, index, pointer, groups, faults),
    sent: sentAttributes(given),
    groups,
    warnings: unknownAttributes(
      Object.keys(value).filter((name) => !KNOWN.has(name)),
      pointer,
    ),
  };
}

const emptyEntry = (index: number, pointer: string, faults: readonly EntryError[]): Entry => ({
  index,
  attributes: {},
  assignments: [],
  pointers: { entry: pointer },
  faults,
});

/** Values go on as they are, whatever they are: the merge room checks them, for every door alike. */
type Given = Partial<Record<FlatAttribute, string | null>>;

function givenMembers(value: JsonObject): Given {
  const given: Record<string, unknown> = {};
  for (const name of FLAT_ATTRIBUTES) if (Object.hasOwn(value, name)) given[name] = value[name];
  return given as Given;
}

function readMembers(
  given: Given,
  index: number,
  pointer: string,
  groups: NamedGroups | undefined,
  faults: readonly EntryError[],
): Entry {
  const { external_ref: externalRef, email_address: email, phone_number: number, ...attributes } = given;
  const [emails, phones] = [`${pointer}/email_address`, `${pointer}/phone_number`];
  const pointers: Record<string, string> = { entry: pointer, emails, phones, ...groups?.pointers };
  for (const name of Object.keys(given)) pointers[name] = `${pointer}/${name}`;
  return {
    index,
    attributes,
    externalRef,
    emails: isGiven(email) ? [{ email, pointer: emails }] : email,
    phones: isGiven(number) ? [{ number, pointer: phones }] : number,
    groups: groups?.named,
    assignments: [],
    pointers,
    faults,
  };
}

/** Anything but texts may be of any size and depth, and says nothing when it comes back. */
function sentAttributes(given: Given): FlatEntry['sent'] {
  const isText = (value: unknown): boolean => value === null || typeof value === 'string';
  if (Object.values(given).every(isText)) return given;
  return Object.fromEntries(Object.entries(given).filter(([, value]) => isText(value)));
}

const KNOWN: ReadonlySet<string> = new Set([
  ...FLAT_ATTRIBUTES,
  ...['group_id', 'group_ids', 'group_external_ref', 'groups_external_refs'],
  ...ANSWER_MEMBERS,
]);
