import { joinSides } from './join-sides.js';

const side = (before: object, after: object) => ({
  before: before as Record<string, unknown>,
  after: after as Record<string, unknown>,
});
const rows = (...ids: string[]) => ids.map((id) => ({ id: id[0], note: id }));

describe('two changes as one', () => {
  it('are each other’s, when they speak of different things', () => {
    const name = side({ first_name: null }, { first_name: 'Ada' });
    const email = side({ emails: [] }, { emails: rows('1') });
    const both = side({ first_name: null, emails: [] }, { first_name: 'Ada', emails: rows('1') });
    expect(joinSides(name, email)).toEqual(both);
    expect(joinSides(email, name)).toEqual(both);
    expect(joinSides(name)).toEqual(name);
    expect(joinSides(undefined, email)).toEqual(email);
  });

  it.each([
    ['made, and another made', [[], ['1']], [[], ['2']], [[], ['1', '2']]],
    ['made, and then changed', [[], ['1']], [['1'], ['1b']], [[], ['1b']]],
    ['made, and then removed', [[], ['1']], [['1'], []], [[], []]],
    ['changed twice', [['1'], ['1b']], [['1b'], ['1c']], [['1'], ['1c']]],
    ['changed, and then removed', [['1'], ['1b']], [['1b'], []], [['1'], []]],
    ['removed, and another removed', [['1'], []], [['2'], []], [['1', '2'], []]],
  ] as const)('are the sum of both for rows: %s', (_what, first, second, sum) => {
    const change = ([before, after]: typeof first | typeof second | typeof sum) =>
      side({ rows: rows(...before) }, { rows: rows(...after) });
    expect(joinSides(change(first), change(second))).toEqual(change(sum));
  });

  it('say of an attribute what it was first and what it is last', () => {
    const [first, second] = [side({ a: 1 }, { a: 2 }), side({ a: 2 }, { a: 3 })];
    expect(joinSides(first, second)).toEqual(side({ a: 1 }, { a: 3 }));
  });
});
