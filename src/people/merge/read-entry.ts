import { isStorable } from '../../jsonapi/http/index.js';
import {
  ATTRIBUTES,
  entryError,
  pointerTo,
  type AttributeName,
  type EmailInput,
  type Entry,
  type EntryError,
  type PhoneInput,
} from './entry.js';
import {
  emailKey,
  externalRefProblem,
  isUnusable,
  phoneKey,
  storedName,
  type Unusable,
} from './identity-keys.js';
import { entryKeys, type NormalEmail, type NormalEntry, type NormalPhone } from './normal-entry.js';

const LONGEST: Readonly<Record<AttributeName, number>> = {
  ...{ first_name: 200, middle_name: 200, last_name: 200 },
  ...{ gender: 50, birth_date: 10 },
};

/** Collects what cannot be used, so that all of an entry's problems are told at once. */
class Problems {
  readonly errors: EntryError[];

  constructor(known: readonly EntryError[] = []) {
    this.errors = [...known];
  }

  add(detail: string, pointer: string | undefined): undefined {
    this.errors.push(entryError('invalid_attribute', detail, pointer));
    return undefined;
  }

  usable<T extends object>(value: T | Unusable, pointer: string | undefined): T | undefined {
    return isUnusable(value) ? this.add(value.problem, pointer) : value;
  }
}

/** Checks an entry's values and brings them into normal form. Pure. @param region for phones without a country code */
export function readEntry(entry: Entry, region: string): NormalEntry {
  const problems = new Problems(entry.faults);
  const attributes = readAttributes(entry, problems);
  const identity = {
    externalRef: readRef(entry, problems),
    emails: readPoints(entry.emails, problems, readEmail),
    phones: readPoints(entry.phones, problems, (input, found) => readPhone(input, region, found)),
  };
  return { source: entry, attributes, ...identity, keys: entryKeys(identity), errors: problems.errors };
}

function readAttributes(entry: Entry, problems: Problems): NormalEntry['attributes'] {
  const read: Partial<Record<AttributeName, string | null>> = {};
  for (const name of ATTRIBUTES) {
    const value = entry.attributes[name];
    if (value === undefined) continue;
    const stored = value === null ? null : readAttribute(name, value, pointerTo(entry, name), problems);
    if (stored !== undefined) read[name] = stored;
  }
  return read;
}

/** `undefined` for blanks, which never clear. The doors are typed, but what they pass on came from JSON. */
function readAttribute(
  name: AttributeName,
  value: unknown,
  pointer: string | undefined,
  problems: Problems,
): string | undefined {
  if (typeof value !== 'string') return problems.add('A string is wanted here.', pointer);
  if (!isStorable(value))
    return problems.add('This text cannot be stored; remove what is no character.', pointer);
  const stored = storedName(value);
  if (name === 'birth_date' && stored !== '' && !isDate(stored))
    return problems.add('A date such as 1815-12-10 is wanted here.', pointer);
  if (stored.length > LONGEST[name])
    return problems.add(`At most ${LONGEST[name]} characters are kept here.`, pointer);
  return stored === '' ? undefined : stored;
}

function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) && text > '0001' ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function readRef(entry: Entry, problems: Problems): string | null | undefined {
  const { externalRef } = entry;
  if (externalRef === undefined || externalRef === null) return externalRef;
  const pointer = pointerTo(entry, 'external_ref');
  if (typeof externalRef !== 'string') return problems.add('A string is wanted here.', pointer);
  if (externalRef.trim() === '') return undefined;
  const problem = externalRefProblem(externalRef);
  return problem ? problems.add(problem, pointer) : externalRef;
}

interface Flagged {
  readonly primary?: boolean;
  readonly pointer: string;
}

/** One of the kind at most may be asked to be primary; a blank one is as missing, whatever it asks for. */
function readPoints<Input, Point extends Flagged>(
  inputs: readonly Input[] | null | undefined,
  problems: Problems,
  read: (input: Input, problems: Problems) => Point | undefined,
): Point[] | null | undefined {
  if (inputs === undefined || inputs === null) return inputs;
  const points = inputs.flatMap((input) => read(input, problems) ?? []);
  const [, second] = points.filter(({ primary }) => primary === true);
  if (second) problems.add('Only one can be primary; set `primary` on one of them.', second.pointer);
  return points;
}

function readEmail(input: EmailInput, problems: Problems): NormalEmail | undefined {
  const { email, ...rest } = input;
  if (email !== undefined && email !== null && typeof email !== 'string')
    return problems.add('A string is wanted here.', input.pointer);
  if (!email?.trim()) return input.id === undefined ? undefined : rest;
  const key = problems.usable(emailKey(email), input.pointer);
  return key && { ...rest, ...key };
}

function readPhone(input: PhoneInput, region: string, problems: Problems): NormalPhone | undefined {
  const { number, ...rest } = input;
  const texts = [number, input.location, input.extension].filter(
    (text) => text !== undefined && text !== null,
  );
  if (!texts.every((text) => typeof text === 'string' && isStorable(text)))
    return problems.add('A string is wanted here.', input.pointer);
  if (!number?.trim()) return input.id === undefined ? undefined : rest;
  const key = problems.usable(phoneKey(number, region, input.extension), input.pointer);
  if (!key) return undefined;
  const { extension, ...form } = key;
  return { ...rest, ...form, ...((extension !== null || input.extension === null) && { extension }) };
}
