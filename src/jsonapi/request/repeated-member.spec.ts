import fc from 'fast-check';
import { repeatedMember } from './repeated-member.js';

describe('repeatedMember', () => {
  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":{"b":[0,{"c":1,"c":1}]}}', '/a/b/1/c'],
    ['[{"a":1},{"a":1,"b":{"a":1},"a":[]}]', '/1/a'],
    ['{"a":"a","\\u0061":1}', '/a'],
    ['{"":1, "" :2}', '/'],
    ['{"a/b~c":{},"a/b~c":{}}', '/a~1b~0c'],
    ['{"a\\\\":1,"b\\"":2,"b\\"":3}', '/b"'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"a":[[],[{}],{"x":"}","y":"{\\"x\\":1","x":0}]}', '/a/2/x'],
  ])('finds it in %s', (text, pointer) => {
    expect(repeatedMember(text)).toBe(pointer);
  });

  it.each([
    '{}',
    '[]',
    '"a"',
    '1',
    ' null ',
    '{"a":"a","b":["a","a"],"c":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":",\\"a\\":1"}',
  ])('finds none in %s', (text) => {
    expect(repeatedMember(text)).toBeUndefined();
  });

  it('finds none in what was made of objects, and the one that is put in', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), fc.jsonValue(), (text, name, value) => {
        expect(repeatedMember(text)).toBeUndefined();
        const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        const pointer = `/x/0/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        expect(repeatedMember(`{"x":[{${member},"${'y'.repeat(name.length + 1)}":${text},${member}}]}`)).toBe(
          pointer,
        );
      }),
    );
  });

  it('reads a long text in time that grows with its length', () => {
    const began = performance.now();
    repeatedMember(`{"a":"${'\\\\'.repeat(500_000)}","b":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
