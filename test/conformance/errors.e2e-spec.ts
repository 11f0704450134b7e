import { CATALOG } from '../../src/jsonapi/errors/catalog.js';
import type { ApiAnswer } from '../support/api-client.js';
import { resolves } from '../support/faults/json.js';
import { ConformanceWorld, CREATABLE, TYPES } from './conformance-world.js';
import { brokenResource } from './toy/toy.resources.js';
import { linksOf } from './walk-document.js';

describe('Errors', () => {
  let c: ConformanceWorld;
  /** Refusals of every layer and, per type, of every kind. */
  const all: ApiAnswer[] = [];

  beforeAll(async () => {
    c = await ConformanceWorld.boot({ BODY_LIMIT: '64kb' }, [brokenResource]);
    all.push(
      await c.get('/nowhere'),
      await c.get('/%zz'),
      await c.choir.world.nobody.get('/people'),
      await c.get('/people?access_token=x', { authorization: 'Bearer x' }),
      await c.api.delete('/people'),
      await c.get('/people', { accept: 'text/html' }),
      await c.api.post('/people', `"${'x'.repeat(65 * 1024)}"`),
      await c.api.post('/people', '<x/>', { 'content-type': 'text/xml' }),
      await c.get('/toy_wrecks'),
    );
    for (const type of TYPES) {
      const path = c.path(type);
      all.push(
        await c.get(`${path}/0`),
        await c.get(`${path}?a=1&include=b&sort=c`),
        await c.api.post(path, '{'),
        await c.api.post(path, []),
        await c.api.post(path, { data: { type: 'nothing', id: 1, attributes: [], relationships: [] } }),
        await c.api.patch(await c.fresh(type), { data: { type, id: '0' } }),
        await c.api.patch(path, {}),
        await c.create('toy_animal', {}),
      );
    }
  });
  afterAll(() => c.close());

  const errorsOf = (answer: ApiAnswer) => answer.document.errors ?? [];

  it.each(CREATABLE)('[148] several problems are told at once: %s', async (type) => {
    const { data } = await c.document(type);
    const wrong = c.sample(type).wrong ?? {};
    const attributes = { ...data.attributes, ...wrong };
    const answer = await c.create(type, { data: { ...data, attributes } });
    const pointers = Object.keys(wrong).map((name) => ['invalid_attribute', `/data/attributes/${name}`]);
    expect(answer.status).toBe(422);
    expect(answer.refusal.errors.map(String).sort()).toEqual(pointers.map(String).sort());
  });

  it.each(CREATABLE)('[149] several problems have the most general status: %s', async (type) => {
    const { data } = await c.document(type);
    const sent = { ...data, type: 'nothing', attributes: { ...data.attributes, unknown: 1 } };
    const answer = await c.create(type, { data: sent });
    expect([
      answer.status,
      errorsOf(answer)
        .map(({ status }) => status)
        .sort(),
    ]).toEqual([400, ['409', '422']]);
    const same = await c.create(type, {
      data: { ...data, attributes: { ...data.attributes, one: 1, two: 2 } },
    });
    expect([same.status, errorsOf(same).map(({ status }) => status)]).toEqual([422, ['422', '422']]);
  });

  it('[150] errors is an array at the top, whichever layer refuses', () => {
    expect(new Set(all.map(({ status }) => status))).toEqual(
      new Set([400, 401, 403, 404, 405, 406, 409, 413, 415, 500]),
    );
    for (const answer of all)
      expect(answer.document).toEqual({ jsonapi: { version: '1.1' }, errors: expect.any(Array) });
  });

  it('[151] an error object says something', () => {
    for (const error of all.flatMap(errorsOf)) {
      expect(Object.keys(error).length).toBeGreaterThan(4);
      // The apps compare the text of 401.
      if (error.status !== '401') expect(error.detail).toMatch(/^.{10,}\.$/s);
    }
  });

  it('[152] status is a string, that of the answer', () => {
    for (const answer of all) {
      const statuses = new Set(errorsOf(answer).map(({ status }) => status));
      for (const status of statuses) expect(status).toEqual(expect.stringMatching(/^[45]\d\d$/));
      if (statuses.size === 1) expect([...statuses]).toEqual([String(answer.status)]);
      else expect(answer.status).toBe(400);
    }
  });

  it('[153] code is a stable string, one of the catalog', () => {
    for (const { code, status } of all.flatMap(errorsOf)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect([code, String(CATALOG[code as keyof typeof CATALOG][0])]).toEqual([code, status]);
    }
  });

  it('[154] title does not differ for one code', () => {
    const titles = new Map<string, Set<string>>();
    for (const { code, title } of all.flatMap(errorsOf))
      titles.set(code, (titles.get(code) ?? new Set()).add(title));
    for (const [code, told] of titles)
      expect([code, [...told]]).toEqual([code, [CATALOG[code as keyof typeof CATALOG][1]]]);
  });

  it('[155] source names a pointer, a parameter or a header', () => {
    const sources = all.flatMap(errorsOf).flatMap(({ source }) => (source ? [source] : []));
    expect(new Set(sources.flatMap(Object.keys))).toEqual(new Set(['pointer', 'parameter', 'header']));
    for (const source of sources) expect(Object.values(source)).toEqual([expect.any(String)]);
  });

  it.each(CREATABLE)('[156] a pointer leads to something in the request: %s', async (type) => {
    const { data } = await c.document(type);
    const required = Object.keys(data.attributes ?? {});
    const documents = [
      { data: { type } },
      { data: { ...data, attributes: {} } },
      { data: { ...data, relationships: {} } },
      { data: { ...data, attributes: { 'a/b~c': 1, '': 2, '\u0000': 3 } } },
      ...required.map((name) => ({ data: { ...data, attributes: { ...data.attributes, [name]: {} } } })),
      { data: { type: 'nothing', relationships: { 'x/y': { data: 1 } } } },
    ];
    for (const document of documents)
      for (const { source } of errorsOf(await c.create(type, document)))
        expect([document, source?.pointer, resolves(document, source?.pointer ?? 'none')]).toEqual([
          document,
          source?.pointer,
          true,
        ]);
  });

  it('[157] links of errors can be fetched; there are none but for profiles', async () => {
    for (const link of all.flatMap((answer) => linksOf(answer.document)))
      expect((await c.get(link)).status).toBe(200);
  });

  it('[158] meta of an error is an object', () => {
    for (const { meta = {} } of all.flatMap(errorsOf)) expect(meta).toEqual(expect.any(Object));
  });

  it('shows nothing from inside, least of all in a 500', () => {
    for (const { text } of all)
      expect(text).not.toMatch(
        /\bat \S+:\d+|node_modules|\.ts\b|\.js\b|select |syntax|column|relation "|pg_|division/i,
      );
  });
});
