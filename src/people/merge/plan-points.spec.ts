import fc from 'fast-check';
import { planPoints, type Point, type PointInput } from './plan-points.js';

interface Input extends PointInput {
  readonly normalForm?: string;
}

/** `a* b`: two stored points, the starred one primary. */
const stored = (text: string): Point[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ id: `#${word[0]}`, normalForm: word[0] ?? '', primary: word.endsWith('*') }));
const shown = (points: readonly Point[]): string =>
  points.map(({ normalForm, primary }) => `${normalForm}${primary ? '*' : ''}`).join(' ');

/** `c`: a value; `c+`, `c-`: primary true, false; `#a=c`: the record #a becomes c. */
function input(word: string): Input {
  const [, id, value, sign] = /^(?:(#\w)=?)?(\w)?([+-])?$/.exec(word) ?? [];
  const primary = sign === undefined ? undefined : sign === '+';
  return { id, normalForm: value, primary, pointer: `/${word}` };
}

const planned = (current: string, inputs: string, protectPrimary = false) =>
  planPoints(stored(current), inputs.split(' ').filter(Boolean).map(input), {
    protectPrimary,
    make: ({ pointer }, normalForm) => ({ id: `new${pointer}`, normalForm, primary: false }),
    update: (point, { id, normalForm }) =>
      id === undefined || normalForm === undefined || normalForm === point.normalForm
        ? point
        : { ...point, normalForm },
  });

describe('contact points', () => {
  it.each([
    ['a first value is primary', '', 'c', 'c*'],
    ['a first value is primary, even if it says it is not', '', 'c-', 'c*'],
    ['a new value becomes primary; the old one stays', 'a*', 'c', 'a c*'],
    ['a new value that says it is not primary is not', 'a*', 'c-', 'a* c'],
    ['of several new values the first becomes primary', 'a*', 'c d', 'a c* d'],
    ['of several new values the one with primary true becomes it', 'a*', 'c d+', 'a c d*'],
    ['of several new values the first that does not refuse becomes it', 'a*', 'c- d', 'a c d*'],
    ['a known secondary value stays secondary', 'a* b', 'b', 'a* b'],
    ['a known secondary value that asks for it becomes primary', 'a* b', 'b+', 'a b*'],
    ['a primary value that asks to stay it does, whatever else is new', 'a* b', 'a+ c', 'a* b c'],
    ['the same value twice is one', '', 'c c', 'c*'],
    ['a record changes its value and stays primary', 'a* b', '#a=c', 'c* b'],
    ['a record gives up being primary to the oldest other', 'a* b d', '#a-', 'a b* d'],
    ['an only record stays primary', 'a*', '#a-', 'a*'],
    ['where none is primary the oldest becomes it', 'a b', 'b', 'a* b'],
  ])('%s', (_rule, current, inputs, expected) => {
    expect(shown(planned(current, inputs).points)).toBe(expected);
  });

  it.each([
    ['a new value is added behind the primary one', 'a*', 'c', 'a* c', ['not_primary /c']],
    ['a first value is not added', '', 'c', '', ['not_added /c']],
    ['the primary record keeps its value', 'a* b', '#a=c', 'a* b', ['not_changed /#a=c']],
    ['no other becomes primary', 'a* b', 'b+', 'a* b', ['not_primary /b+']],
    ['who asks for what is primary already is denied nothing', 'a*', 'a+ c', 'a* c', []],
    ['what stays behind is not withheld', 'a*', 'c-', 'a* c', []],
  ])('of a person with a login: %s', (_rule, current, inputs, expected, withheld) => {
    const made = planned(current, inputs, true);
    expect(shown(made.points)).toBe(expected);
    expect(made.withheld.map(({ what, pointer }) => `${what} ${pointer}`)).toEqual(withheld);
  });

  it.each([
    ['a record of somebody else', 'a*', '#x=c', 'not_found'],
    ['a value that another record has', 'a* b', '#a=b', 'invalid_attribute'],
    ['a swap, which the database would meet halfway', 'a* b', '#a=c #b=a', 'invalid_attribute'],
  ])('refuse %s', (_what, current, inputs, code) => {
    expect(planned(current, inputs).problems).toMatchObject([{ code }]);
  });

  it('have exactly one primary, lose no value, and do not change when they are sent again', () => {
    const word = fc.stringMatching(/^[a-f][+-]?$/);
    const start = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
    fc.assert(
      fc.property(start, fc.array(word, { maxLength: 4 }), (letters, words) => {
        const current = letters.map((letter, index) => (index === 0 ? `${letter}*` : letter)).join(' ');
        const once = planned(current, words.join(' ')).points;
        expect(once.filter(({ primary }) => primary)).toHaveLength(once.length === 0 ? 0 : 1);
        expect(new Set(once.map(({ normalForm }) => normalForm))).toEqual(
          new Set([...letters, ...words.map((each) => each[0])]),
        );
        const again = planned(shown(once), words.filter((each) => !each.endsWith('+')).join(' ')).points;
        expect(shown(again)).toBe(shown(once));
      }),
    );
  });
});
