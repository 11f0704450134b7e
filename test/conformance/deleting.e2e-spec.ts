import { ConformanceWorld, idIn, REMOVABLE, TYPES } from './conformance-world.js';

describe('Deleting', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const notFound = { status: 404, errors: [['not_found', undefined]] };

  it.each(REMOVABLE)('[144] success is 204 without a body: %s', async (type) => {
    const answer = await c.api.delete(await c.fresh(type));
    expect([answer.status, answer.bytes.length, answer.header('content-type')]).toEqual([204, 0, undefined]);
  });

  it.each(REMOVABLE)(
    '[145] no deletion is put off: it is gone at once, and nothing else: %s',
    async (type) => {
      const [path, other] = [await c.fresh(type), await c.fresh(type)];
      expect((await c.api.delete(path)).status).toBe(204);
      expect((await c.get(path)).refusal).toEqual(notFound);
      expect((await c.get(`${c.path(type)}?filter[id]=${idIn(path)}`)).ids).toEqual([]);
      expect((await c.get(other)).status).toBe(200);
    },
  );

  it.each(TYPES)('[146] what is not there is 404: %s', async (type) => {
    await c.unchanged(async () => {
      for (const id of ['999999', '0', 'abc', '9223372036854775808', '%00'])
        expect([id, (await c.api.delete(`${c.path(type)}/${id}`)).refusal]).toEqual([id, notFound]);
    });
    if (!REMOVABLE.includes(type)) return;
    const path = await c.fresh(type);
    await c.api.delete(path);
    expect((await c.api.delete(path)).refusal).toEqual(notFound);
  });

  it('what others name, in a table that does not say what becomes of these, is 409', async () => {
    await c.unchanged(async () => {
      expect((await c.api.delete(`/users/${c.choir.ada.userId}`)).refusal).toEqual({
        status: 409,
        errors: [['conflict', undefined]],
      });
    });
  });

  it.each(REMOVABLE)('[147] a body of DELETE is no hindrance: %s', async (type) => {
    for (const body of [undefined, { data: { type, id: '1' } }, { data: { type: `${type}s` } }, {}])
      expect([body, (await c.api.delete(await c.fresh(type), body)).status]).toEqual([body, 204]);
    expect((await c.api.delete(await c.fresh(type), '{}', { 'content-type': 'text/plain' })).status).toBe(
      415,
    );
  });
});
