import {
  actor,
  left,
  ME,
  person,
  plan,
  verdict,
  warningsOf,
  type EntryWords,
  type World,
} from './planning-world.js';

const EMAIL = 'ada@example.org';
const PHONE = '212 555 0100';
const inBoth = { groups: { 1: null, 2: null } };
const ada = person('10', { first: 'Ada', last: 'Lovelace', emails: [EMAIL], ...inBoth });
const errorsOf = (entry: EntryWords, world: World = {}) =>
  plan([entry], world).results[0]?.errors.map(({ code, pointer }) => [code, pointer]);

describe('a reference', () => {
  it('that comes to one more group of hers is a change, though she has it already', () => {
    const held = person('10', { first: 'Ada', emails: [EMAIL], groups: { 1: 'R1', 2: null } });
    const made = plan([{ ref: 'R1', groups: ['2'], email: EMAIL }], { people: [held] });
    expect([verdict(made), made.results[0]?.match.changes]).toEqual([
      'updated email_address 10',
      { external_ref: [['R1'], ['R1', 'R1']] },
    ]);
  });
});

describe('attributes', () => {
  it.each<[string, EntryWords, string | null]>([
    ['missing: left alone', {}, 'Ada'],
    ['null: cleared', { first: null }, null],
    ['empty: as missing', { first: '' }, 'Ada'],
    ['blank: as missing', { first: ' \t' }, 'Ada'],
    ['of nothing that can be seen: as missing', { first: '\u200b\u2060 \u0007\u3164' }, 'Ada'],
    ['with a joiner among letters: kept', { first: 'A\u200dda' }, 'A\u200dda'],
    ['another spelling: an update', { first: 'ADA' }, 'ADA'],
    ['trimmed and collapsed', { first: '  Ada   Maria ' }, 'Ada Maria'],
  ])('%s', (_rule, words, expected) => {
    const made = plan([{ email: EMAIL, gender: 'female', ...words }], { people: [ada] });
    expect(left(made).attributes.first_name).toBe(expected);
  });

  it.each<[EntryWords, string]>([
    [{ birth: '1815-12-10' }, 'updated email_address 10'],
    [{ birth: '1815-02-30' }, 'failed invalid_attribute'],
    [{ birth: '10.12.1815' }, 'failed invalid_attribute'],
    [{ last: 'x'.repeat(200) }, 'updated email_address 10'],
    [{ last: 'x'.repeat(201) }, 'failed invalid_attribute'],
    [{ gender: 'x'.repeat(51) }, 'failed invalid_attribute'],
    [{ first: 'a\u0000b' }, 'failed invalid_attribute'],
    [{ first: '\ud800' }, 'failed invalid_attribute'],
    [{ first: 7 as unknown as string }, 'failed invalid_attribute'],
    [{ ref: ' R1' }, 'failed invalid_attribute'],
    [{ ref: 7 as unknown as string }, 'failed invalid_attribute'],
    [{ phone: 'none' }, 'failed invalid_attribute'],
  ])('%j: %s', (words, expected) => {
    expect(verdict(plan([{ email: EMAIL, ...words }], { people: [ada] }))).toBe(expected);
  });

  it('that cannot be used are all told at once, each where it stands', () => {
    expect(errorsOf({ email: 'no', phone: 'no', ref: ' R1', first: '\ud800' })).toEqual([
      ['invalid_attribute', '/first'],
      ['invalid_attribute', '/ref'],
      ['invalid_attribute', '/email'],
      ['invalid_attribute', '/phone'],
    ]);
  });

  it('that change nothing leave the person unchanged', () => {
    const made = plan([{ email: ' ADA@example.org', first: 'Ada', last: ' Lovelace' }], { people: [ada] });
    expect(verdict(made)).toBe('unchanged email_address 10');
    expect(made.changes).toEqual([]);
    expect(made.results[0]?.match.changes).toEqual({});
  });

  it('that change are told before and after', () => {
    const made = plan([{ email: EMAIL, first: 'Augusta', phone: PHONE, ref: 'R1' }], { people: [ada] });
    expect(made.results[0]?.match.changes).toEqual({
      first_name: ['Ada', 'Augusta'],
      external_ref: [null, 'R1'],
      phone_numbers: [[], [PHONE]],
    });
  });
});

describe('contact points', () => {
  it('that are blank are as missing, whatever else they say', () => {
    const emails = [
      { email: ' ', primary: true, pointer: '/0' },
      { email: 'b@x.org', primary: true, pointer: '/1' },
    ];
    const made = plan([{ first: 'Ada', emails }]);
    expect(left(made).emails).toMatchObject([{ email: 'b@x.org', primary: true }]);
  });
  it('of which two ask to be primary are refused', () => {
    const emails = ['a@x.org', 'b@x.org'].map((email) => ({ email, primary: true, pointer: `/${email}` }));
    expect(errorsOf({ first: 'Ada', emails })).toEqual([['invalid_attribute', '/b@x.org']]);
  });
  it.each(['415 555 2671 ext. 7', '+1 415 555 2671 x7', '415-555-2671;ext=7'])(
    'tell the extension in them once: %s',
    (number) => {
      expect(plan([{ ref: 'R1', phone: number }]).results[0]?.match.changes['phone_numbers']).toEqual([
        [],
        [number],
      ]);
    },
  );
  it('that are written alike in two regions are told apart when the other becomes primary', () => {
    const world = { groups: [{ id: '2', phoneRegion: 'GB' }] };
    const made = plan(
      [
        { ref: 'R1', phone: PHONE, groups: ['1'] },
        { ref: 'R1', phone: PHONE, groups: ['1', '2'] },
        { ref: 'R1', phones: [{ number: PHONE, primary: true, pointer: '/0' }], groups: ['1'] },
      ],
      world,
    );
    expect(verdict(made, 2)).toBe('updated external_ref');
    expect(made.results[2]?.match.changes).toEqual({
      phone_numbers: [
        ['+442125550100', '+12125550100'],
        ['+12125550100', '+442125550100'],
      ],
    });
  });
});

describe('what a person is known by', () => {
  const pointers = ({ errors }: ReturnType<typeof plan>['results'][number]): unknown[] =>
    errors.map(({ code, detail, pointer }) => [code, pointer, /create/.test(detail)]);

  it.each<[string, EntryWords, string]>([
    ['her only reference', { person: '10', ref: null }, '/ref'],
    ['her first name', { person: '11', first: null }, '/first'],
    [
      'her first name, beside a reference that she has not',
      { person: '11', ref: null, first: null },
      '/first',
    ],
  ])('is not cleared: %s, which the refusal points at', (_what, words, pointer) => {
    const known = person('10', { ref: 'R1', mine: true });
    const named = person('11', { first: 'Ada', mine: true });
    const [result] = plan([words], { people: [known, named] }).results;
    expect(result && pointers(result)).toEqual([['insufficient_information', pointer, false]]);
  });

  it('is missing in an entry of nobody, which the refusal points at', () => {
    const [result] = plan([{ first: 'Ada' }]).results;
    expect(result && pointers(result)).toEqual([['insufficient_information', '/entry', true]]);
  });
});

describe('a phone', () => {
  const phoneOf = (phone: string) => {
    const { results } = plan([{ phone, first: 'Ada' }]);
    return [results[0]?.match.keys.phone_numbers[0], results[0]?.match.warnings.map(({ code }) => code)];
  };

  it.each([
    ['1-800-FLOWERS', '+18003569377'],
    ['(800) FLOWERS', '+18003569377'],
    ['+1 800 GOFEDEX', '+18004633339'],
    ['Tel. 212 555 0100 (home)', '+12125550100'],
  ])('written %s is %s', (text, key) => {
    expect(phoneOf(text)).toEqual([key, []]);
  });

  it.each([
    ['555-0100', '5550100'],
    ['1-800-HOME', '1800'],
    ['12 office', '12'],
  ])('written %s is no number that is known: compared by its digits %s, with a warning', (text, key) => {
    expect(phoneOf(text)).toEqual([key, ['phone_not_recognized']]);
  });
});

describe('a new person', () => {
  it('is told field by field, and nothing of what it has not', () => {
    const world = { options: { personalWithoutGroup: true } };
    expect(plan([{ first: 'Ada', email: EMAIL }], world).results[0]?.match.changes).toEqual({
      first_name: [null, 'Ada'],
      email_addresses: [[], [EMAIL]],
    });
  });
});

describe('a person with a login', () => {
  const login = person('10', { first: 'Ada', emails: [EMAIL], login: true, ...inBoth });
  const world = { people: [login] };

  it('keeps its names and what is primary when somebody else’s entry matches', () => {
    const made = plan(
      [
        {
          first: 'Eve',
          emails: [
            { email: EMAIL, pointer: '/0' },
            { email: 'b@x.org', pointer: '/1' },
          ],
        },
      ],
      world,
    );
    expect(left(made)).toMatchObject({
      attributes: { first_name: 'Ada' },
      emails: [
        { email: EMAIL, primary: true },
        { email: 'b@x.org', primary: false },
      ],
    });
    expect(warningsOf(made)).toEqual(['name_mismatch', 'protected_person', 'protected_person']);
  });
  it('is not given a first phone, which would be primary', () => {
    const made = plan([{ email: EMAIL, phone: PHONE }], world);
    expect(verdict(made)).toBe('unchanged email_address 10');
    expect(warningsOf(made)).toEqual(['protected_person']);
  });
  it('is not cleared', () => {
    const made = plan([{ ref: 'R1', emails: null, first: null }], {
      people: [{ ...login, memberships: person('10', { groups: { 1: 'R1', 2: 'R1' } }).memberships }],
    });
    expect(verdict(made)).toBe('unchanged external_ref 10');
    expect(warningsOf(made)).toEqual(['protected_person', 'protected_person']);
  });
  it('is changed by its own entry', () => {
    const me = person(ME, { first: 'Ada', emails: [EMAIL], login: true, ...inBoth });
    expect(left(plan([{ email: EMAIL, first: 'Eve' }], { people: [me] })).attributes.first_name).toBe('Eve');
  });
  it('is not warned about when nothing is held back', () => {
    expect(warningsOf(plan([{ email: EMAIL, first: 'Ada' }], world))).toEqual([]);
  });
  it('refuses a PATCH of its names by another, and takes one of its e-mails', () => {
    expect(errorsOf({ person: '10', first: 'Eve' }, world)).toEqual([['protected_person', '/first']]);
    expect(verdict(plan([{ person: '10', first: 'Ada', email: 'b@x.org' }], world))).toBe('updated 10');
  });
  it('is renamed by a super admin’s PATCH', () => {
    const admin = { ...actor(), superAdmin: true };
    expect(verdict(plan([{ person: '10', first: 'Eve' }], { ...world, actor: admin }))).toBe('updated 10');
  });
});
