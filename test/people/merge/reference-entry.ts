import { domainToASCII } from 'node:url';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Entry } from '../../../src/people/merge/entry.js';

/** What was sent for one contact point, and the key that it is compared by. */
export interface ModelValue {
  readonly text: string;
  readonly key: string;
  readonly primary: boolean | undefined;
}

/** An entry in normal form. `undefined` is not given, `null` clears. */
export interface ModelEntry {
  readonly attributes: Readonly<Record<string, string | null | undefined>>;
  readonly ref: string | null | undefined;
  readonly emails: readonly ModelValue[] | null | undefined;
  readonly phones: readonly ModelValue[] | null | undefined;
  readonly valid: boolean;
}

export const NAME_ATTRIBUTES = ['first_name', 'middle_name', 'last_name'] as const;
export const ALL_ATTRIBUTES = [...NAME_ATTRIBUTES, 'gender', 'birth_date'] as const;

/** Names are compared by NFKC and case fold. */
export const foldedName = (name: string): string =>
  tidy(name).normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

const tidy = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ');
const isBlank = (text: string): boolean => /^[\s\u200b\u0007\u2060]*$/.test(text);

export function readModelEntry(entry: Entry, region: string): ModelEntry {
  let valid = true;
  const attributes: Record<string, string | null | undefined> = {};
  for (const name of ALL_ATTRIBUTES) {
    const sent = entry.attributes[name];
    if (typeof sent !== 'string') attributes[name] = sent;
    else if (!isBlank(sent)) attributes[name] = tidy(sent);
  }
  let ref = entry.externalRef;
  if (typeof ref === 'string' && isBlank(ref)) ref = undefined;
  if (typeof ref === 'string' && ref !== ref.trim()) valid = false;

  const emails = readValues(entry.emails, (input) => input.email, emailForm);
  const phones = readValues(
    entry.phones,
    (input) => input.number,
    (text) => phoneForm(text, region),
  );
  if (emails === 'invalid' || phones === 'invalid') valid = false;
  return {
    ...{ attributes, ref, valid },
    emails: emails === 'invalid' ? undefined : emails,
    phones: phones === 'invalid' ? undefined : phones,
  };
}

function readValues<T extends { readonly primary?: boolean }>(
  inputs: readonly T[] | null | undefined,
  textOf: (input: T) => string | undefined,
  formOf: (text: string) => string | undefined,
): ModelValue[] | null | undefined | 'invalid' {
  if (inputs === null || inputs === undefined) return inputs;
  const values: ModelValue[] = [];
  let primaries = 0;
  for (const input of inputs) {
    const text = textOf(input);
    if (text === undefined || isBlank(text)) continue;
    const key = formOf(text);
    if (key === undefined) return 'invalid';
    if (input.primary === true) primaries += 1;
    values.push({ text: text.trim(), key, primary: input.primary });
  }
  if (primaries > 1) return 'invalid';
  return values;
}

/** Trimmed, NFC, lower-cased, the domain in ASCII. */
function emailForm(text: string): string | undefined {
  const parts = text.trim().normalize('NFC').toLowerCase().split('@');
  const [local, domain] = parts;
  if (parts.length !== 2 || !local || !domain || !domain.includes('.')) return undefined;
  return `${local}@${domainToASCII(domain)}`;
}

/** E.164; what cannot be parsed compares by its digits. */
function phoneForm(text: string, region: string): string | undefined {
  const number = parsePhoneNumberFromString(text, region as 'US');
  if (number?.isPossible()) return number.number;
  const digits = text.replace(/\D/g, '');
  return digits === '' ? undefined : digits;
}
