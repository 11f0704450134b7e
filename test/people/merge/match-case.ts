import type { PersonState } from '../../../src/people/merge/person-state.js';
import { pairsOf, person, plan, verdict, warningsOf, type EntryWords, type World } from './planning-world.js';

export const PHONE = '212 555 0100';
export const EMAIL = 'ada@example.org';
type Words = Parameters<typeof person>[1];

/** Members of groups 1 and 2 with the e-mail, or the phone. */
export const withEmail = (id: string, words: Words = {}): PersonState =>
  person(id, { emails: [EMAIL], groups: { 1: null, 2: null }, ...words });
export const withPhone = (id: string, words: Words = {}): PersonState =>
  person(id, { phones: [PHONE], groups: { 1: null, 2: null }, ...words });

/** A row of the matching rules: whom one entry meets, and what becomes of it. */
export interface Case {
  readonly name: string;
  readonly people: readonly PersonState[];
  readonly entry: EntryWords;
  readonly world?: Omit<World, 'people'>;
  readonly verdict: string;
  readonly warnings?: readonly string[];
  readonly pairs?: readonly string[];
}

/** Not said: no warnings, and any pairs. */
export function check(row: Case): void {
  const made = plan([row.entry], { ...row.world, people: row.people });
  expect(verdict(made)).toBe(row.verdict);
  if (row.pairs) expect(pairsOf(made)).toEqual(row.pairs);
  expect(warningsOf(made)).toEqual(row.warnings ?? []);
}
