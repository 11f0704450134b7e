import { check, EMAIL, withEmail, type Case } from './match-case.js';
import { actor, plan, type EntryWords, type World } from './planning-world.js';

const mother = withEmail('10', { first: 'Anna', last: 'Lovelace' });
const daughter = withEmail('11', { first: 'Ada', last: 'Lovelace' });

describe('the scope', () => {
  const cases: readonly Case[] = [
    {
      name: 'of the named group leaves out those of another; a second person is made and the pair queued',
      people: [withEmail('10', { groups: { 1: null } })],
      entry: { email: EMAIL, first: 'Ada', groups: ['2'] },
      verdict: 'created',
      pairs: ['cross_group new 10'],
    },
    {
      name: 'of the named group leaves out those who were archived in it',
      people: [withEmail('10', { groups: { 1: null, 2: null }, archived: ['2'] })],
      entry: { email: EMAIL, first: 'Ada', groups: ['2'] },
      verdict: 'created',
      pairs: ['cross_group new 10'],
    },
    {
      name: 'of several named groups has whoever is in one of them',
      people: [withEmail('10', { groups: { 3: null } })],
      entry: { email: EMAIL, groups: ['1', '3'] },
      verdict: 'updated email_address 10',
    },
    {
      name: 'without a named group has those who were archived everywhere only if the actor is one of them',
      people: [
        withEmail('900', { groups: { 3: null }, archived: ['3'] }),
        withEmail('11', { groups: { 77: null }, archived: ['77'], mine: true }),
      ],
      entry: { email: EMAIL },
      verdict: 'updated email_address 900',
      pairs: [],
    },
    {
      name: 'without a named group is all the actor reaches',
      people: [withEmail('10', { groups: { 3: null } })],
      entry: { email: EMAIL },
      verdict: 'updated email_address 10',
    },
    {
      name: 'without a named group has the people without a group whom the actor made',
      people: [withEmail('10', { groups: {}, mine: true })],
      entry: { email: EMAIL },
      verdict: 'updated email_address 10',
    },
    {
      name: 'without a named group has the people without a group who are assigned to the actor, and leaves them as they are',
      people: [withEmail('10', { groups: {}, assignedToMe: true })],
      entry: { email: EMAIL },
      verdict: 'failed forbidden',
    },
    {
      name: 'without a named group has the actor, in no group at all',
      people: [withEmail('900', { groups: {} })],
      entry: { email: EMAIL },
      world: { actor: actor({}, []) },
      verdict: 'unchanged email_address 900',
    },
    {
      name: 'with a named group leaves out the people without one',
      people: [withEmail('10', { groups: {}, mine: true })],
      entry: { email: EMAIL, first: 'Ada', groups: ['1'] },
      verdict: 'created',
      pairs: ['pair new 10'],
    },
    {
      name: 'never has those whom the actor reads only because they are assigned',
      people: [withEmail('10', { groups: { 77: null }, assignedToMe: true })],
      entry: { email: EMAIL, first: 'Ada' },
      verdict: 'created',
      pairs: [],
    },
  ];
  it.each(cases)('$name', check);
});

describe('an ambiguous entry', () => {
  const people = [mother, daughter];

  it('changes nobody and is held with its candidates', () => {
    const made = plan([{ email: EMAIL, groups: ['1'] }], { people });
    expect(made.changes).toEqual([]);
    expect(made.held).toMatchObject([{ candidateIds: ['10', '11'], groupId: '1' }]);
    expect(made.results[0]?.errors[0]).toMatchObject({ status: 409, meta: { candidate_ids: ['10', '11'] } });
    expect(made.results[0]?.match.candidates).toEqual([
      { id: '10', matched_by: ['email_address'], taken: false, reason: 'ambiguous' },
      { id: '11', matched_by: ['email_address'], taken: false, reason: 'ambiguous' },
    ]);
  });

  it('is the same held entry in another spelling, and another one with other words', () => {
    const held = (words: EntryWords): string | undefined => plan([words], { people }).held[0]?.fingerprint;
    expect(held({ email: ' ADA@example.org ' })).toBe(held({ email: EMAIL }));
    expect(held({ email: EMAIL, last: 'Lovelace' })).not.toBe(held({ email: EMAIL }));
    expect(held({ email: EMAIL, groups: ['1'] })).not.toBe(held({ email: EMAIL }));
    expect(held({ email: EMAIL, ref: null })).not.toBe(held({ email: EMAIL }));
    expect(held({ email: EMAIL, phone: null })).not.toBe(held({ email: EMAIL }));
    const assignments = [{ assignedToId: '10', pointer: '/0' }];
    expect(held({ email: EMAIL, assignments })).not.toBe(held({ email: EMAIL }));
  });
});

describe('the policy', () => {
  const people = [withEmail('10', { first: 'Ada', groups: { 1: 'R1', 2: 'R1' } })];
  const entry: EntryWords = { ref: 'R2', email: EMAIL, first: 'Ada' };
  const policyOf = (world: World, words: EntryWords = entry) =>
    plan([words], { people, ...world }).results[0]?.match.policy;

  it('of a group overrides the deployment, to the looser side as well', () => {
    const groups = [{ id: '1', conflictingRef: 'match' as const, nameGuard: false }];
    const policy = { nameGuard: true };
    expect(policyOf({ groups, policy }, { ...entry, groups: ['1'] })).toEqual({
      conflicting_ref: 'match',
      name_guard: false,
    });
  });

  it('is the strictest of the groups in the scope', () => {
    const groups = [
      { id: '1', conflictingRef: 'match' as const },
      { id: '2', conflictingRef: 'separate' as const, nameGuard: true },
    ];
    expect(policyOf({ groups }, { ...entry, groups: ['1', '2'] })).toEqual({
      conflicting_ref: 'separate',
      name_guard: true,
    });
    expect(policyOf({ groups })).toEqual({ conflicting_ref: 'separate', name_guard: true });
    expect(policyOf({ groups }, { ...entry, groups: ['1'] })).toEqual({
      conflicting_ref: 'match',
      name_guard: false,
    });
  });

  it('can be tightened by the request, and not loosened', () => {
    const asked = (policy: World['policy']) => policyOf({ options: { policy } });
    expect(asked({ conflictingRef: 'separate', nameGuard: true })).toEqual({
      conflicting_ref: 'separate',
      name_guard: true,
    });
    expect(asked({ conflictingRef: 'match', nameGuard: false })).toEqual({
      conflicting_ref: 'by_name',
      name_guard: false,
    });
  });

  it('has the phone region of the first group that has one', () => {
    const groups = [{ id: '1' }, { id: '2', phoneRegion: 'GB' }, { id: '3', phoneRegion: 'DE' }];
    const keysOf = (named?: string[]) =>
      plan([{ phone: '020 7946 0018', first: 'Ada', groups: named }], { groups }).results[0]?.match.keys
        .phone_numbers;
    expect(keysOf(['1', '2'])).toEqual(['+442079460018']);
    expect(keysOf(['3', '2'])).toEqual(['+492079460018']);
    expect(keysOf()).toEqual(['+442079460018']);
    expect(keysOf(['1'])).toEqual(['02079460018']);
  });

  it('says of the archived that they are, to an administrator and to the person alone', () => {
    const people = [withEmail('10', { groups: { 1: null, 2: null }, archived: ['2'] })];
    const reasonFor = (world: World): unknown =>
      plan([{ email: EMAIL, first: 'Ada', groups: ['2'] }], { people, ...world }).results[0]?.match
        .candidates[0];
    expect(reasonFor({ actor: actor({ 1: 'user', 2: 'admin' }) })).toMatchObject({
      taken: false,
      reason: 'archived',
    });
    expect(reasonFor({ actor: { ...actor(), personId: '10' } })).toMatchObject({ reason: 'archived' });
    expect(reasonFor({ actor: actor({ 1: 'admin', 2: 'user' }) })).toMatchObject({
      reason: 'in_another_group',
    });
  });
});
