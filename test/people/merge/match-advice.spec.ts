import type { PersonState } from '../../../src/people/merge/person-state.js';
import { EMAIL, withEmail } from './match-case.js';
import { person, plan, verdict, type EntryWords, type World } from './planning-world.js';

const ada = (words: EntryWords = {}): EntryWords => ({ email: EMAIL, first: 'Ada', ...words });
const separate: World = { options: { policy: { conflictingRef: 'separate' } } };

/** What is said of one entry: its warning of another first name, or why nobody was taken. */
function said(people: readonly PersonState[], entry: EntryWords, world: World = {}): string {
  const [result] = plan([entry], { ...world, people }).results;
  const warning = result?.match.warnings.find(({ code }) => code === 'name_mismatch');
  return warning?.detail ?? result?.errors[0]?.detail ?? '';
}

const became = (people: readonly PersonState[], entry: EntryWords, world: World = {}): string =>
  verdict(plan([entry], { ...world, people }));

describe('Who was taken under another first name', () => {
  const unknown = withEmail('10', { first: 'Eve' });
  const known = withEmail('10', { first: 'Eve', groups: { 1: 'R-1', 2: 'R-1' } });

  it('and has no reference, needs one before another keeps the two apart', () => {
    for (const entry of [ada(), ada({ ref: 'R-2' })])
      expect(said([unknown], entry)).toBe(
        'The person who was found had the first name Eve, and was taken all the same; `changes` tells what was written ' +
          'over. For somebody else, give the one who was found an external reference first, then send the other with an ' +
          'external reference of their own and `conflicting_ref=separate`. `name_guard=true` refuses such an entry.',
      );
    expect(became([unknown], ada({ ref: 'R-2' }), separate)).toBe('updated email_address 10');
    expect(became([known], ada({ ref: 'R-2' }), separate)).toBe('created');
  });

  it('and has a reference, is kept apart by another', () => {
    expect(said([known], ada())).toContain(
      'For somebody else, send an external reference of their own and `conflicting_ref=separate`. ',
    );
    const taken = withEmail('10', { first: 'Ada', groups: { 1: 'R-1', 2: 'R-1' } });
    expect(became([taken], ada({ ref: 'R-2' }), separate)).toBe('created');
  });

  it('and was sent with another reference, is kept apart by the policy alone', () => {
    const match: World = { policy: { conflictingRef: 'match' } };
    expect(said([known], ada({ ref: 'R-2' }), match)).toContain(
      'For somebody else, send it with `conflicting_ref=separate`. ',
    );
    expect(became([known], ada({ ref: 'R-2' }), { ...match, ...separate })).toBe('created');
  });

  it('is not taken under the name guard: left out, the first name takes her; a reference keeps her apart', () => {
    const guard: World = { policy: { nameGuard: true } };
    expect(said([unknown], ada({ ref: 'R-2' }), guard)).toBe(
      'The person who was found has another first name, which `name_guard` forbids. Where she is meant, leave the first ' +
        'name out; for somebody else, give the one who was found an external reference first, then send the other with ' +
        'an external reference of their own and `conflicting_ref=separate`.',
    );
    expect(said([known], ada(), guard)).toContain(
      'for somebody else, send an external reference of their own',
    );
    expect(became([unknown], { email: EMAIL, ref: 'R-2' }, guard)).toBe('updated email_address 10');
    expect(became([known], ada({ ref: 'R-2' }), { ...guard, ...separate })).toBe('created');
  });
});

describe('Several who may be meant', () => {
  const mother = withEmail('10', { first: 'Anna', last: 'Lovelace' });
  const daughter = withEmail('11', { first: 'Ada', last: 'Lovelace' });
  const given = 'send the external reference of whom you mean (give them one first, where they have none)';

  it('are told apart by a name that one of them alone has, and by a reference that one is given', () => {
    const entry = { email: EMAIL, last: 'Lovelace' };
    expect(said([mother, daughter], entry)).toBe(
      `More than one person may be meant; send \`first_name\` too, or ${given}.`,
    );
    expect(became([mother, daughter], { ...entry, first: 'Ada' })).toBe('unchanged name_tiebreak 11');
  });

  it.each([
    [
      'all have the name that is missing',
      [mother, { ...mother, id: '12' }],
      { email: EMAIL, last: 'Lovelace' },
    ],
    ['none has the name that was sent', [mother, daughter], { email: EMAIL, first: 'Eve' }],
    ['none has a name', [withEmail('10'), withEmail('11')], { email: EMAIL }],
  ])('are not told apart by more names where %s', (_case, people, entry) => {
    expect(said(people, entry)).toBe(`More than one person may be meant; ${given}.`);
  });

  it('and a reference that nobody has yet: one of them is given it, or the policy makes somebody new', () => {
    const known = [
      withEmail('10', { first: 'Ada', groups: { 1: 'R-1', 2: 'R-1' } }),
      withEmail('11', { first: 'Ada', groups: { 1: 'R-2', 2: 'R-2' } }),
    ];
    expect(said([mother, daughter], { email: EMAIL, ref: 'R-3', first: 'Eve' })).toBe(
      'More than one person may be meant; give whom you mean this external reference first.',
    );
    expect(said(known, ada({ ref: 'R-3' }))).toBe(
      'More than one person may be meant; give whom you mean this external reference first, or send ' +
        '`conflicting_ref=separate` for somebody new.',
    );
    expect(became(known, ada({ ref: 'R-3' }), separate)).toBe('created');
    expect(said(known, { email: EMAIL })).toMatch(
      /, or send an external reference of their own with `conflicting_ref/,
    );
  });

  it('by one reference in several groups: the group tells which', () => {
    const twins = [person('10', { groups: { 1: 'R-1' } }), person('11', { groups: { 2: 'R-1' } })];
    expect(said(twins, { ref: 'R-1' })).toBe(
      'Several people have this external reference, each in another group; name only the group that is meant.',
    );
    expect(became(twins, { ref: 'R-1', groups: ['2'] })).toBe('unchanged external_ref 11');
  });
});
