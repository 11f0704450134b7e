import { MEDIA_TYPE, type ResourceObject } from '../../src/jsonapi/index.js';
import type { ApiAnswer } from '../support/api-client.js';
import {
  ConformanceWorld,
  CREATABLE,
  idIn,
  RELATIONSHIPS,
  REMOVABLE,
  TYPES,
  UPDATABLE,
} from './conformance-world.js';

const EXT = 'https://jsonapi.org/ext/atomic';
const TYPE = `${MEDIA_TYPE};ext="${EXT}"`;
const OPERATIONS = 'atomic:operations';
const MOST = 12;

const writable = RELATIONSHIPS.filter(({ type, write }) => UPDATABLE.includes(type) && write === true);
const TO_ONE = writable.filter(({ kind }) => kind === 'to-one');
const TO_MANY = writable.filter(({ kind }) => kind === 'to-many');

type Result = { data?: ResourceObject; meta?: unknown };

describe('Atomic operations', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot({ BATCH_MAX_ENTRIES: String(MOST) });
  });
  afterAll(() => c.close());

  const send = (body: unknown, headers = {}) =>
    c.api.post('/operations', body, { 'content-type': TYPE, accept: TYPE, ...headers });
  const run = (...operations: unknown[]) => send({ [OPERATIONS]: operations });
  const results = (answer: ApiAnswer): Result[] =>
    (answer.document as never as { 'atomic:results': Result[] })['atomic:results'];
  const refusedWith = (status: number, code: string, source?: string) => ({
    status,
    errors: [[code, source]],
  });
  const at = (rest: string) => `/${OPERATIONS}${rest}`;

  /** Refused, and nothing is written. */
  async function refused(body: unknown, expected: { status: number; errors: unknown[] }): Promise<void> {
    await c.unchanged(async () => expect((await send(body)).refusal).toEqual(expected));
  }
  const add = async (type: string) => ({ op: 'add', data: (await c.document(type)).data });

  it('[A1] operations do not stand beside data or included', async () => {
    const operation = await add('toy_tag');
    for (const name of ['data', 'included'] as const)
      await refused(
        { [OPERATIONS]: [operation], [name]: [] },
        refusedWith(400, 'malformed_document', `/${name}`),
      );
    expect(Object.keys((await run(operation)).document).sort()).toEqual(['atomic:results', 'jsonapi']);
  });

  it('[A2] operations are not empty, nor beside results or errors', async () => {
    const operation = await add('toy_tag');
    await refused({ [OPERATIONS]: [] }, refusedWith(400, 'malformed_document', at('')));
    for (const wrong of [{}, null, 'x', 1])
      await refused({ [OPERATIONS]: wrong }, refusedWith(400, 'malformed_document', at('')));
    for (const name of ['atomic:results', 'errors'])
      await refused(
        { [OPERATIONS]: [operation], [name]: [] },
        refusedWith(400, 'malformed_document', `/${name}`),
      );
    for (const root of [{}, [], { meta: {} }])
      await refused(root, refusedWith(400, 'malformed_document', ''));
  });

  it.each(CREATABLE)('[A3] op is add, update or remove: %s', async (type) => {
    const { data } = await add(type);
    for (const op of ['create', 'ADD', '', 1, null])
      await refused({ [OPERATIONS]: [{ op, data }] }, refusedWith(400, 'malformed_document', at('/0/op')));
    await refused({ [OPERATIONS]: [{ data }] }, refusedWith(400, 'malformed_document', at('/0')));
  });

  it.each(REMOVABLE)('[A4] the target is a ref or an href, not both: %s', async (type) => {
    const path = await c.fresh(type);
    const ref = { type, id: idIn(path) };
    const href = `/apis/v4${path}`;
    await c.unchanged(async () => {
      for (const operation of [
        { op: 'remove', ref, href },
        { op: 'remove', ref: { type } },
        { op: 'remove', ref: { id: ref.id } },
        { op: 'remove', ref: { ...ref, lid: 'x' } },
        { op: 'remove', ref: 'x' },
        { op: 'remove', href: 1 },
        { op: 'remove', ref: { ...ref, id: 1 } },
      ]) {
        const { status, document } = await run(operation);
        expect([operation, status]).toEqual([operation, 400]);
        expect(document.errors?.[0]?.source?.pointer).toMatch(/^\/atomic:operations\/0/);
      }
    });
    expect((await run({ op: 'remove', href })).status).toBeLessThan(300);
    expect((await c.get(path)).status).toBe(404);
  });

  it.each(CREATABLE)('[A5] operations have data and meta: %s', async (type) => {
    const answer = await run({ ...(await add(type)), meta: { any: [1] } });
    expect([answer.status, results(answer)[0]?.data?.type]).toEqual([200, type]);
    await refused(
      { [OPERATIONS]: [{ ...(await add(type)), meta: 1 }] },
      refusedWith(400, 'malformed_document', at('/0/meta')),
    );
  });

  it('[A6] operations are sent by POST', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE', 'PUT'] as const) {
      const answer = await c.api.send({ method, path: '/operations' });
      expect([method, answer.status, answer.header('allow')]).toEqual([method, 405, 'POST']);
    }
  });

  it.each(CREATABLE.filter((type) => UPDATABLE.includes(type)))(
    '[A7] operations run in their order: %s',
    async (type) => {
      const { data } = await add(type);
      const attributes = c.change('/x/0', type).data.attributes;
      const made = { op: 'add', data: { ...data, lid: 'new' } };
      const changed = { op: 'update', data: { type, lid: 'new', attributes } };
      const answer = await run(made, changed);
      expect([answer.status, results(answer)[1]?.data]).toEqual([
        200,
        expect.objectContaining({
          id: results(answer)[0]?.data?.id,
          attributes: expect.objectContaining(attributes),
        }),
      ]);
      const again = { op: 'add', data: { ...(await add(type)).data, lid: 'new' } };
      await c.unchanged(async () => {
        const reversed = await run(changed, again);
        expect(reversed.status).toBeGreaterThanOrEqual(400);
        expect(reversed.document.errors?.[0]?.source?.pointer).toMatch(/^\/atomic:operations\/0/);
      });
    },
  );

  it.each(CREATABLE)('[A8] all of them hold or none: %s', async (type) => {
    const operations = [
      await add(type),
      await add('toy_tag'),
      { op: 'remove', ref: { type: 'toy_tag', id: '999999' } },
    ];
    await refused({ [OPERATIONS]: operations }, refusedWith(404, 'not_found', at('/2')));
  });

  it('[A9] results stand in the order of the operations', async () => {
    const [old, gone] = [await c.freshId('toy_value'), await c.freshId('toy_tag')];
    const answer = await run(
      await add('toy_right'),
      { op: 'update', data: { type: 'toy_value', id: old, attributes: { whole: 7 } } },
      { op: 'remove', ref: { type: 'toy_tag', id: gone } },
      await add('person'),
    );
    expect(answer.status).toBe(200);
    const [first, second, third, fourth, ...others] = results(answer);
    expect([first?.data?.type, second?.data?.id, third, fourth?.data?.type, others]).toEqual([
      'toy_right',
      old,
      {},
      'person',
      [],
    ]);
  });

  it.each(REMOVABLE)(
    '[A10] without data in any result it is 204, or results without data: %s',
    async (type) => {
      const answer = await run({ op: 'remove', ref: { type, id: await c.freshId(type) } });
      if (answer.status === 204) expect(answer.bytes.length).toBe(0);
      else expect([answer.status, results(answer)]).toEqual([200, [{}]]);
    },
  );

  it('[A11] a malformed operation is 400 and pointed at', async () => {
    const good = [await add('toy_tag'), await add('toy_tag')];
    for (const [bad, rest] of [
      [null, '/2'],
      ['x', '/2'],
      [[], '/2'],
      [{}, '/2'],
      [{ op: 'add' }, '/2'],
      [{ op: 'add', data: [] }, '/2/data'],
      [{ op: 'update', data: null }, '/2/data'],
      [{ op: 'add', data: { attributes: {} } }, '/2/data'],
      [{ op: 'add', data: { type: 'toy_tag', attributes: [] } }, '/2/data/attributes'],
    ] as const)
      await refused({ [OPERATIONS]: [...good, bad] }, refusedWith(400, 'malformed_document', at(rest)));
  });

  it.each(CREATABLE)('[A12] an operation that cannot be done says why and where: %s', async (type) => {
    const first = await add('toy_tag');
    const { data } = await add(type);
    const wrong = c.sample(type).wrong ?? {};
    for (const [name, value] of Object.entries(wrong)) {
      const sent = { op: 'add', data: { ...data, attributes: { ...data.attributes, [name]: value } } };
      await refused(
        { [OPERATIONS]: [first, sent] },
        refusedWith(422, 'invalid_attribute', at(`/1/data/attributes/${name}`)),
      );
    }
    const unknown = { op: 'add', data: { ...data, type: 'nothing' } };
    await c.unchanged(async () => {
      const answer = await run(first, unknown);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.document.errors?.[0]?.source).toEqual({ pointer: at('/1/data/type') });
    });
  });

  it.each(CREATABLE)('[A13] add makes a resource and shows it: %s', async (type) => {
    const answer = await run(await add(type), await add(type));
    expect([answer.status, results(answer).length]).toEqual([200, 2]);
    for (const { data } of results(answer))
      expect((await c.get(data?.links.self as string)).one).toMatchObject({ type, id: data?.id });
    const withId = { op: 'add', data: { ...(await add(type)).data, id: '1' } };
    await refused({ [OPERATIONS]: [withId] }, refusedWith(403, 'client_id_not_allowed', at('/0/data/id')));
  });

  it.each(TYPES.filter((type) => !CREATABLE.includes(type)))(
    '[A13] what POST does not make is not added: %s',
    async (type) => {
      await refused(
        { [OPERATIONS]: [{ op: 'add', data: { type, attributes: {} } }] },
        { status: 403, errors: [['forbidden', expect.anything()]] },
      );
    },
  );

  it.each(UPDATABLE)('[A14] update changes a resource and shows it: %s', async (type) => {
    const path = await c.fresh(type);
    const ref = { type, id: idIn(path) };
    for (const target of [{}, { ref }, { href: `/apis/v4${path}` }]) {
      const { data } = c.change(path, type);
      const answer = await run({ op: 'update', ...target, data });
      expect([answer.status, results(answer)[0]?.data]).toEqual([
        200,
        expect.objectContaining({ ...ref, attributes: expect.objectContaining(data.attributes) }),
      ]);
      expect((await c.get(path)).one.attributes).toMatchObject(data.attributes);
    }
    const { data } = c.change(path, type);
    await c.unchanged(async () => {
      expect((await run({ op: 'update', ref, data: { ...data, id: '999999' } })).status).toBe(409);
      expect((await run({ op: 'update', data: { ...data, id: '999999' } })).status).toBe(404);
    });
  });

  it.each(REMOVABLE)('[A15] remove needs its target and shows nothing: %s', async (type) => {
    const path = await c.fresh(type);
    const ref = { type, id: idIn(path) };
    await refused({ [OPERATIONS]: [{ op: 'remove' }] }, refusedWith(400, 'malformed_document', at('/0')));
    await refused(
      { [OPERATIONS]: [{ op: 'remove', data: ref }] },
      refusedWith(400, 'malformed_document', at('/0')),
    );
    const answer = await run({ op: 'remove', ref }, await add('toy_tag'));
    expect([answer.status, results(answer)[0]]).toEqual([200, {}]);
    expect((await c.get(path)).status).toBe(404);
  });

  it.each(TO_ONE)('[A16] a to-one is set and cleared: $type.$name', async ({ type, name, target }) => {
    const path = await c.fresh(type);
    const ref = { type, id: idIn(path), relationship: name };
    const end = { type: target, id: await c.freshId(target) };
    const read = async () => (await c.get(`${path}/relationships/${name}`)).document.data;
    expect((await run({ op: 'update', ref, data: end })).status).toBe(200);
    expect(await read()).toEqual(end);
    if (!c.sample(type).keeps?.includes(name)) {
      expect(
        (await run({ op: 'update', href: `/apis/v4${path}/relationships/${name}`, data: null })).status,
      ).toBe(200);
      expect(await read()).toBeNull();
    }
    for (const op of ['add', 'remove'])
      await c.unchanged(async () =>
        expect((await run({ op, ref, data: end })).status).toBeGreaterThanOrEqual(400),
      );
  });

  it.each(TO_MANY)(
    '[A17] a to-many is added to, replaced and taken from: $type.$name',
    async ({ type, name, target }) => {
      const path = await c.fresh(type);
      const ref = { type, id: idIn(path), relationship: name };
      const [a, b] = [
        { type: target, id: await c.freshId(target) },
        { type: target, id: await c.freshId(target) },
      ];
      const read = async () => (await c.get(`${path}/relationships/${name}`)).document.data;
      for (const [op, data, expected] of [
        ['update', [], []],
        ['add', [a], [a]],
        ['add', [a, b], [a, b]],
        ['remove', [a], [b]],
        ['update', [a], [a]],
        ['update', [], []],
      ] as const) {
        expect([op, (await run({ op, ref, data })).status]).toEqual([op, 200]);
        expect(await read()).toEqual(expected);
      }
      await c.unchanged(async () => {
        expect((await run({ op: 'add', ref, data: a })).refusal).toEqual(
          refusedWith(400, 'malformed_document', at('/0/data')),
        );
        expect((await run({ op: 'add', ref, data: [a, { type: target, id: '999999' }] })).refusal).toEqual(
          refusedWith(404, 'not_found', at('/0/data/1')),
        );
      });
    },
  );

  it('[A18] without the extension it is 415; the answer names it', async () => {
    const body = { [OPERATIONS]: [await add('toy_tag')] };
    await c.unchanged(async () => {
      for (const type of [MEDIA_TYPE, `${MEDIA_TYPE};ext="https://x.example/none"`, `${TYPE};charset=utf-8`])
        expect((await send(body, { 'content-type': type })).refusal).toEqual(
          refusedWith(415, 'unsupported_media_type', 'Content-Type'),
        );
    });
    const answer = await send(body);
    expect(answer.header('content-type')).toMatch(
      /^application\/vnd\.api\+json;\s*ext="https:\/\/jsonapi\.org\/ext\/atomic"$/,
    );
    expect((await send({ [OPERATIONS]: [await add('toy_tag')] }, { accept: MEDIA_TYPE })).status).toBe(200);
  });

  it('[A19] include takes no part', async () => {
    const body = { [OPERATIONS]: [await add('toy_node')] };
    await c.unchanged(async () => {
      const answer = await c.api.post('/operations?include=parent', body, { 'content-type': TYPE });
      expect(answer.refusal).toEqual(refusedWith(400, 'invalid_parameter', 'include'));
    });
    expect((await send(body)).document).not.toHaveProperty('included');
  });

  it('[A20] the number of operations has a limit', async () => {
    const many = async (n: number) => Promise.all(Array.from({ length: n }, () => add('toy_right')));
    const most = await run(...(await many(MOST)));
    expect([most.status, results(most).length]).toEqual([200, MOST]);
    await refused(
      { [OPERATIONS]: await many(MOST + 1) },
      { status: 413, errors: [['payload_too_large', expect.anything()]] },
    );
  });
});
