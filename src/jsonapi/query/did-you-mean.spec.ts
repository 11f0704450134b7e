import fc from 'fast-check';
import { didYouMean, known, quoted } from './did-you-mean.js';

const NAMES = ['first_name', 'last_name', 'id', 'email_addresses'];

describe('Did you mean', () => {
  it.each([
    ['frist_name', 'first_name'],
    ['FIRST_NAME', 'first_name'],
    ['lastname', 'last_name'],
    ['ids', 'id'],
    ['email_adresses', 'email_addresses'],
    ['phone', undefined],
    ['', undefined],
  ])('takes %j for %j', (sent, meant) => {
    expect(didYouMean(sent, NAMES)).toBe(meant);
  });

  it('takes a name with one slip in it for that name, if no other is as near', () => {
    const name = fc.stringMatching(/^[a-z]{6,12}$/);
    const slip = fc.tuple(name, fc.nat(), fc.constantFrom('out', 'in', 'change', 'swap'));
    fc.assert(
      fc.property(slip, ([meant, where, kind]) => {
        const at = where % (meant.length - 1);
        const [before, letter, next, after] = [
          meant.slice(0, at),
          meant[at] as string,
          meant[at + 1] as string,
          meant.slice(at + 2),
        ];
        const sent = {
          out: before + next + after,
          in: `${before}0${letter}${next}${after}`,
          change: `${before}0${next}${after}`,
          swap: before + next + letter + after,
        }[kind];
        expect(didYouMean(sent, ['unrelated_by_far', meant])).toBe(meant);
      }),
    );
  });

  it('never names what there is not', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (sent, names) => {
        const meant = didYouMean(sent, names);
        expect(meant === undefined || names.includes(meant)).toBe(true);
      }),
    );
  });

  it('tells what there is, and cuts what is too long to be a name', () => {
    expect(known(['a_name', 'b'], 'a_nmae')).toBe('Known: a_name, b. Did you mean "a_name"?');
    expect(known([], 'x')).toBe('Known: none.');
    expect(quoted('x'.repeat(70))).toBe(`"${'x'.repeat(60)}…"`);
  });
});
