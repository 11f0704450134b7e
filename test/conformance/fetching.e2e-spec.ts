import type { ApiAnswer } from '../support/api-client.js';
import { ConformanceWorld, idIn, RELATIONSHIPS, TYPES } from './conformance-world.js';
import { identityOf, linksOf, relationshipsOf } from './walk-document.js';

const NO_IDS = [
  '999999',
  '0',
  '-1',
  'abc',
  '1e3',
  '9223372036854775808',
  '9'.repeat(200),
  '%00',
  '1%27--',
  '__proto__',
];

describe('Fetching', () => {
  let c: ConformanceWorld;
  /** Every document that links lead to from the collections, by URL. */
  const seen = new Map<string, ApiAnswer>();

  beforeAll(async () => {
    c = await ConformanceWorld.boot();
    const queue = TYPES.map((type) => `/apis/v4${c.path(type)}`);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      const answer = await c.get(at);
      seen.set(at, answer);
      if (answer.status !== 200) continue;
      const { links, data } = answer.document;
      // Of a list the first few and the last: it has those of its kind.
      queue.push(
        ...linksOf({ links, data: Array.isArray(data) ? [...data.slice(0, 3), ...data.slice(-1)] : data }),
      );
    }
  }, 120_000);
  afterAll(() => c.close());

  const notFound = { status: 404, errors: [['not_found', undefined]] };
  const below = (path: string) => [...seen].filter(([at]) => at.startsWith(`/apis/v4${path}`));
  /** The fetched documents of one relationship of every resource of a type. */
  const at = (type: string, end: string) =>
    below(`${c.path(type)}/`).filter(([url]) => url.split('?')[0]?.split('/').slice(5).join('/') === end);

  it.each(TYPES)('[62] every self and related that is shown can be fetched: %s', (type) => {
    const fetched = below(c.path(type));
    expect(fetched.length).toBeGreaterThan(Object.keys(c.resource(type).relationships).length);
    expect(fetched.filter(([, { status }]) => status !== 200).map(([url]) => url)).toEqual([]);
  });

  it.each(TYPES)('[63] success is 200: %s', async (type) => {
    for (const path of [c.path(type), await c.fresh(type)]) expect((await c.get(path)).status).toBe(200);
  });

  it.each(TYPES)('[64] a collection answers with an array: %s', async (type) => {
    const { data } = (await c.get(c.path(type))).document;
    expect(data).toEqual(expect.any(Array));
    for (const one of data as never[]) expect(identityOf(one)).toMatchObject({ type });
  });

  it.each(TYPES)(
    '[65] a single resource answers with it, null only where there could be one: %s',
    async (type) => {
      const path = await c.fresh(type);
      expect((await c.get(path)).document.data).toMatchObject({ type, id: idIn(path) });
      for (const [name, relationship] of Object.entries(c.resource(type).relationships)) {
        if (relationship.kind !== 'to-one') continue;
        for (const [, { document }] of at(type, name))
          expect(
            document.data === null || (document.data as { type: string }).type === relationship.type,
          ).toBe(true);
      }
    },
  );

  it.each(TYPES)('[66] a single resource that is not there is 404, whatever its id is: %s', async (type) => {
    for (const id of NO_IDS)
      expect([id, (await c.get(`${c.path(type)}/${id}`)).refusal]).toEqual([id, notFound]);
  });

  it.each(TYPES)('[67] HEAD is GET without a body; 405 has Allow, 401 WWW-Authenticate: %s', async (type) => {
    for (const path of [c.path(type), await c.fresh(type), `${c.path(type)}/0`]) {
      const [get, head] = [await c.get(path), await c.api.send({ method: 'HEAD', path })];
      expect([head.status, head.bytes.length]).toEqual([get.status, 0]);
      for (const name of ['content-type', 'content-length', 'etag', 'vary', 'cache-control'])
        expect([name, head.header(name)]).toEqual([name, get.header(name)]);
    }
    for (const method of ['PATCH', 'DELETE', 'PUT'] as const) {
      const answer = await c.api.send({ method, path: c.path(type), body: {} });
      expect([answer.status, answer.header('allow')]).toEqual([405, 'GET, HEAD, POST']);
    }
    const stranger = await c.choir.world.nobody.get(c.path(type));
    expect([stranger.status, stranger.header('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it.each(RELATIONSHIPS)(
    '[68] every self of a relationship can be fetched: $type.$name',
    ({ type, name }) => {
      const fetched = at(type, `relationships/${name}`);
      expect(fetched.length).toBeGreaterThan(0);
      expect(fetched.filter(([, { status }]) => status !== 200)).toEqual([]);
    },
  );

  it.each(RELATIONSHIPS)(
    '[69] its primary data is the linkage of what is related: $type.$name',
    ({ type, name, kind, target }) => {
      for (const [url, { document }] of at(type, `relationships/${name}`)) {
        const related = seen.get(url.replace('/relationships', ''))?.document.data;
        const identity = (one: never) => identityOf(one);
        const expected =
          kind === 'to-many' ? (related as never[]).map(identity) : related && identity(related as never);
        expect([url, document.data]).toEqual([url, expected]);
        for (const end of [document.data ?? []].flat())
          expect([Object.keys(end).sort(), end.type]).toEqual([['id', 'type'], target]);
      }
    },
  );

  it.each(RELATIONSHIPS)('[70] its links are self and related: $type.$name', ({ type, name }) => {
    for (const [url, { document }] of at(type, `relationships/${name}`).filter(([one]) => !one.includes('?')))
      expect(document.links).toMatchObject({ self: url, related: url.replace('/relationships', '') });
  });

  it.each(TYPES)(
    '[71] the relationship of nothing and the relationship that is none are 404: %s',
    async (type) => {
      const path = await c.fresh(type);
      const names = Object.keys(c.resource(type).relationships);
      for (const name of names)
        for (const id of ['999999', 'abc', '9223372036854775808'])
          for (const end of [name, `relationships/${name}`])
            expect((await c.get(`${c.path(type)}/${id}/${end}`)).refusal).toEqual(notFound);
      const [attribute] = Object.keys(c.resource(type).attributes);
      for (const name of [
        'unknown',
        '__proto__',
        'constructor',
        attribute,
        names[0]?.toUpperCase() ?? 'X',
        '%00',
      ])
        for (const end of [name, `relationships/${name}`])
          expect([end, (await c.get(`${path}/${end}`)).refusal]).toEqual([end, notFound]);
    },
  );

  it.each(TYPES)('[72] the relationship with nothing in it is 200: %s', async (type) => {
    const { one } = await c.get(await c.fresh(type));
    for (const [name, { links }] of relationshipsOf(one)) {
      const { status, document } = await c.get(links.self as string);
      const many = c.resource(type).relationships[name]?.kind === 'to-many';
      expect([name, status, Array.isArray(document.data)]).toEqual([name, 200, many]);
    }
  });

  it('[72] among the toys every relationship is empty somewhere', () => {
    for (const { type, name, kind } of RELATIONSHIPS.filter((one) => one.type.startsWith('toy_node')))
      expect([name, at(type, `relationships/${name}`).map(([, { document }]) => document.data)]).toEqual([
        name,
        expect.arrayContaining([kind === 'to-many' ? [] : null]),
      ]);
  });
});
