import fc from 'fast-check';
import { OPERATORS, type Operator } from '../../src/jsonapi/query/parse-filter.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { statementsOf } from '../support/statements.js';
import { LeafModel, type Field, type LeafRow } from './leaf-model.js';
import { leafResource, LEAVES } from './leaf.resource.js';

const COUNT = 80;
/** Few of each, so that much is equal, near or missing. */
const letters = fc.constantFrom('a', 'b', 'A', 'B', 'z', 'e', 'o', '0', '9', '_', '-', ' ', '%', '\\', "'");
const name = fc.string({ unit: letters, minLength: 1, maxLength: 3 });
const rank = fc.integer({ min: -2, max: 3 });
const born = fc.constantFrom('1999-12-31', '2000-01-01', '2000-02-29', '0001-01-01', '9999-12-31');
const madeAt = fc.integer({ min: 0, max: 12 });
const ids = fc.integer({ min: 1, max: COUNT }).map(String);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });

const leaf = (id: number): fc.Arbitrary<LeafRow> =>
  fc.record({
    id: fc.constant(String(id)),
    name: maybe(name),
    rank: maybe(rank),
    green: maybe(fc.boolean()),
    born: maybe(born),
    madeAt,
    parentId: maybe(ids),
    neighbourIds: fc.uniqueArray(ids, { maxLength: 3 }),
    hidden: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  });

const timeOf = (micros: number): string => `2026-01-01T00:00:00.${String(micros).padStart(6, '0')}Z`;

const fields: Record<Field, fc.Arbitrary<string | number | boolean>> = {
  id: ids,
  name,
  loud: name.map((text) => `${text.toUpperCase()}!`),
  rank,
  green: fc.boolean(),
  born,
  made_at: madeAt,
};

interface Asked {
  readonly path: readonly string[];
  readonly operator: Operator;
  readonly values: readonly (string | number | boolean)[];
}

const field = fc.constantFrom(...(Object.keys(fields) as Field[]));
const path = fc.tuple(fc.array(fc.constantFrom('parent', 'children', 'neighbours'), { maxLength: 2 }), field);
const filter: fc.Arbitrary<Asked> = path.chain(([steps, last]) =>
  fc
    .constantFrom(...OPERATORS.filter((each) => ['name', 'loud'].includes(last) || !/like|prefix/.test(each)))
    .chain((operator) =>
      fc.record({
        path: fc.constant([...steps, last]),
        operator: fc.constant(operator),
        values:
          operator === 'null'
            ? fc.tuple(fc.boolean())
            : fc.array(fields[last], { minLength: 1, maxLength: /in$/.test(operator) ? 3 : 1 }),
      }),
    ),
);
const sort = fc.array(
  fc
    .tuple(fc.boolean(), fc.array(fc.constant('parent'), { maxLength: 2 }), field)
    .map(([down, steps, last]) => `${down ? '-' : ''}${[...steps, last].join('.')}`),
  { maxLength: 3 },
);

describe('What is read of a list', () => {
  let world: World;
  let root: Caller;
  let model: LeafModel;

  beforeAll(async () => {
    world = await World.boot({}, [leafResource]);
    root = await world.caller('Root');
    await world.database.dataSource.query(LEAVES);
    const rows = fc.sample(fc.tuple(...Array.from({ length: COUNT }, (_, i) => leaf(i + 1))), {
      numRuns: 1,
      seed: 7,
    })[0] as LeafRow[];
    model = new LeafModel(rows);
    const stored = rows.map((row) => ({ ...row, made_at: timeOf(row.madeAt), parent_id: null }));
    const { dataSource } = world.database;
    await dataSource.query(
      `insert into leaves (name, rank, green, born, made_at, hidden)
       select name, rank, green, born, made_at, hidden from jsonb_to_recordset($1::jsonb)
         as r (id bigint, name text, rank int, green boolean, born date, made_at timestamptz, hidden boolean) order by id`,
      [JSON.stringify(stored)],
    );
    await dataSource.query(
      `update leaves set parent_id = r.parent from jsonb_to_recordset($1::jsonb) as r (id bigint, parent bigint)
       where leaves.id = r.id`,
      [JSON.stringify(rows.map(({ id, parentId }) => ({ id, parent: parentId })))],
    );
    await dataSource.query(
      `insert into leaf_neighbours select r.id, n::bigint from jsonb_to_recordset($1::jsonb) as r (id bigint, ends jsonb),
         jsonb_array_elements_text(r.ends) n`,
      [JSON.stringify(rows.map(({ id, neighbourIds }) => ({ id, ends: neighbourIds })))],
    );
  });
  afterAll(() => world.close());

  const written = (last: string | undefined, value: string | number | boolean): string =>
    last === 'made_at' && typeof value === 'number' ? timeOf(value) : String(value);
  const parameter = ({ path: steps, operator, values }: Asked): string =>
    `filter[${steps.join('.')}][${operator}]=${encodeURIComponent(values.map((value) => written(steps.at(-1), value)).join(','))}`;
  const asModel = (last: string | undefined, value: string | number | boolean) =>
    last === 'id' && typeof value === 'string' ? BigInt(value) : value;
  const expected = (filters: readonly Asked[], order: readonly string[]): string[] => {
    const found = model.readable.filter((row) =>
      filters.every(({ path: steps, operator, values }) =>
        model.passes(
          row,
          steps,
          operator,
          values.map((value) => asModel(steps.at(-1), value)),
        ),
      ),
    );
    return model.sorted(found, order);
  };
  const sortParameter = (order: readonly string[]): string =>
    order.length > 0 ? `&sort=${encodeURIComponent(order.join(','))}` : '';

  it('is what the filters let through, in the order of the sort', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(filter, { maxLength: 2 }), sort, async (filters, order) => {
        const unique = filters.filter(
          (one, i) =>
            filters.findIndex((other) => parameter(other).split('=')[0] === parameter(one).split('=')[0]) ===
            i,
        );
        const query = `page[size]=100${sortParameter(order)}${unique.map((one) => `&${parameter(one)}`).join('')}`;
        expect((await root.api.get(`/leaves?${query}`)).ids).toEqual(expected(unique, order));
      }),
      { numRuns: 120 },
    );
  });

  const walk = async (
    start: string,
    link: 'next' | 'prev',
    between?: () => Promise<void>,
  ): Promise<string[]> => {
    const ids: string[] = [];
    let at: string | null = start;
    while (at !== null) {
      const answer = await root.api.get(at);
      expect(answer.status).toBe(200);
      ids[link === 'next' ? 'push' : 'unshift'](...answer.ids);
      at = (answer.document.links as Record<string, string | null>)[link] as string | null;
      if (at !== null) await between?.();
      if (ids.length > 2 * COUNT) throw new Error('The walk does not end');
    }
    return ids;
  };
  const profile = {
    accept: 'application/vnd.api+json;profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination"',
  };

  it('comes page by page the same as at once, by number, offset and cursor, forth and back', async () => {
    const size = fc.integer({ min: 7, max: 40 });
    await fc.assert(
      fc.asyncProperty(sort, size, filter, async (order, limit, one) => {
        const rest = `${sortParameter(order)}&${parameter(one)}`;
        const all = expected([one], order);
        expect(await walk(`/leaves?page[size]=${limit}${rest}`, 'next')).toEqual(all);
        expect(await walk(`/leaves?page[limit]=${limit}${rest}`, 'next')).toEqual(all);
        const first = await root.api.get(`/leaves?page[size]=${limit}${rest}`, profile);
        const links = first.document.links as Record<string, string | null>;
        const further = links['next'] ? await walk(links['next'] as string, 'next') : [];
        expect([...first.ids, ...further]).toEqual(all);
        const last = first.many.at(-1)?.meta?.['page'] as { cursor: string } | undefined;
        if (!last) return;
        const end = all.slice(0, first.ids.length - 1);
        expect(await walk(`/leaves?page[size]=3&page[before]=${last.cursor}${rest}`, 'prev')).toEqual(end);
      }),
      { numRuns: 15 },
    );
  });

  // Pages of one would run after what is put in behind each of them for ever.
  it('comes by cursors once and in order, whatever is put in or taken out between the pages', async () => {
    const { dataSource } = world.database;
    const before = new Set(model.readable.map(({ id }) => id));
    await fc.assert(
      fc.asyncProperty(sort, fc.integer({ min: 2, max: 9 }), async (order, limit) => {
        const rest = sortParameter(order);
        const all = (await root.api.get(`/leaves?page[size]=100${rest}`)).ids;
        const extra: string[] = [];
        const change = async (): Promise<void> => {
          const [row] = await dataSource.query<{ id: string }[]>(
            `insert into leaves (name, rank, made_at) values ('b', 1, '2026-01-01T00:00:00.000005Z') returning id`,
          );
          extra.push((row as { id: string }).id);
          if (extra.length > 1) await dataSource.query('delete from leaves where id = $1', [extra.shift()]);
        };
        const first = await root.api.get(`/leaves?page[size]=${limit}${rest}`, profile);
        const { next } = first.document.links as Record<string, string | null>;
        await change();
        const seen = [...first.ids, ...(await walk(next as string, 'next', change))];
        expect(seen.filter((id) => before.has(id))).toEqual(all);
        expect(new Set(seen).size).toBe(seen.length);
        await dataSource.query('delete from leaves where id > $1', [COUNT]);
      }),
      { numRuns: 5 },
    );
  });

  it('is asked for with every value bound, whatever was sent, or not at all', async () => {
    const marked = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => `zq7${text.toWellFormed()}`),
      fc.constantFrom(
        '7373737',
        '1973-07-03',
        '1973-07-03T07:37:37.7373Z',
        "zq7' or '1'='1",
        'zq7"; --',
        'me',
        'true',
      ),
    );
    const keys = fc.oneof(
      path.map(([steps, last]) => [...steps, last].join('.')),
      fc.constantFrom('q', 'since', 'ranks', 'children.q', 'parent', 'neighbours', 'zq7', 'hidden'),
    );
    const operator = fc.constantFrom('', ...OPERATORS.map((each) => `[${each}]`), '[zq7]');
    const asked = fc.oneof(
      fc
        .tuple(keys, operator, fc.array(marked, { minLength: 1, maxLength: 2 }))
        .map(([key, each, list]) => `filter[${key}]${each}=${encodeURIComponent(list.join(','))}`),
      fc
        .tuple(fc.constantFrom('sort', 'include', 'fields[leaf]', 'page[after]', 'page[zq7]'), marked)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
      fc.constantFrom(
        'page[number]=7373737',
        'page[offset]=7373737',
        'page[size]=73',
        'page[total]=true',
        'sort=-parent.name',
      ),
    );
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(asked, { minLength: 1, maxLength: 3 }), async (parameters) => {
        let status = 0;
        const statements = await statementsOf(async () => {
          ({ status } = await root.api.get(`/leaves?${parameters.join('&')}`));
        });
        expect([200, 400]).toContain(status);
        read += status === 200 ? 1 : 0;
        for (const { text, values } of statements.filter((one) => one.text.includes('leaves'))) {
          expect(status).toBe(200);
          expect(text).not.toMatch(/zq7|7373|1973-07|\b73\b/);
          const places = new Set(text.match(/\$\d+/g));
          expect([...places].sort()).toEqual(values.map((_, i) => `$${i + 1}`).sort());
        }
      }),
      { numRuns: 150 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it('takes rules of the type’s own, also along a path', async () => {
    const since = (row: LeafRow) => row.madeAt >= 6;
    const { ids: found } = await root.api.get(`/leaves?filter[since]=${timeOf(6)}&page[size]=100`);
    expect(found).toEqual(model.readable.filter(since).map(({ id }) => id));
    const below = await root.api.get(`/leaves?filter[children.since]=${timeOf(6)}&page[size]=100`);
    expect(below.ids).toEqual(
      model.readable.filter((row) => model.ends(row, 'children').some(since)).map(({ id }) => id),
    );
    const listed = await root.api.get('/leaves?filter[ranks]=1,3&page[size]=100');
    expect(listed.ids).toEqual(
      model.readable.filter(({ rank: one }) => one === 1 || one === 3).map(({ id }) => id),
    );
    for (const [query, parameterName] of [
      ['filter[since]=yesterday', 'filter[since]'],
      ['filter[since][gt]=2026-01-01', 'filter[since][gt]'],
      ['filter[ranks]=1,,2', 'filter[ranks]'],
      ['filter[ranks]=a', 'filter[ranks]'],
      ['filter[ranks]=', 'filter[ranks]'],
      ['filter[q]=', 'filter[q]'],
    ])
      expect((await root.api.get(`/leaves?${query}`)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', parameterName]],
      });
  });
});
