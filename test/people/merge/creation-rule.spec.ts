import { person, plan, verdict, type EntryWords } from './planning-world.js';

const EMAIL = 'ada@example.org';
const PHONE = '212 555 0100';
const inBoth = { groups: { 1: null, 2: null } };
const ada = person('10', { first: 'Ada', last: 'Lovelace', emails: [EMAIL], ...inBoth });

describe('the creation rule', () => {
  it.each<[EntryWords, boolean, boolean]>([
    [{ ref: 'R1' }, true, true],
    [{ email: EMAIL, first: 'Ada' }, true, true],
    [{ email: EMAIL, last: 'Lovelace' }, true, true],
    [{ phone: PHONE, first: 'Ada' }, true, true],
    [{ phone: PHONE, last: 'Lovelace' }, true, true],
    [{ email: EMAIL }, false, false],
    [{ email: EMAIL, middle: 'King' }, false, false],
    [{ first: 'Ada' }, false, true],
    [{ first: 'Ada', last: 'Lovelace' }, false, true],
    [{ last: 'Lovelace' }, false, false],
    [{ gender: 'female' }, false, false],
    [{ ref: ' ', email: '', first: 'Ada' }, false, true],
    [{}, false, false],
  ])('%j: in a batch %s, from names alone %s', (entry, inBatch, fromNames) => {
    expect(verdict(plan([entry]))).toBe(inBatch ? 'created' : 'failed insufficient_information');
    expect(verdict(plan([entry], { options: { creationFromNamesAlone: true } }))).toBe(
      fromNames ? 'created' : 'failed insufficient_information',
    );
  });

  it.each<[string, EntryWords, string]>([
    ['its only e-mail', { person: '10', emails: null }, 'failed insufficient_information'],
    ['its only e-mail for a phone', { person: '10', emails: null, phone: PHONE }, 'updated 10'],
    ['its only e-mail for a reference', { person: '10', emails: null, ref: 'R1' }, 'updated 10'],
    ['one of its names', { person: '10', first: null }, 'updated 10'],
    ['both of its names', { person: '10', first: null, last: null }, 'failed insufficient_information'],
    [
      'both of its names by a match',
      { email: EMAIL, first: null, last: null },
      'failed insufficient_information',
    ],
  ])('lets nobody lose %s', (_what, entry, expected) => {
    expect(verdict(plan([entry], { people: [ada] }))).toBe(expected);
  });

  it('keeps the first name of a person that was made from it', () => {
    const people = [person('10', { first: 'Ada', ...inBoth })];
    expect(verdict(plan([{ person: '10', first: null }], { people }))).toBe(
      'failed insufficient_information',
    );
    expect(verdict(plan([{ person: '10', first: 'Eve' }], { people }))).toBe('updated 10');
  });

  it('does not count a reference in a group out of reach', () => {
    const people = [person('10', { first: 'Ada', emails: [EMAIL], groups: { 1: null, 77: 'R1' } })];
    expect(verdict(plan([{ person: '10', emails: null }], { people }))).toBe(
      'failed insufficient_information',
    );
  });
});
