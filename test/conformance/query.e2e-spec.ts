import fc from 'fast-check';
import type { ResourceObject } from '../../src/jsonapi/index.js';
import { insert } from '../support/factories/insert.factory.js';
import { ConformanceWorld, CREATABLE, idIn, RELATIONSHIPS, TYPES, UPDATABLE } from './conformance-world.js';
import { relationshipsOf } from './walk-document.js';

const collator = new Intl.Collator('und');

/** Ascending, nulls last. */
function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'string') return collator.compare(a, b as string);
  return Number(a) - Number(b);
}

describe('Query parameters', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
    const { database } = c.choir.world;
    const pick = <T>(n: number, ...values: T[]): T => values[n % values.length] as T;
    for (let n = 0; n < 30; n += 1)
      await insert(database, 'toy_values', {
        text: pick(n, 'a', 'B', null, 'Ä', 'z', '10', '9'),
        whole: pick(n, 3, null, -1, 3, 0),
        flag: pick(n, true, null, false),
        day: pick(n, '2020-01-01', '1999-12-31', null, '2020-01-01'),
        moment: pick(n, '2020-01-01T00:00:00Z', null, '1969-12-31T23:59:59.5Z'),
      });
  });
  afterAll(() => c.close());

  const refused = (parameter: string) => ({ status: 400, errors: [['invalid_parameter', parameter]] });
  const namesOfType = (type: string) => Object.keys(c.resource(type).relationships);
  const shownAttributes = (type: string) =>
    Object.entries(c.resource(type).attributes)
      .filter(([, { writeOnly, onRequest }]) => !writeOnly && !onRequest)
      .map(([name]) => name);
  const sortable = (type: string) =>
    Object.entries(c.resource(type).attributes)
      .filter(([, { sort }]) => sort)
      .map(([name]) => name);

  describe('include', () => {
    it.each(TYPES)('[73] nothing is included unasked: %s', async (type) => {
      for (const path of [c.path(type), await c.fresh(type)])
        expect((await c.get(path)).document).not.toHaveProperty('included');
    });

    it.each(RELATIONSHIPS)(
      '[74] include is 400 where it is not supported: $type.$name',
      async ({ type, name }) => {
        const [first] = (await c.get(c.path(type))).many;
        expect((await c.get(`${first?.links.self}/relationships/${name}?include=${name}`)).refusal).toEqual(
          refused('include'),
        );
      },
    );

    it.each(TYPES)('[75] included is there when include was asked, if empty: %s', async (type) => {
      const bare = await c.fresh(type);
      expect((await c.get(`${bare}?include=`)).document.included).toEqual([]);
      for (const [name, { data }] of relationshipsOf(
        (await c.get(`${bare}?include=${namesOfType(type).join(',')}`)).one,
      ))
        if ([data ?? []].flat().length === 0)
          expect((await c.get(`${bare}?include=${name}`)).included).toEqual([]);
      expect(
        (await c.get(`${c.path(type)}?filter[id]=999999&include=${namesOfType(type)[0]}`)).included,
      ).toEqual([]);
    });

    it.each(RELATIONSHIPS)(
      '[76] nothing is included that was not asked for: $type.$name',
      async ({ type, name, target }) => {
        const answer = await c.get(`${c.path(type)}?include=${name}`);
        const linked = answer.many.flatMap((one) => [one.relationships?.[name]?.data ?? []].flat());
        const keys = linked.map((end) => `${end.type}:${end.id}`);
        for (const one of answer.included) {
          expect(one.type).toBe(target);
          expect(keys).toContain(`${one.type}:${one.id}`);
        }
      },
    );

    it.each(TYPES)('[77] include is a list of dotted paths, the empty one means none: %s', async (type) => {
      const two = RELATIONSHIPS.filter((one) => one.type === type).slice(0, 2);
      const long = two.flatMap(({ name, target }) => [
        name,
        ...namesOfType(target)
          .slice(0, 2)
          .map((next) => `${name}.${next}`),
      ]);
      const answer = await c.get(`${c.path(type)}?include=${long.join(',')}`);
      expect(answer.status).toBe(200);
      const reversed = await c.get(`${c.path(type)}?include=${long.reverse().join(',')}`);
      expect(reversed.includedKeys).toEqual(answer.includedKeys);
      expect((await c.get(`${c.path(type)}?include=`)).included).toEqual([]);
    });

    it.each(TYPES)('[78] a path that cannot be included is 400: %s', async (type) => {
      const [name = 'x'] = namesOfType(type);
      const [attribute] = shownAttributes(type);
      const deep = Array.from({ length: 30 }, () => name).join('.');
      for (const path of [
        'unknown',
        `${name}.unknown`,
        `${name}.`,
        `.${name}`,
        `${name},`,
        ',',
        '.',
        attribute,
        deep,
        '__proto__',
        ` ${name}`,
      ])
        for (const at of [c.path(type), `${c.path(type)}/1`])
          expect([
            path,
            (await c.get(`${at}?include=${encodeURIComponent(path as string)}`)).refusal,
          ]).toEqual([path, refused('include')]);
      if (!CREATABLE.includes(type)) return;
      const document = await c.document(type);
      await c.unchanged(async () => {
        expect((await c.api.post(`${c.path(type)}?include=unknown`, document)).refusal).toEqual(
          refused('include'),
        );
      });
    });

    it.each(TYPES)('[79] resources on the way of a path are included: %s', async (type) => {
      for (const { name, target } of RELATIONSHIPS.filter((one) => one.type === type))
        for (const next of namesOfType(target).slice(0, 1)) {
          const [short, long] = [
            await c.get(`${c.path(type)}?include=${name}`),
            await c.get(`${c.path(type)}?include=${name}.${next}`),
          ];
          expect(long.includedKeys).toEqual(expect.arrayContaining(short.includedKeys));
        }
    });

    it.each(CREATABLE)('[80] include holds for the answers of POST and PATCH: %s', async (type) => {
      const names = namesOfType(type).join(',');
      const created = await c.api.post(`${c.path(type)}?include=${names}`, await c.document(type));
      expect([created.status, created.included]).toEqual([201, expect.any(Array)]);
      const self = `${created.one.links.self}?include=${names}`;
      expect((await c.get(self)).includedKeys).toEqual(created.includedKeys);
      if (!UPDATABLE.includes(type)) return;
      const changed = await c.api.patch(self, c.change(created.one.links.self, type));
      expect([changed.status, changed.includedKeys]).toEqual([200, created.includedKeys]);
    });
  });

  describe('fields', () => {
    it.each(TYPES)('[81] fields is a list per type, the empty one means no fields: %s', async (type) => {
      for (const one of (await c.get(`${c.path(type)}?fields[${type}]=`)).many)
        expect(Object.keys(one).sort()).toEqual(['id', 'links', 'type']);
      const [attribute, name] = [shownAttributes(type)[0] as string, namesOfType(type)[0] as string];
      const { one } = await c.get(`${await c.fresh(type)}?fields[${type}]=${name},${attribute}`);
      expect([Object.keys(one.attributes ?? {}), Object.keys(one.relationships ?? {})]).toEqual([
        [attribute],
        [name],
      ]);
    });

    it.each(TYPES)('[82] no field is shown that fields leaves out, primary or included: %s', async (type) => {
      const path = await c.fresh(type);
      const full = (await c.get(path)).one;
      for (const field of [...shownAttributes(type), ...namesOfType(type)]) {
        const { one } = await c.get(`${path}?fields[${type}]=${field}`);
        const expected = (['attributes', 'relationships'] as const).map((part) =>
          full[part] && field in full[part] ? { [field]: full[part][field] } : undefined,
        );
        expect([one.attributes, one.relationships]).toEqual(expected);
      }
      for (const { name, target } of RELATIONSHIPS.filter(
        (one) => one.type === type && one.target !== type,
      )) {
        const field = shownAttributes(target)[0] as string;
        for (const other of (await c.get(`${c.path(type)}?include=${name}&fields[${target}]=${field}`))
          .included)
          expect([Object.keys(other.attributes ?? {}), other.relationships]).toEqual([[field], undefined]);
      }
    });

    it.each(CREATABLE)('[82] fields holds for the answer of POST: %s', async (type) => {
      const [field] = shownAttributes(type);
      const { one } = await c.api.post(`${c.path(type)}?fields[${type}]=${field}`, await c.document(type));
      expect([Object.keys(one.attributes ?? {}), one.relationships]).toEqual([[field], undefined]);
    });

    it.each(TYPES)('[83] types that fields does not name show all: %s', async (type) => {
      const other = type === 'group' ? 'person' : 'group';
      const path = await c.fresh(type);
      const { one } = await c.get(`${path}?fields[${other}]=`);
      expect(one).toEqual((await c.get(path)).one);
      expect(Object.keys(one.attributes ?? {}).sort()).toEqual(shownAttributes(type).sort());
      expect(Object.keys(one.relationships ?? {}).sort()).toEqual(namesOfType(type).sort());
    });

    it.each(TYPES)('[84] an unknown type or field in fields is 400: %s', async (type) => {
      const [known] = shownAttributes(type);
      for (const [name, value] of [
        [`fields[${type}s]`, known],
        [`fields[${type}]`, 'unknown'],
        [`fields[${type}]`, `${known},`],
        [`fields[${type}]`, `${known},,${known}`],
        [`fields[${type}]`, 'id'],
        [`fields[${type}]`, '__proto__'],
        ['fields[constructor]', 'x'],
        ['fields', known],
        ['fields[]', known],
        [`fields[${type}][x]`, known],
      ] as const)
        expect([name, value, (await c.get(`${c.path(type)}?${name}=${value}`)).refusal]).toEqual([
          name,
          value,
          refused(name),
        ]);
      const hidden = Object.entries(c.resource(type).attributes).filter(([, { writeOnly }]) => writeOnly);
      for (const [name] of hidden)
        expect((await c.get(`${c.path(type)}?fields[${type}]=${name}`)).refusal).toEqual(
          refused(`fields[${type}]`),
        );
    });
  });

  describe('sort', () => {
    const valuesOf = (resources: ResourceObject[], field: string) =>
      resources.map(({ attributes }) => attributes?.[field]);

    it('[85] several sort fields hold in their order', async () => {
      const { many } = await c.get('/toy_values?sort=flag,-whole,text&page[size]=1000');
      const terms = [
        ['flag', 1],
        ['whole', -1],
        ['text', 1],
      ] as const;
      for (const [i, one] of many.slice(1).entries()) {
        const before = many[i]?.attributes ?? {};
        const [decided = 0] = terms
          .map(([field, sign]) => sign * compareValues(before[field], one.attributes?.[field]))
          .filter((n) => n !== 0);
        expect(decided).toBeLessThanOrEqual(0);
      }
    });

    it.each(TYPES)(
      '[86] sort is ascending, with a minus descending; nulls are last, then first: %s',
      async (type) => {
        for (const field of ['id', ...sortable(type)]) {
          const up = await c.get(`${c.path(type)}?sort=${field}&page[size]=1000`);
          const down = await c.get(`${c.path(type)}?sort=-${field}&page[size]=1000`);
          expect([field, down.ids]).toEqual([field, up.ids.toReversed()]);
          const values = field === 'id' ? up.ids.map(Number) : valuesOf(up.many, field);
          for (const [i, value] of values.slice(1).entries())
            expect([field, compareValues(values[i], value) <= 0]).toEqual([field, true]);
        }
      },
    );

    it.each(TYPES)('[87] a sort that cannot be done is 400: %s', async (type) => {
      const fixed = shownAttributes(type).filter((name) => !sortable(type).includes(name));
      for (const value of [
        'unknown',
        '--id',
        '-',
        ',',
        'id,',
        ',id',
        '+id',
        'ID',
        '__proto__',
        'type',
        '',
        ...fixed,
      ]) {
        const { status, errors } = (await c.get(`${c.path(type)}?sort=${encodeURIComponent(value)}`)).refusal;
        expect([value, status, new Set(errors.map(String))]).toEqual([
          value,
          400,
          new Set(['invalid_parameter,sort']),
        ]);
      }
      expect((await c.get(`${c.path(type)}?sort[id]=x`)).refusal).toEqual(refused('sort[id]'));
      expect((await c.get(`${c.path(type)}/1?sort=id`)).refusal).toEqual(refused('sort'));
    });

    it('[88] the data is in the order that was asked for, whatever that is', async () => {
      const all = (await c.get('/toy_values?page[size]=1000')).many;
      const names = ['text', 'whole', 'flag', 'day', 'moment', 'shout'];
      const term = fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '-'));
      const terms = fc.uniqueArray(term, { selector: ([name]) => name, minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(terms, async (chosen) => {
          const sort = chosen.map(([name, minus]) => minus + name).join(',');
          const { ids } = await c.get(`/toy_values?sort=${sort}&page[size]=1000`);
          const last = chosen.at(-1)?.[1] === '-' ? -1 : 1;
          const expected = all.toSorted((a, b) => {
            for (const [name, minus] of chosen) {
              const order = compareValues(a.attributes?.[name], b.attributes?.[name]);
              if (order !== 0) return minus ? -order : order;
            }
            return last * (Number(a.id) - Number(b.id));
          });
          expect([sort, ids]).toEqual([sort, expected.map(({ id }) => id)]);
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('page', () => {
    it.each(TYPES)('[89] collections come in pages: %s', async (type) => {
      const all = (await c.get(`${c.path(type)}?page[size]=1000&sort=id`)).ids;
      const { ids, document } = await c.get(
        `${c.path(type)}?page[size]=2&page[number]=1&page[total]=true&sort=id`,
      );
      expect([ids, document.meta?.['total']]).toEqual([all.slice(0, 2), all.length]);
      expect((await c.get(`${c.path(type)}?page[offset]=1&page[limit]=1&sort=id`)).ids).toEqual(
        all.slice(1, 2),
      );
    });

    it.each(TYPES)(
      '[90] the links of pages are first, last, prev and next of the collection: %s',
      async (type) => {
        const { links } = (await c.get(`${c.path(type)}?page[size]=1&page[number]=2`)).document;
        expect(links).toMatchObject({ first: expect.any(String), prev: expect.any(String) });
        for (const name of ['first', 'last', 'prev', 'next'])
          if (links?.[name]) expect(links[name]).toMatch(new RegExp(`^/apis/v4${c.path(type)}\\?`));
        expect((await c.get(links?.['first'] as string)).ids).toEqual(
          (await c.get(`${c.path(type)}?page[size]=1`)).ids,
        );
      },
    );

    it.each(TYPES)('[91] the link of a page that is not there is null or missing: %s', async (type) => {
      const first = (await c.get(`${c.path(type)}?page[size]=1000`)).document.links;
      expect([first?.['prev'], first?.['next']]).toEqual([null, null]);
      const empty = (await c.get(`${c.path(type)}?filter[id]=999999`)).document.links;
      expect([empty?.['prev'], empty?.['next'], empty?.['last'] ?? null]).toEqual([null, null, null]);
    });

    it.each(TYPES)('[92] the pages follow the order, each item once: %s', async (type) => {
      const sort = [
        ...sortable(type)
          .slice(0, 1)
          .map((name) => `-${name}`),
        'id',
      ].join(',');
      const all = (await c.get(`${c.path(type)}?page[size]=1000&sort=${sort}`)).ids;
      const size = Math.max(1, Math.ceil(all.length / 4));
      for (const start of [`page[size]=${size}`, `page[limit]=${size}`]) {
        const walked: string[] = [];
        let back: unknown;
        for (let next: unknown = `${c.path(type)}?sort=${sort}&${start}`; next;) {
          const { ids, document } = await c.get(next as string);
          walked.push(...ids);
          back = document.links?.['prev'];
          next = document.links?.['next'];
        }
        expect(walked).toEqual(all);
        const reversed: string[] = all.slice(Math.floor((all.length - 1) / size) * size);
        for (; back;) {
          const { ids, document } = await c.get(back as string);
          reversed.unshift(...ids);
          back = document.links?.['prev'];
        }
        expect(reversed).toEqual(all);
      }
    });

    it.each(TYPES)('[93] pages are asked for by page, and a wrong one is 400: %s', async (type) => {
      for (const [name, value] of [
        ['size', '0'],
        ['size', '-1'],
        ['size', 'x'],
        ['size', '1.5'],
        ['size', ''],
        ['size', '1001'],
        ['size', '9'.repeat(40)],
        ['number', '0'],
        ['number', '-1'],
        ['limit', '-1'],
        ['limit', '1001'],
        ['offset', '-1'],
        ['offset', '1e3'],
        ['total', 'yes'],
        ['unknown', '1'],
        ['', '1'],
      ] as const)
        expect([name, value, (await c.get(`${c.path(type)}?page[${name}]=${value}`)).refusal]).toEqual([
          name,
          value,
          refused(`page[${name}]`),
        ]);
      expect((await c.get(`${c.path(type)}?page=1`)).refusal).toEqual(refused('page'));
      expect((await c.get(`${c.path(type)}?page[size]=1&page[limit]=1`)).refusal.status).toBe(400);
      expect((await c.get(`${c.path(type)}/1?page[size]=1`)).refusal).toEqual(refused('page[size]'));
    });
  });

  describe('filter and what is beyond', () => {
    it.each(TYPES)('[94] filters are asked for by filter, and an unknown one is 400: %s', async (type) => {
      const one = idIn(await c.fresh(type));
      expect((await c.get(`${c.path(type)}?filter[id]=${one}`)).ids).toEqual([one]);
      expect((await c.get(`${c.path(type)}?filter[id]=${one}&filter[id][ne]=${one}`)).ids).toEqual([]);
      const { attributes, relationships } = c.resource(type);
      // An attribute that means the same as a relationship is filtered like that one.
      const ends = Object.values(relationships).map((end) => (end.kind === 'to-one' ? end.idAttribute : ''));
      const hidden = Object.entries(attributes)
        .filter(([name, { filter }]) => !filter && !ends.includes(name))
        .map(([name]) => `filter[${name}]`);
      for (const name of [
        'filter[unknown]',
        'filter[id][is]',
        'filter[id][eq][eq]',
        'filter',
        'filter[]',
        'filter[__proto__]',
        ...hidden,
      ])
        expect([name, (await c.get(`${c.path(type)}?${name}=1`)).refusal]).toEqual([name, refused(name)]);
      expect((await c.get(`${c.path(type)}/1?filter[id]=1`)).refusal).toEqual(refused('filter[id]'));
    });

    it.each(TYPES)('[95] parameters of our own have a character beyond a-z: %s', (type) => {
      for (const name of c.resource(type).createParameters ?? [])
        expect(name).toMatch(/^[a-zA-Z0-9][\w-]*[^a-z][\w-]*$/);
    });

    it.each(TYPES)('[96] parameters of our own are told from the standard’s by an underscore: %s', (type) => {
      for (const name of c.resource(type).createParameters ?? []) expect(name).toContain('_');
    });

    it.each(TYPES)('[97] a parameter that is no parameter is 400: %s', async (type) => {
      for (const name of [
        'foo',
        'filters[a]',
        'page[_]',
        'filter[a',
        'filter]a[',
        'filter[id]x',
        'limit',
        'stats',
        'where',
        'Include',
        '_',
        '-x',
        '$x',
      ])
        expect([name, (await c.get(`${c.path(type)}?${name}=1`)).refusal]).toEqual([name, refused(name)]);
      if (!CREATABLE.includes(type)) return;
      const document = await c.document(type);
      await c.unchanged(async () => {
        expect((await c.api.post(`${c.path(type)}?foo=1`, document)).refusal).toEqual(refused('foo'));
      });
    });

    it.each(TYPES)('[98] a well-named unknown parameter is 400 too: %s', async (type) => {
      for (const name of ['fooBar', 'foo_bar', 'foo-bar', 'camelCase[x]', 'Foo'])
        expect([name, (await c.get(`${c.path(type)}?${name}=1`)).refusal]).toEqual([name, refused(name)]);
    });

    it.each(TYPES)('[99] a family is a base with keys in brackets: %s', async (type) => {
      const one = idIn(await c.fresh(type));
      for (const query of [`filter[id]=${one}`, `filter[id][eq]=${one}`, `filter[id][in]=${one},999999`])
        expect([query, (await c.get(`${c.path(type)}?${query}`)).ids]).toEqual([query, [one]]);
      for (const name of [
        'filter[id][]',
        'filter[a.b]',
        'filter[a][b][c]',
        'page[size][x]',
        `fields[${type}][]`,
      ])
        expect([name, (await c.get(`${c.path(type)}?${name}=1`)).refusal]).toEqual([name, refused(name)]);
    });

    it('[100] the query is read as a form: plus is a space, percent is decoded, and a bad one is 400', async () => {
      const id = await c.freshId('toy_node');
      await c.api.patch(`/toy_nodes/${id}`, {
        data: { type: 'toy_node', id, attributes: { name: 'a b+c&d=é%' } },
      });
      for (const value of ['a+b%2Bc%26d%3D%C3%A9%25', 'a%20b%2bc%26d=%c3%a9%25'])
        expect((await c.get(`/toy_nodes?filter[name]=${value}`)).ids).toEqual([id]);
      for (const value of ['%', '%2', '%zz', '%C3', '%ED%A0%80', '%00', 'a%'])
        for (const type of TYPES)
          expect((await c.get(`${c.path(type)}?filter[id]=${value}`)).refusal).toEqual(refused('filter[id]'));
    });

    it.each(TYPES)('[101] brackets are read raw and encoded alike: %s', async (type) => {
      const raw = await c.get(`${c.path(type)}?page[size]=2&fields[${type}]=&filter[id][ne]=1`);
      for (const query of [
        `page%5Bsize%5D=2&fields%5B${type}%5D=&filter%5Bid%5D%5Bne%5D=1`,
        `page%5bsize%5d=2&fields[${type}%5D=&filter%5Bid][ne%5D=1`,
      ])
        expect((await c.get(`${c.path(type)}?${query}`)).many).toEqual(raw.many);
    });

    it.each(TYPES)(
      '[102] parameters of extensions have their prefix, and are none of ours: %s',
      async (type) => {
        for (const name of ['atomic:operations', 'x:y', 'ext:a[b]'])
          expect([name, (await c.get(`${c.path(type)}?${name}=1`)).refusal]).toEqual([name, refused(name)]);
      },
    );
  });
});
