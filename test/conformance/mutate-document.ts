import fc from 'fast-check';

export type Path = readonly (string | number)[];

/** The path of every value in a document, the root included. */
export function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([name, below]) =>
      pathsOf(below, [...at, Array.isArray(value) ? Number(name) : name]),
    ),
  ];
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, name) => (at as Record<string | number, unknown>)[name], value);
}

/** The document with another value at the path. */
export function replaced(value: unknown, path: Path, other: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return other;
  if (Array.isArray(value)) return value.map((one, i) => (i === name ? replaced(one, rest, other) : one));
  const object = value as Record<string, unknown>;
  const entries = Object.entries(object).map(([key, below]) => [
    key,
    key === name ? replaced(below, rest, other) : below,
  ]);
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(entries) as unknown;
}

export const pointerOf = (path: Path): string =>
  path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const EVIL = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  "'; drop table people; --",
  '__proto__',
  '9223372036854775808',
  '1e400',
  '',
  ' ',
  '\u202e',
];

const NAMES = [
  'data',
  'type',
  'id',
  'lid',
  'attributes',
  'relationships',
  'included',
  'links',
  'meta',
  'jsonapi',
  '__proto__',
  'constructor',
  'toString',
  '@x',
  'a/b~c',
  '',
];

const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, [], {}, [[]], [null], ...EVIL),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** A document with something in it replaced, taken out, doubled, wrapped or put in. */
export function mutations(document: unknown): fc.Arbitrary<unknown> {
  const one = (value: unknown): fc.Arbitrary<unknown> =>
    fc.constantFrom(...pathsOf(value)).chain((path) => {
      const there = valueAt(value, path);
      const changes = [
        anything.map((other) => replaced(value, path, other)),
        fc.constant(replaced(value, path, [there])),
        fc.constant(replaced(value, path, { data: there })),
      ];
      if (Array.isArray(there)) changes.push(fc.constant(replaced(value, path, [...there, ...there])));
      else if (typeof there === 'object' && there !== null)
        changes.push(
          fc
            .tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 })), anything)
            .map(([name, other]) =>
              replaced(value, path, Object.fromEntries([...Object.entries(there), [name, other]])),
            ),
          fc
            .constantFrom('', ...Object.keys(there))
            .map((name) =>
              replaced(
                value,
                path,
                Object.fromEntries(Object.entries(there).filter(([key]) => key !== name)),
              ),
            ),
        );
      return fc.oneof(...changes);
    });
  return one(document).chain((once) => fc.oneof(fc.constant(once), one(once)));
}
