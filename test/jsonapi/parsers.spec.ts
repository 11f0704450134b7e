import fc from 'fast-check';
import type { Problem } from '../../src/jsonapi/index.js';
import { readCursor, writeCursor } from '../../src/jsonapi/query/cursor.js';
import { parseFields } from '../../src/jsonapi/query/parse-fields.js';
import { operatorsOf, parseFilter, type Filter } from '../../src/jsonapi/query/parse-filter.js';
import { parseInclude, type IncludeTree } from '../../src/jsonapi/query/parse-include.js';
import { listInOrder, parsePage, type Page } from '../../src/jsonapi/query/parse-page.js';
import { BY_ID, parseSort, printSort, type SortTerm } from '../../src/jsonapi/query/parse-sort.js';
import { parseQueryString, type Parameter } from '../../src/jsonapi/query/query-string.js';
import { searchTerms } from '../../src/jsonapi/query/search-terms.js';
import type { Compared } from '../../src/jsonapi/query/value-forms.js';
import type { Registry, Resource } from '../../src/jsonapi/resource/registry.js';
import { leafResource } from './leaf.resource.js';

const leaf = leafResource as Resource;
const registry = { get: () => leaf, all: [leaf] } as unknown as Registry;

/** Parses what `print` has made, and wants no problem with it. */
function read<T>(query: string, parse: (parameters: readonly Parameter[], problems: Problem[]) => T): T {
  const { parameters, problems } = parseQueryString(query);
  const result = parse(parameters, problems);
  expect(problems).toEqual([]);
  return result;
}

const TYPES: Readonly<Record<string, Compared>> = {
  id: 'id',
  name: 'string',
  loud: 'string',
  rank: 'integer',
  green: 'boolean',
  born: 'date',
  made_at: 'timestamp',
};
const text = fc
  .string({ unit: 'binary', maxLength: 8 })
  .filter((one) => !/[\0]/.test(one) && one.isWellFormed());
const values: Readonly<Record<Compared, fc.Arbitrary<string>>> = {
  string: text,
  id: fc.bigInt({ min: 0n, max: 9223372036854775807n }).map(String),
  integer: fc.bigInt({ min: -9223372036854775807n, max: 9223372036854775807n }).map(String),
  boolean: fc.boolean().map(String),
  date: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  timestamp: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString()),
};
const field = fc.constantFrom(...Object.keys(TYPES));
const toOnes = fc.array(fc.constant('parent'), { maxLength: 5 });
const steps = fc.array(fc.constantFrom('parent', 'children', 'neighbours'), { maxLength: 5 });

const sort: fc.Arbitrary<readonly SortTerm[]> = fc
  .uniqueArray(
    fc.record({ path: toOnes, field: field.filter((name) => name !== 'id'), descending: fc.boolean() }),
    { maxLength: 4, selector: ({ path, field: name }) => [...path, name].join('.') },
  )
  .map((terms) => [
    ...terms.map((term) => ({ ...term, type: TYPES[term.field] as Compared })),
    ...BY_ID.map((term) => ({ ...term, descending: terms.at(-1)?.descending ?? false })),
  ]);

describe('What is printed is read as it was', () => {
  it('parameters', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 6 })
      .filter((one) => !/[[\]\0]/.test(one) && one.isWellFormed());
    const parameter = fc.record({ base: name, keys: fc.array(name, { maxLength: 3 }), value: text });
    const many = fc.uniqueArray(parameter, {
      maxLength: 6,
      selector: ({ base, keys }) => [base, ...keys].join('['),
    });
    fc.assert(
      fc.property(many, fc.boolean(), (parameters, raw) => {
        const brackets = raw ? ['[', ']'] : ['%5B', '%5D'];
        const encode = (one: string) => encodeURIComponent(one).replaceAll('%20', raw ? '+' : '%20');
        const query = parameters.map(
          ({ base, keys, value }) =>
            `${encode(base)}${keys.map((key) => `${brackets[0]}${encode(key)}${brackets[1]}`).join('')}=${encode(value)}`,
        );
        const found = read(query.join('&'), (given) => given);
        expect(found.map(({ base, keys, value }) => ({ base, keys, value }))).toEqual(parameters);
      }),
    );
  });

  it('include', () => {
    const { tree } = fc.letrec<{ tree: IncludeTree }>((tie) => ({
      tree: fc
        .dictionary(
          fc.constantFrom('parent', 'children', 'neighbours'),
          fc.oneof({ depthSize: 'small', maxDepth: 4 }, fc.constant(new Map() as IncludeTree), tie('tree')),
          { maxKeys: 2 },
        )
        .map((branches) => new Map(Object.entries(branches)) as IncludeTree),
    }));
    const print = (one: IncludeTree): string[] =>
      [...one].flatMap(([name, below]) =>
        below.size > 0 ? print(below).map((path) => `${name}.${path}`) : [name],
      );
    fc.assert(
      fc.property(tree, (one) => {
        const paths = print(one);
        fc.pre(paths.length <= 50);
        const found = read(`include=${paths.join(',')}`, (given, problems) =>
          parseInclude(given, leaf, registry, false, problems),
        );
        expect(found).toEqual(one);
      }),
    );
  });

  it('fields', () => {
    const names = fc.uniqueArray(
      fc.constantFrom(...Object.keys(leaf.attributes), ...Object.keys(leaf.relationships)),
    );
    fc.assert(
      fc.property(names, (wanted) => {
        const found = read(`fields[leaf]=${wanted.join(',')}`, (given, problems) =>
          parseFields(given, registry, false, problems),
        );
        expect(found).toEqual(new Map([['leaf', new Set(wanted)]]));
      }),
    );
  });

  it('sort', () => {
    fc.assert(
      fc.property(sort, (terms) => {
        const found = read(`sort=${printSort(terms)}`, (given, problems) =>
          parseSort(given, leaf, registry, problems),
        );
        expect(found).toEqual(terms);
      }),
    );
  });

  it('filter', () => {
    const filter: fc.Arbitrary<Filter> = fc.tuple(steps, field).chain(([path, name]) =>
      fc.constantFrom(...operatorsOf(TYPES[name] as Compared)).chain((operator) => {
        const list = operator === 'in' || operator === 'nin';
        const value = operator === 'null' ? values.boolean : values[TYPES[name] as Compared];
        const element = list ? value.filter((one) => one !== '' && !one.includes(',')) : value;
        return fc.record({
          path: fc.constant(path),
          field: fc.constant(name),
          operator: fc.constant(
            name === 'id' ? (({ eq: 'in', ne: 'nin' } as const)[operator as 'eq'] ?? operator) : operator,
          ),
          values: fc.array(element, { minLength: 1, maxLength: list ? 4 : 1 }),
        });
      }),
    );
    const many = fc.uniqueArray(filter, {
      maxLength: 5,
      selector: (one) => [...one.path, one.field, one.operator].join(),
    });
    fc.assert(
      fc.property(many, (filters) => {
        const query = filters.map(
          ({ path, field: name, operator, values: wanted }) =>
            `filter[${[...path, name].join('.')}][${operator}]=${encodeURIComponent(wanted.join(','))}`,
        );
        const found = read(query.join('&'), (given, problems) =>
          parseFilter(given, leaf, registry, false, problems),
        );
        expect(found).toEqual(filters);
      }),
    );
  });

  it('page', () => {
    const rules = { lenient: false, maxPageSize: 50, list: 'leaves' };
    const total = fc.boolean();
    const limit = fc.integer({ min: 1, max: 50 });
    const place = fc.nat({ max: 1_000_000 });
    const print = (keys: Record<string, string | number | boolean>) =>
      Object.entries(keys)
        .map(([key, value]) => `page[${key}]=${value}`)
        .join('&');
    const again = (keys: Record<string, string | number | boolean>, terms = BY_ID): Page =>
      read(print(keys), (given, problems) => parsePage(given, terms, rules, problems));
    fc.assert(
      fc.property(limit, place, total, (size, number, counted) => {
        expect(again({ number: number + 1, size, total: counted })).toEqual({
          kind: 'number',
          limit: size,
          offset: number * size,
          total: counted,
        });
        expect(again({ offset: number, limit: size, total: counted })).toEqual({
          kind: 'offset',
          limit: size,
          offset: number,
          total: counted,
        });
      }),
    );
    fc.assert(
      fc.property(
        sort.chain((terms) => fc.tuple(fc.constant(terms), cursorOf(terms), cursorOf(terms))),
        limit,
        total,
        ([terms, after, before], size, counted) => {
          const list = listInOrder('leaves', terms);
          const keys = {
            after: writeCursor(list, after),
            before: writeCursor(list, before),
            size,
            total: counted,
          };
          expect(again(keys, terms)).toMatchObject({
            kind: 'cursor',
            limit: size,
            offset: 0,
            list,
            after,
            before,
            total: counted,
          });
        },
      ),
    );
  });

  const cursorOf = (terms: readonly SortTerm[]) =>
    fc.record({
      values: fc.tuple(
        ...terms.map(({ type, field: name }) => (name === 'id' ? values[type] : fc.option(values[type]))),
      ),
      inclusive: fc.boolean(),
    });

  it('a cursor, and no other text is one', () => {
    fc.assert(
      fc.property(
        sort.chain((terms) => fc.tuple(fc.constant(terms), cursorOf(terms))),
        fc.nat(),
        fc.string(),
        ([terms, cursor], place, other) => {
          const types = terms.map(({ type }) => type);
          const list = listInOrder('leaves', terms);
          const written = writeCursor(list, cursor);
          expect(written).toMatch(/^[\w-]+$/);
          expect(readCursor(list, written, types)).toEqual(cursor);
          expect(readCursor(`${list}x`, written, types)).toBeUndefined();
          const at = place % written.length;
          const changed = `${written.slice(0, at)}${written[at] === 'A' ? 'B' : 'A'}${written.slice(at + 1)}`;
          expect(readCursor(list, changed, types)).toBeUndefined();
          expect(readCursor(list, other, types)).toBeUndefined();
        },
      ),
    );
  });
});

describe('The terms of a search', () => {
  it.each([
    ['carl nielsen', [{ text: 'carl' }, { text: 'nielsen' }]],
    ['  Carl\t\u00a0Nielsen\n', [{ text: 'Carl' }, { text: 'Nielsen' }]],
    ['+45 33 12 34 56', [{ text: '+4533123456', digits: '4533123456' }]],
    ['carl 0045 33-12', [{ text: 'carl' }, { text: '004533-12', digits: '453312' }]],
    ['12', [{ text: '12' }]],
    ['000', [{ text: '000' }]],
    ['a-1 2b', [{ text: 'a-1' }, { text: '2b' }]],
    ['', []],
  ])('of "%s"', (given, expected) => {
    expect(searchTerms(given)).toEqual(expected);
  });
});
