import { parseAccept, parseMediaType } from './media-type.js';

const read = (text: string) => {
  const type = parseMediaType(text);
  return type && { essence: type.essence, ...Object.fromEntries(type.parameters) };
};

describe('parseMediaType', () => {
  it.each([
    ['application/json', { essence: 'application/json' }],
    ['  Application/JSON  ', { essence: 'application/json' }],
    ['a/b;', { essence: 'a/b' }],
    ['a/b ; ;x=1', { essence: 'a/b', x: '1' }],
    ['a/b;Charset=UTF-8', { essence: 'a/b', charset: 'UTF-8' }],
    ['a/b; x = "1; y=2, \\"z\\" \\\\"', { essence: 'a/b', x: '1; y=2, "z" \\' }],
    ['a/b;x=1;y=""', { essence: 'a/b', x: '1', y: '' }],
    ['a/b;x=', { essence: 'a/b', x: '' }],
    ['a/b;ext="u v";profile=w', { essence: 'a/b', ext: 'u v', profile: 'w' }],
    ['*/*;q=0.1', { essence: '*/*', q: '0.1' }],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'a',
    '/',
    'a/',
    '/b',
    ';x=1',
    'a/b;x',
    'a/b c',
    'a/b, c/d',
    'a/b;x="1',
    'a/b;x=1 y',
    'a/b;=1',
  ])('says that "%s" is none', (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });
});

describe('parseAccept', () => {
  const essences = (header: string) => parseAccept(header).map(({ essence }) => essence);

  it('parts at commas, but not at those in quotes', () => {
    expect(essences('a/b, c/d;q=0.1 ,e/f')).toEqual(['a/b', 'c/d', 'e/f']);
    expect(essences('a/b;x="1, g/h", c/d')).toEqual(['a/b', 'c/d']);
    expect(essences('a/b;x="\\",g/h"')).toEqual(['a/b']);
  });

  it('leaves out what is no media type', () => {
    expect(essences('')).toEqual([]);
    expect(essences(',, nonsense, a/b;x, */*')).toEqual(['*/*']);
    expect(essences('a/b, c/d;x="1, e/f')).toEqual(['a/b']);
  });

  it('reads a long header in time that grows with its length', () => {
    const began = performance.now();
    parseAccept(`${'a/b;x="'.repeat(2000)}${'\\'.repeat(2000)}`);
    parseAccept('"\\'.repeat(20_000));
    parseMediaType(`a/b${';x='.repeat(5000)}"`);
    parseMediaType(`a/b${' '.repeat(8000)};`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
