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
  const entry = { ...emptyEntry(index, pointer, faults), ...readMembers(value, pointer) };
  return {
    entry: groups
      ? { ...entry, groups: groups.named, pointers: { ...entry.pointers, ...groups.pointers } }
      : entry,
    sent: sentAttributes(value),
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

/** Values go on as they are: the merge room checks them, for every door alike. */
function readMembers(value: JsonObject, pointer: string): Partial<Entry> {
  const given = FLAT_ATTRIBUTES.filter((name) => Object.hasOwn(value, name));
  const at = (name: FlatAttribute): string => `${pointer}/${name}`;
  const own = <T>(name: FlatAttribute): T | undefined =>
    Object.hasOwn(value, name) ? (value[name] as T) : undefined;
  const [email, number] = [own<string | null>('email_address'), own<string | null>('phone_number')];
  return {
    attributes: Object.fromEntries(ATTRIBUTES.map((name) => [name, own<string | null>(name)])),
    externalRef: own('external_ref'),
    emails: isGiven(email) ? [{ email, pointer: at('email_address') }] : email,
    phones: isGiven(number) ? [{ number, pointer: at('phone_number') }] : number,
    pointers: {
      entry: pointer,
      ...Object.fromEntries(given.map((name) => [name, at(name)])),
      emails: at('email_address'),
      phones: at('phone_number'),
    },
  };
}

/** Anything but texts may be of any size and depth, and says nothing when it comes back. */
const sentAttributes = (value: JsonObject): FlatEntry['sent'] =>
  Object.fromEntries(
    FLAT_ATTRIBUTES.filter((name) => Object.hasOwn(value, name))
      .map((name) => [name, value[name]] as const)
      .filter(([, sent]) => sent === null || typeof sent === 'string'),
  );

const KNOWN: ReadonlySet<string> = new Set([
  ...FLAT_ATTRIBUTES,
  ...['group_id', 'group_ids', 'group_external_ref', 'groups_external_refs'],
  ...ANSWER_MEMBERS,
]);
