import { isStorable, type JsonObject } from '../../jsonapi/http/index.js';
import { entryError, type EntryError } from '../merge/index.js';

/** The groups that an entry or a search names, in whatever spelling. */
export interface NamedGroups {
  readonly named: { readonly ids?: readonly string[]; readonly externalRefs?: readonly string[] };
  /** `groups`, and `groups/<n>` for the n-th. */
  readonly pointers: Readonly<Record<string, string>>;
}

interface Spelling {
  readonly name: string;
  readonly kind: 'ids' | 'externalRefs';
  /** The names in the singular also take one alone. */
  readonly alone: boolean;
}

const SPELLINGS: readonly Spelling[] = [
  { name: 'group_id', kind: 'ids', alone: true },
  { name: 'group_ids', kind: 'ids', alone: false },
  { name: 'group_external_ref', kind: 'externalRefs', alone: true },
  { name: 'groups_external_refs', kind: 'externalRefs', alone: false },
];

/** `null` is as if it had not been sent; `[]` is a list. */
export const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

const givenSpellings = (value: JsonObject): Spelling[] =>
  SPELLINGS.filter(({ name }) => Object.hasOwn(value, name) && isGiven(value[name]));

/** Groups are named by ids or by references. */
export const namesGroupsTwice = (value: JsonObject): boolean =>
  new Set(givenSpellings(value).map(({ kind }) => kind)).size > 1;

/** @param pointer where `value` stands. @returns no groups where one of them cannot be read, or none is named */
export function readGroups(
  value: JsonObject,
  pointer: string,
): { groups: NamedGroups | undefined; faults: EntryError[] } {
  const spellings = givenSpellings(value);
  const found = spellings.flatMap((spelling) => readSpelling(value[spelling.name], spelling, pointer));
  const faults = found.flatMap(({ fault }) => fault ?? []);
  const [first] = spellings;
  if (!first || faults.length > 0) return { groups: undefined, faults };
  const pointers = Object.fromEntries(found.map((one, i) => [`groups/${i}`, one.pointer]));
  return {
    groups: {
      named: { [first.kind]: found.map(({ name }) => name) },
      pointers: { groups: `${pointer}/${first.name}`, ...pointers },
    },
    faults,
  };
}

interface Found {
  readonly name: string;
  readonly pointer: string;
  readonly fault?: EntryError;
}

function readSpelling(sent: unknown, spelling: Spelling, pointer: string): Found[] {
  const at = `${pointer}/${spelling.name}`;
  if (Array.isArray(sent)) return sent.map((one: unknown, i) => readName(one, spelling.kind, `${at}/${i}`));
  if (spelling.alone) return [readName(sent, spelling.kind, at)];
  return [unreadable('A list is wanted here, such as ["7", "8"].', at)];
}

/** Ids may be numbers, as they are wherever plain JSON is spoken. */
function readName(sent: unknown, kind: Spelling['kind'], pointer: string): Found {
  const name = kind === 'ids' && Number.isSafeInteger(sent) ? String(sent) : sent;
  if (typeof name === 'string' && isStorable(name)) return { name, pointer };
  return unreadable('A group is named by a text.', pointer);
}

const unreadable = (detail: string, pointer: string): Found => ({
  name: '',
  pointer,
  fault: entryError('invalid_attribute', detail, pointer),
});
