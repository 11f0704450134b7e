import type { AttributeName, Entry, EntryError } from './entry.js';
import type { ComparedKeys } from './match-report.js';

/** A contact point as it was sent, with what it is compared by. Without a value it only changes the record `id`. */
export interface NormalEmail {
  readonly id?: string;
  readonly idPointer?: string;
  readonly email?: string;
  readonly normalForm?: string;
  readonly primary?: boolean;
  readonly pointer: string;
}

export interface NormalPhone {
  readonly id?: string;
  readonly idPointer?: string;
  readonly number?: string;
  readonly e164?: string | null;
  readonly normalForm?: string;
  readonly primary?: boolean;
  readonly location?: string | null;
  readonly extension?: string | null;
  readonly pointer: string;
}

/** An entry whose values are checked and in normal form; what could not be used is in `errors` and nowhere else. */
export interface NormalEntry {
  readonly source: Entry;
  readonly attributes: Readonly<Partial<Record<AttributeName, string | null>>>;
  readonly externalRef: string | null | undefined;
  readonly emails: readonly NormalEmail[] | null | undefined;
  readonly phones: readonly NormalPhone[] | null | undefined;
  readonly keys: EntryKeys;
  readonly errors: readonly EntryError[];
}

/** What an entry is searched by. */
export interface EntryKeys {
  readonly externalRef: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

const formsOf = (points: readonly { readonly normalForm?: string }[] | null | undefined): string[] => [
  ...new Set((points ?? []).flatMap(({ normalForm }) => normalForm ?? [])),
];

export const entryKeys = ({
  externalRef,
  emails,
  phones,
}: Pick<NormalEntry, 'externalRef' | 'emails' | 'phones'>): EntryKeys => ({
  externalRef: externalRef ?? null,
  emails: formsOf(emails),
  phones: formsOf(phones),
});

/** The keys of all entries, each once. */
export function keysOf(entries: readonly NormalEntry[]): {
  refs: string[];
  emails: string[];
  phones: string[];
} {
  return {
    refs: [...new Set(entries.flatMap(({ keys }) => keys.externalRef ?? []))],
    emails: [...new Set(entries.flatMap(({ keys }) => keys.emails))],
    phones: [...new Set(entries.flatMap(({ keys }) => keys.phones))],
  };
}

export const comparedKeys = ({ externalRef, emails, phones }: EntryKeys): ComparedKeys => ({
  external_ref: externalRef,
  email_addresses: emails,
  phone_numbers: phones,
});
