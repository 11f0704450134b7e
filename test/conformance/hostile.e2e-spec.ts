import fc from 'fast-check';
import type { ValueType } from '../../src/jsonapi/resource/define-resource.js';
import type { ApiAnswer, ApiRequest } from '../support/api-client.js';
import { ConformanceWorld, CREATABLE, idIn, RELATIONSHIPS, TYPES, UPDATABLE } from './conformance-world.js';
import { mutations, pathsOf, pointerOf, replaced, valueAt, type Path } from './mutate-document.js';

/** What every refusal may be; whatever else comes, no 5xx. */
const INSIDE =
  /node_modules|\bat [\w.<>]+ \(|\.ts:\d|SQLSTATE|violates|relation "|syntax error|pg_catalog|undefined is not|Cannot read prop/;

/** One value of every kind there is in JSON. */
const KINDS: unknown[] = [null, true, 1, 'x', [], {}];
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;

/** Values of JSON that a value type takes at all. */
const TAKES: Record<ValueType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  integer: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string',
  timestamp: (value) => typeof value === 'string',
  id: (value) => typeof value === 'string',
  json: () => true,
};

describe('Hostile input', () => {
  let c: ConformanceWorld;
  /** What was written until the last request. */
  let stored: string;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const ready = async (): Promise<void> => {
    stored = await c.written();
  };

  /** Sends it, and holds a refusal to be a 4xx that wrote nothing and tells nothing from inside. */
  async function hostile(request: ApiRequest, lenient = false): Promise<ApiAnswer> {
    const answer = await (lenient ? c.api.lenient : c.api).send(request);
    expect([request, answer.status, answer.status < 500]).toEqual([request, answer.status, true]);
    const after = await c.written();
    // An entry that several people match is kept for a person to decide.
    const held = answer.status >= 400 && answer.document.errors?.[0]?.code === 'ambiguous_match';
    if (answer.status >= 400 && !held) {
      expect([request, after === stored]).toEqual([request, true]);
      expect(answer.text).not.toMatch(INSIDE);
    }
    stored = after;
    return answer;
  }

  /** What may be sent of the type, with the address it is sent to. */
  async function requestsOf(type: string): Promise<ApiRequest[]> {
    const path = await c.fresh(type);
    const { along } = c.sample(type);
    const included = along?.(9).map(({ resource }, i) => ({ ...resource, lid: `l${i}` }));
    const create = { ...(await c.document(type)), ...(included && { included }), meta: {} };
    const requests: ApiRequest[] = [{ method: 'POST', path: c.path(type), body: create }];
    if (UPDATABLE.includes(type)) requests.push({ method: 'PATCH', path, body: c.change(path, type) });
    await ready();
    return requests;
  }

  it.each(CREATABLE)('is refused where a value of another kind stands, at every place: %s', async (type) => {
    const attributes = c.resource(type).attributes;
    for (const { method, path, body } of await requestsOf(type))
      for (const at of pathsOf(body)) {
        const there = valueAt(body, at);
        for (const wrong of KINDS.filter((one) => kindOf(one) !== kindOf(there))) {
          const value = attributes[String(at[2])];
          const inAttributes = at[0] === 'data' && at[1] === 'attributes' && at.length === 3;
          if (inAttributes && (wrong === null || (value && TAKES[value.type](wrong)))) continue;
          if (mayBeNull(at) && wrong === null) continue;
          const answer = await c.api.send({ method, path, body: replaced(body, at, wrong) });
          expect([method, pointerOf(at), wrong, answer.status >= 400 && answer.status < 500]).toEqual([
            method,
            pointerOf(at),
            wrong,
            true,
          ]);
          expect(answer.text).not.toMatch(INSIDE);
        }
      }
  });

  /** The linkage of a to-one. */
  const mayBeNull = (at: Path): boolean => at[1] === 'relationships' && at.length === 4 && at[3] === 'data';

  it.each(CREATABLE)('never breaks the server, whatever is done to a document: %s', async (type) => {
    for (const { method, path, body } of await requestsOf(type))
      await fc.assert(
        fc.asyncProperty(mutations(body), fc.boolean(), async (changed, lenient) => {
          await hostile({ method, path, body: JSON.stringify(changed) }, lenient);
        }),
        { numRuns: 15 },
      );
  });

  it.each(RELATIONSHIPS.filter(({ type, write }) => UPDATABLE.includes(type) && write === true))(
    'nor to linkage: $type.$name',
    async ({ type, name, kind, target }) => {
      const path = `${await c.fresh(type)}/relationships/${name}`;
      const end = { type: target, id: await c.freshId(target), meta: {} };
      const body = { data: kind === 'to-many' ? [end, { ...end, id: await c.freshId(target) }] : end };
      const methods = kind === 'to-many' ? (['POST', 'PATCH', 'DELETE'] as const) : (['PATCH'] as const);
      await ready();
      await fc.assert(
        fc.asyncProperty(
          mutations(body),
          fc.constantFrom(...methods),
          fc.boolean(),
          async (changed, method, lenient) => {
            await hostile({ method, path, body: JSON.stringify(changed) }, lenient);
          },
        ),
        { numRuns: 15 },
      );
    },
  );

  it.each(CREATABLE)('may not say a thing twice: %s', async (type) => {
    const { data } = await c.document(type);
    const twice = (text: string) => text.replace(/^\{/, '{"type":"person",');
    const body = JSON.stringify(data);
    await ready();
    for (const [text, pointer] of [
      [`{"data":${body},"data":${body}}`, '/data'],
      [`{"data":${twice(body)}}`, '/data/type'],
      [`{"data":{"type":"${type}","attributes":{"a":1,"\\u0061":2}}}`, '/data/attributes/a'],
    ] as const) {
      const answer = await hostile({ method: 'POST', path: c.path(type), body: text });
      expect(answer.refusal).toEqual({ status: 400, errors: [['malformed_json', pointer]] });
    }
  });

  it.each(['person', 'toy_node', 'toy_value'])(
    'may be deep, long and wide, and is refused for what it says: %s',
    async (type) => {
      const { data } = await c.document(type);
      const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
      const at = Object.keys(data.attributes ?? {})[0] as string;
      const text = (value: string, name = at) =>
        JSON.stringify({ data: { ...data, attributes: { ...data.attributes, [name]: '§' } } }).replace(
          '"§"',
          value,
        );
      await ready();
      const long = await hostile({
        method: 'POST',
        path: c.path(type),
        body: text(JSON.stringify('x'.repeat(1_000_000))),
      });
      expect(long.status).toBe(422);
      expect((await hostile({ method: 'POST', path: c.path(type), body: text(deep) })).status).toBe(422);
      expect((await hostile({ method: 'POST', path: c.path(type), body: text('1', 'unknown') })).status).toBe(
        422,
      );
      const wide = {
        type,
        attributes: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`a${i}`, i])),
      };
      const told = await hostile({ method: 'POST', path: c.path(type), body: { data: wide } });
      expect([told.status, told.document.errors?.length]).toEqual([422, 100]);
      const included = Array.from({ length: 5_000 }, (_, i) => ({ type: 'nothing', id: String(i) }));
      expect((await hostile({ method: 'POST', path: c.path(type), body: { data, included } })).status).toBe(
        409,
      );
      // Members that mean nothing are as deep as they like.
      const meant = JSON.stringify({ data, meta: { a: '§' } }).replace('"§"', deep);
      expect((await c.api.post(c.path(type), meant)).status).toBe(201);
    },
  );

  it.each(
    RELATIONSHIPS.filter(
      ({ type, write, kind }) => UPDATABLE.includes(type) && write === true && kind === 'to-many',
    ),
  )('may name 5,000 ends: $type.$name', async ({ type, name, target }) => {
    const path = `${await c.fresh(type)}/relationships/${name}`;
    const data = Array.from({ length: 5_000 }, (_, i) => ({ type: target, id: String(900_000 + i) }));
    await ready();
    const answer = await hostile({ method: 'POST', path, body: { data } });
    expect(answer.status).toBe(404);
    expect((await hostile({ method: 'DELETE', path, body: { data } })).status).toBe(200);
  });

  it.each(TYPES)('may not come with 10,000 parameters, and is told so in few words: %s', async (type) => {
    for (const name of ['a', 'filter[id]']) {
      const query = Array.from({ length: 10_000 }, (_, i) => `${name}${i % 2 ? i : ''}=1`).join('&');
      const answer = await c.get(`${c.path(type)}?${query}`);
      expect([answer.status, answer.bytes.length < 5_000]).toEqual([400, true]);
    }
    const ids = (n: number) => Array.from({ length: n }, (_, i) => i).join(',');
    expect((await c.get(`${c.path(type)}?filter[id]=${ids(1_000)}`)).status).toBe(200);
    expect((await c.get(`${c.path(type)}?filter[id]=${ids(20_000)}`)).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', 'filter[id]']],
    });
  });

  it.each(TYPES)('means no SQL, wherever it stands: %s', async (type) => {
    const one = idIn(await c.fresh(type));
    const before = await c.written();
    const [attribute] = Object.keys(c.resource(type).attributes);
    for (const sql of ["1'; drop table people; --", '1) or (1=1']) {
      const evil = encodeURIComponent(sql);
      for (const path of [
        `${c.path(type)}/${evil}`,
        `${c.path(type)}/${one}/${evil}`,
        `${c.path(type)}/${one}/relationships/${evil}`,
        `${c.path(type)}?filter[${evil}]=1`,
        `${c.path(type)}?filter[id]=${evil}`,
        `${c.path(type)}?filter[id][${evil}]=1`,
        `${c.path(type)}?sort=${evil}`,
        `${c.path(type)}?include=${evil}`,
        `${c.path(type)}?fields[${type}]=${evil}`,
        `${c.path(type)}?fields[${evil}]=${attribute}`,
        `${c.path(type)}?page[size]=${evil}`,
        `${c.path(type)}?page[${evil}]=1`,
        `${c.path(type)}?${evil}=1`,
      ]) {
        const answer = await c.get(path);
        expect([path, [400, 404].includes(answer.status)]).toEqual([path, true]);
        expect(answer.text).not.toMatch(INSIDE);
      }
      // As the text that it is, it is compared with texts.
      const texts = Object.entries(c.resource(type).attributes).filter(
        ([, { type: value, filter }]) => filter && value === 'string',
      );
      for (const [name] of texts.slice(0, 2))
        expect((await c.get(`${c.path(type)}?filter[${name}]=${evil}`)).ids).toEqual([]);
    }
    for (const header of ['if-match', 'if-none-match', 'x-request-id', 'accept-language'])
      expect(
        (await c.get(`${c.path(type)}/${one}`, { [header]: "'; drop table people; --" })).status,
      ).toBeLessThan(500);
    expect((await c.written()) === before).toBe(true);
  });

  it.each(CREATABLE)('means no SQL in a document: %s', async (type) => {
    const { data } = await c.document(type);
    const sql = "'; drop table people; --";
    const id = { data: { type: RELATIONSHIPS.find((one) => one.type === type)?.target, id: sql } };
    await ready();
    for (const sent of [
      { ...data, type: sql },
      { ...data, id: sql },
      { ...data, attributes: { ...data.attributes, [sql]: 1 } },
      { ...data, relationships: { ...data.relationships, [sql]: { data: null } } },
      {
        ...data,
        relationships: {
          ...data.relationships,
          [RELATIONSHIPS.find((one) => one.type === type)?.name ?? '']: id,
        },
      },
    ])
      expect(
        (await hostile({ method: 'POST', path: c.path(type), body: { data: sent } })).status,
      ).toBeGreaterThanOrEqual(400);
    const texts = Object.entries(data.attributes ?? {}).filter(
      ([name]) => c.resource(type).attributes[name]?.type === 'string',
    );
    for (const [name] of texts)
      await hostile({
        method: 'POST',
        path: c.path(type),
        body: { data: { ...data, attributes: { ...data.attributes, [name]: sql } } },
      });
    expect((await c.get('/people')).status).toBe(200);
  });

  it('leaves the program as it was', () => {
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
