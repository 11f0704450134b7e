import { isStorable } from '../../jsonapi/http/index.js';
import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';

/** What cannot be used, in a sentence that says what to do. */
export interface Unusable {
  readonly problem: string;
}

export interface EmailKey {
  readonly email: string;
  readonly normalForm: string;
}

export interface PhoneKey {
  readonly number: string;
  /** `null` when it could not be parsed. */
  readonly e164: string | null;
  readonly normalForm: string;
  readonly extension: string | null;
}

/** Longer ones would not fit into an index of PostgreSQL, and are nobody's. */
const MAX_LENGTH = 255;
/** 64 characters, `@`, and a domain of 255, before anything in it is folded away. */
const MAX_EMAIL_LENGTH = 320;
const NO_EMAIL = { problem: 'This is not an e-mail address; write one such as ada@example.org.' };
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
/** Blanks, and characters that show nothing: controls, joiners, marks of direction, fillers. */
const NOTHING_TO_SEE = /^[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
const EDGE_SPACE = /^\s|\s$/u;
/** Delimiters of urls, which a url parser would take apart or decode. */
const NOT_OF_A_DOMAIN = /[%/?#:@\\[\]<>^|\s]/u;

export const isUnusable = (value: object): value is Unusable => 'problem' in value;

/**
 * Trimmed, NFC, lower case, the domain in ASCII; dots and `+tags` are kept, since only the mail host knows what they
 * mean.
 */
export function emailKey(text: string): EmailKey | Unusable {
  const email = text.trim();
  if (email.length > MAX_EMAIL_LENGTH) return NO_EMAIL;
  const normal = email.normalize('NFC').toLowerCase().normalize('NFC');
  const at = normal.lastIndexOf('@');
  const domain = normal.slice(at + 1);
  const ascii = isStorable(text) && !NOT_OF_A_DOMAIN.test(domain) ? domainToASCII(domain) : '';
  const normalForm = `${normal.slice(0, at + 1)}${ascii}`;
  if (!ascii || at < 1 || CONTROL.test(normal) || !isEmail(normalForm)) return NO_EMAIL;
  return { email, normalForm };
}

/**
 * E.164 where it can be parsed (in `region`, unless it has a country code), else its digits. An extension belongs to
 * the key: colleagues behind one switchboard are not one person.
 */
export function phoneKey(text: string, region: string, extension?: string | null): PhoneKey | Unusable {
  const number = text.trim();
  if (!isStorable(text) || number.length > MAX_LENGTH || CONTROL.test(number))
    return { problem: 'This is not a phone number; write one such as +1 212 555 0100.' };
  const latin = latinDigits(number);
  const parsed =
    possibleNumber(latin, region) ?? possibleNumber(dialled(latin), region) ?? vanityNumber(latin, region);
  const e164 = parsed?.number ?? null;
  const base = e164 ?? latin.replace(/\D/g, '');
  if (!base) return { problem: 'A phone number needs digits.' };
  const digits = latinDigits(extension ?? '').replace(/\D/g, '') || parsed?.ext || '';
  return { number, e164, normalForm: withExtension(base, digits), extension: digits || null };
}

function possibleNumber(text: string, region: string): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: region as CountryCode, extract: false });
  return parsed?.isPossible() ? parsed : undefined;
}

/** "1-800-FLOWERS" as it is typed on a keypad; a word beside a number seldom makes a valid one. */
function vanityNumber(text: string, region: string): PhoneNumber | undefined {
  if (!/^[+(\d][^a-z]*[a-z][a-z\d\W]*$/i.test(text)) return undefined;
  const typed = text.replace(/[a-z]/gi, (letter) => KEYPAD[letter.toUpperCase().charCodeAt(0) - 65] ?? '');
  const parsed = possibleNumber(dialled(typed), region);
  return parsed?.isValid() ? parsed : undefined;
}

/** The digits of A to Z. */
const KEYPAD = '22233344455566677778889999';

/** What is left of "Tel. +358 40 1234567 (home)" on a keypad. */
const dialled = (text: string): string => text.replace(/[^\d+]/g, '').replace(/(?!^)\+/g, '');

/** The same number's key behind another extension, or behind none. */
export function withExtension(normalForm: string, extension: string | null): string {
  const base = normalForm.replace(/;ext=.*$/, '');
  const digits = latinDigits(extension ?? '').replace(/\D/g, '');
  return digits ? `${base};ext=${digits}` : base;
}

/** The digits of the scripts that phones write them in, full width included. */
function latinDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[\u0966-\u096f]/g, (digit) => String(digit.charCodeAt(0) - 0x966));
}

/** As it is kept and shown: NFC, trimmed, inner blanks collapsed. Empty: as if it had not been given. */
export const storedName = (text: string): string =>
  NOTHING_TO_SEE.test(text) ? '' : text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/** As it is compared: NFKC and full case folding ("STRASSE" is "Straße"), which JavaScript spells upper, then lower. */
export function nameKey(name: string): string {
  const folded = [...storedName(name.normalize('NFKC'))].map(foldCharacter).join('');
  return storedName(folded.normalize('NFKC'));
}

/** A dotless i has no capital of its own, so folding leaves it alone; a capital ẞ is its own, so it goes down first. */
const foldCharacter = (character: string): string =>
  character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();

/** What speaks against an external reference, which is compared byte for byte and therefore never repaired. */
export function externalRefProblem(ref: string): string | undefined {
  if (!isStorable(ref) || CONTROL.test(ref)) return 'An external reference has no control characters.';
  if (EDGE_SPACE.test(ref))
    return 'An external reference neither begins nor ends with white space; remove it.';
  if (ref.length > MAX_LENGTH) return `An external reference has at most ${MAX_LENGTH} characters.`;
  return undefined;
}
