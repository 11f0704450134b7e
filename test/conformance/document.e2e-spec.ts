import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import { ConformanceWorld, CREATABLE, idIn, RELATIONSHIPS, TYPES, UPDATABLE } from './conformance-world.js';
import { relationshipsOf } from './walk-document.js';

describe('The top of a document', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const refused = (status: number, code: string, source?: string) => ({ status, errors: [[code, source]] });

  it.each(TYPES)('[20] the root of an answer is an object: %s', async (type) => {
    for (const path of [c.path(type), await c.fresh(type), `${c.path(type)}/0`, `${c.path(type)}?x=1`])
      expect((await c.get(path)).document).toEqual(expect.objectContaining({ jsonapi: { version: '1.1' } }));
  });

  it.each(CREATABLE)('[20] the root of a request is an object: %s', async (type) => {
    const path = await c.fresh(type);
    await c.unchanged(async () => {
      for (const root of ['[]', '"x"', '1', 'null', 'true', '[{"data":{}}]'])
        for (const answer of [await c.create(type, root), await c.api.patch(path, root)])
          expect(answer.refusal).toEqual(refused(400, 'malformed_document', ''));
    });
  });

  it.each(CREATABLE)('[21] a document has data, errors or meta: %s', async (type) => {
    for (const empty of [{}, { meta: {} }, { jsonapi: { version: '1.1' } }, { errors: [] }])
      expect((await c.create(type, empty)).refusal).toEqual(refused(400, 'malformed_document', ''));
    expect((await c.create(type, await c.document(type))).document).toHaveProperty('data');
  });

  it.each(TYPES)('[22] data and errors never stand together: %s', async (type) => {
    const [right, wrong] = [
      (await c.get(c.path(type))).document,
      (await c.get(`${c.path(type)}/0`)).document,
    ];
    expect([Object.keys(right).sort(), Object.keys(wrong).sort()]).toEqual([
      ['data', 'jsonapi', 'links'],
      ['errors', 'jsonapi'],
    ]);
  });

  it.each(TYPES)('[23] jsonapi, links and included have their types: %s', async (type) => {
    const names = Object.keys(c.resource(type).relationships).join(',');
    const { jsonapi, links, included } = (await c.get(`${c.path(type)}?include=${names}`)).document;
    expect([jsonapi, links, included]).toEqual([
      expect.any(Object),
      expect.objectContaining({ self: expect.any(String) }),
      expect.any(Array),
    ]);
  });

  it.each(CREATABLE)('[24] included does not stand without data: %s', async (type) => {
    const path = await c.fresh(type);
    await c.unchanged(async () => {
      for (const answer of [
        await c.create(type, { included: [] }),
        await c.api.patch(path, { included: [{ type: 'person', id: '1' }] }),
      ])
        expect(answer.refusal).toEqual(refused(400, 'malformed_document', ''));
    });
    expect((await c.get(`${c.path(type)}/0?include=`)).document).not.toHaveProperty('included');
  });

  it.each(CREATABLE)('[25] unknown members are ignored and not shown: %s', async (type) => {
    const { data } = await c.document(type);
    const relationships = Object.entries(data.relationships ?? {}).map(([name, value]) => [
      name,
      { ...(value as object), foo: 1 },
    ]);
    const sent = {
      ...data,
      relationships: Object.fromEntries(relationships) as object,
      foo: 1,
      'not a name': 2,
    };
    const answer = await c.create(type, { data: sent, foo: 1, Data: null, links: { self: '/x' } });
    expect(answer.status).toBe(201);
    expect(answer.text).not.toContain('foo');
    expect((await c.get(answer.one.links.self)).text).not.toMatch(/foo|not a name/);
  });

  it.each(TYPES)('[26] top-level links are self and pages: %s', async (type) => {
    expect(Object.keys((await c.get(c.path(type))).document.links ?? {}).sort()).toEqual(
      expect.arrayContaining(['first', 'next', 'prev', 'self']),
    );
    expect(Object.keys((await c.get(await c.fresh(type))).document.links ?? {})).toEqual(['self']);
  });

  it.each(TYPES)('[27] self is a link object with a type when a profile is applied: %s', async (type) => {
    const profile = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';
    const accept = `${MEDIA_TYPE};profile="${profile}"`;
    const answer = await c.get(`${c.path(type)}?page[size]=1`, { accept });
    const href = `/apis/v4${c.path(type)}?page%5Bsize%5D=1`;
    expect(answer.document.links?.['self']).toEqual({ href, type: answer.header('content-type') });
    expect((await c.get(href, { accept })).document).toEqual(answer.document);
    expect((await c.get(href)).document.links?.['self']).toBe(href);
  });

  it.each(TYPES)('[28] self repeats the query and shows the same document again: %s', async (type) => {
    const path = c.path(type);
    const names = Object.keys(c.resource(type).relationships);
    const one = await c.fresh(type);
    for (const query of [
      '',
      `sort=-id&page[size]=1&page[number]=2&include=${names[0] ?? ''}`,
      'page%5Boffset%5D=1&page%5Blimit%5D=1&page[total]=true',
      `&&filter[id]=${idIn(one)}&fields[${type}]=${names.slice(0, 2).join(',')}&`,
    ]) {
      const answer = await c.get(query ? `${path}?${query}` : path);
      expect(answer.status).toBe(200);
      const again = await c.get(answer.document.links?.['self'] as string);
      expect(again.document).toEqual(answer.document);
    }
    for (const query of ['', `?include=${names.join(',')}`, `?fields[${type}]=`]) {
      const answer = await c.get(one + query);
      expect((await c.get(answer.document.links?.['self'] as string)).document).toEqual(answer.document);
    }
  });

  it.each(TYPES)(
    '[29] primary data is one for a single target, an array for a collection: %s',
    async (type) => {
      const one = await c.fresh(type);
      expect((await c.get(one)).document.data).toMatchObject({ type, id: idIn(one) });
      expect((await c.get(c.path(type))).document.data).toEqual(expect.any(Array));
      for (const [name, { links }] of relationshipsOf((await c.get(one)).one)) {
        const many = c.resource(type).relationships[name]?.kind === 'to-many';
        for (const link of [links.self, links.related]) {
          const { data } = (await c.get(link as string)).document;
          expect([name, link, Array.isArray(data)]).toEqual([name, link, many]);
        }
      }
    },
  );

  it.each(TYPES)('[30] a collection is an array with no and with one item too: %s', async (type) => {
    const one = idIn(await c.fresh(type));
    const data = async (id: string) => (await c.get(`${c.path(type)}?filter[id]=${id}`)).document.data;
    expect(await data('999999')).toEqual([]);
    expect(await data(one)).toEqual([expect.objectContaining({ type, id: one })]);
  });

  it.each(UPDATABLE)('shows the same resource after a write as when it is read: %s', async (type) => {
    const path = await c.fresh(type);
    const answer = await c.api.patch(path, c.change(path, type));
    expect((await c.get(path)).document).toEqual(answer.document);
  });

  it('has toys with every kind of relationship', () => {
    const kinds = RELATIONSHIPS.map(
      ({ kind, type, target }) => `${kind} ${type === target ? 'itself' : 'others'}`,
    );
    expect(new Set(kinds).size).toBe(4);
  });
});
