import { person, plan, verdict, type World } from './planning-world.js';

const EMAIL = 'ada@example.org';
const PHONE = '212 555 0100';
const inBoth = { groups: { 1: null, 2: null } };
const ada = person('10', { first: 'Ada', last: 'Lovelace', emails: [EMAIL], ...inBoth });

describe('assignments', () => {
  const people = [ada, person('20', inBoth)];
  const assign = (assignment: object, world: World = { people }) =>
    plan([{ email: EMAIL, assignments: [{ pointer: '/included/0', ...assignment }] }], world);

  it.each([
    [{ assignedToId: '20' }, { assignedToId: '20', personId: '10' }],
    [{ personId: '20' }, { assignedToId: '10', personId: '20' }],
  ])('%j: the omitted end is the person', (given, made) => {
    expect(assign({ ...given, groupId: '1', note: 'call' }).changes[0]?.assignments).toMatchObject([
      { ...made, groupId: '1', note: 'call' },
    ]);
  });
  it.each([
    [{}, 'invalid_assignment'],
    [{ assignedToId: '20', personId: '10' }, 'invalid_assignment'],
    [{ assignedToId: '10' }, 'invalid_assignment'],
    [{ assignedToId: '66' }, 'not_found'],
    [{ assignedToId: '20', groupId: '77' }, 'not_found'],
  ])('%j: %s', (given, code) => {
    expect(assign(given).results[0]?.errors).toMatchObject([{ code, pointer: '/included/0' }]);
  });
  it('that exist are not made again', () => {
    const existing = { id: '1', assignedToId: '20', personId: '10', groupId: null, note: 'old' };
    const made = assign({ assignedToId: '20', note: 'new' }, { people, assignments: [existing] });
    expect(verdict(made)).toBe('unchanged email_address 10');
  });
  it('are made once, whichever end says so', () => {
    const made = plan(
      [
        { person: '10', assignments: [{ assignedToId: '20', pointer: '/0' }] },
        { person: '20', assignments: [{ personId: '10', pointer: '/1' }] },
      ],
      { people },
    );
    expect([verdict(made, 0), verdict(made, 1)]).toEqual(['updated 10', 'unchanged 20']);
  });
});

describe('several entries', () => {
  it('meet the people that earlier ones made, and say whose', () => {
    const made = plan([
      { email: EMAIL, first: 'Ada' },
      { email: 'ADA@example.org', phone: PHONE },
      { phone: PHONE, first: 'Ada' },
    ]);
    expect(made.results.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'unchanged']);
    expect(made.results.map(({ match }) => match.duplicate_of_index)).toEqual([undefined, 0, 0]);
    expect(new Set(made.results.map(({ personId }) => personId)).size).toBe(1);
  });
  it('do not meet what a failing one would have done', () => {
    const made = plan([
      { email: EMAIL, first: 'Ada', birth: 'never' },
      { email: EMAIL, last: 'Lovelace' },
    ]);
    expect(made.results.map(({ outcome }) => outcome)).toEqual(['failed', 'created']);
    const late = plan([{ phone: PHONE, first: 'Ada', assignments: [{ pointer: '/0' }] }, { phone: PHONE }]);
    expect(late.results.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });
  it('see a reference that an earlier one has freed', () => {
    const people = [person('10', { first: 'Ada', emails: [EMAIL], groups: { 1: 'R1', 2: 'R1' } })];
    const made = plan([{ email: EMAIL, ref: 'R2' }, { ref: 'R1' }], { people });
    expect(made.results.map(({ outcome }) => outcome)).toEqual(['updated', 'created']);
  });
  it('say nothing of an existing person met twice', () => {
    const made = plan(
      [
        { email: EMAIL, first: 'A' },
        { email: EMAIL, first: 'B' },
      ],
      { people: [ada] },
    );
    expect(made.results.map(({ match }) => match.duplicate_of_index)).toEqual([undefined, undefined]);
    expect(made.changes.map(({ after }) => after.attributes.first_name)).toEqual(['A', 'B']);
  });
});
