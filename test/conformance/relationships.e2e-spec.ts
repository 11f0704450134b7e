import { ConformanceWorld, RELATIONSHIPS, TYPES, UPDATABLE } from './conformance-world.js';

const WRITABLE = RELATIONSHIPS.filter(({ type, write }) => UPDATABLE.includes(type) && write === true);
const TO_ONE = WRITABLE.filter(({ kind }) => kind === 'to-one');
const TO_MANY = WRITABLE.filter(({ kind }) => kind === 'to-many');
const READ_ONLY = RELATIONSHIPS.filter(({ write }) => write !== true);
const VERBS = ['POST', 'PATCH', 'DELETE'] as const;

describe('Writing relationships', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const refused = (status: number, code: string, source?: string) => ({ status, errors: [[code, source]] });
  const url = async (type: string, name: string) => `${await c.fresh(type)}/relationships/${name}`;
  const emptied = async (type: string, name: string) => {
    const path = await url(type, name);
    expect((await c.api.patch(path, { data: [] })).document.data).toEqual([]);
    return path;
  };
  const end = async (target: string) => ({ type: target, id: await c.freshId(target) });
  const read = async (path: string) => (await c.get(path)).document.data;
  const byId = (ends: { id: string }[]) => ends.toSorted((a, b) => Number(a.id) - Number(b.id));

  it.each(TO_ONE)(
    '[132] PATCH of a to-one has an identifier or null: $type.$name',
    async ({ type, name, target }) => {
      const path = await url(type, name);
      const there = await end(target);
      await c.unchanged(async () => {
        for (const data of [[there], [], 'x', 1, {}, { type: target }, { id: there.id }])
          expect((await c.api.patch(path, { data })).refusal).toEqual(
            refused(400, 'malformed_document', '/data'),
          );
        for (const wrong of [{}, [], 'null', { meta: {} }])
          expect((await c.api.patch(path, wrong)).refusal).toEqual(refused(400, 'malformed_document', ''));
      });
    },
  );

  it.each(TO_ONE)(
    '[133] a to-one is set and cleared with 2xx: $type.$name',
    async ({ type, name, target }) => {
      const path = await url(type, name);
      const there = await end(target);
      const set = await c.api.patch(path, { data: there });
      expect([set.status, set.document.data, await read(path)]).toEqual([200, there, there]);
      if (c.sample(type).keeps?.includes(name)) {
        expect((await c.api.patch(path, { data: null })).refusal.status).toBe(422);
        expect(await read(path)).toEqual(there);
        return;
      }
      const cleared = await c.api.patch(path, { data: null });
      expect([cleared.status, cleared.document.data, await read(path)]).toEqual([200, null, null]);
    },
  );

  it.each(TO_MANY)(
    '[134] writes of a to-many have an array of identifiers: $type.$name',
    async ({ type, name, target }) => {
      const path = await url(type, name);
      const there = await end(target);
      await c.unchanged(async () => {
        for (const method of VERBS) {
          for (const data of [there, null, 'x', 1, {}])
            expect((await c.api.send({ method, path, body: { data } })).refusal).toEqual(
              refused(400, 'malformed_document', '/data'),
            );
          for (const bad of [null, 'x', [], {}, { id: '1' }, { type: target }])
            expect((await c.api.send({ method, path, body: { data: [there, bad] } })).refusal).toEqual(
              refused(400, 'malformed_document', '/data/1'),
            );
        }
      });
    },
  );

  it.each(TO_MANY)(
    '[135] PATCH of a to-many replaces all of it, or nothing: $type.$name',
    async ({ type, name, target }) => {
      const path = await emptied(type, name);
      const [a, b] = [await end(target), await end(target)];
      for (const ends of [[a, b], [b], [], [a]]) {
        const answer = await c.api.patch(path, { data: ends });
        expect([answer.status, await read(path)]).toEqual([200, byId(ends)]);
      }
      await c.unchanged(async () => {
        const broken = { data: [b, { type: target, id: '999999' }] };
        expect((await c.api.patch(path, broken)).refusal).toEqual(refused(404, 'not_found', '/data/1'));
      });
    },
  );

  it.each(TO_MANY)('[136] POST adds, and nothing twice: $type.$name', async ({ type, name, target }) => {
    const path = await emptied(type, name);
    const [a, b] = [await end(target), await end(target)];
    for (const [ends, expected] of [
      [[a], [a]],
      [[a], [a]],
      [
        [b, a, b],
        [a, b],
      ],
      [[], [a, b]],
    ]) {
      const answer = await c.api.post(path, { data: ends });
      expect([answer.status, answer.document.data]).toEqual([200, byId(expected as never)]);
    }
    expect(await read(path)).toEqual(byId([a, b]));
  });

  it.each(TO_MANY)(
    '[137] what is there already is no failure, in a race too: $type.$name',
    async ({ type, name, target }) => {
      const path = await emptied(type, name);
      const [a, b] = [await end(target), await end(target)];
      const race = await Promise.all([[a], [a], [a, b], [b]].map((data) => c.api.post(path, { data })));
      expect(race.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await read(path)).toEqual(byId([a, b]));
      await c.unchanged(async () => {
        expect((await c.api.post(path, { data: [b, a] })).status).toBe(200);
        expect((await c.api.post(path, { data: [a, { type: target, id: '999999' }] })).status).toBe(404);
      });
    },
  );

  it.each(TO_MANY)('[138] DELETE takes out: $type.$name', async ({ type, name, target }) => {
    const path = await emptied(type, name);
    const [a, b] = [await end(target), await end(target)];
    await c.api.post(path, { data: [a, b] });
    const answer = await c.api.delete(path, { data: [a] });
    expect([answer.status, answer.document.data, await read(path)]).toEqual([200, [b], [b]]);
    // What was in it is still there.
    expect((await c.get(`${c.path(target)}/${a.id}`)).status).toBe(200);
  });

  it.each(TO_MANY)(
    '[139] taking out what is not there is no failure: $type.$name',
    async ({ type, name, target }) => {
      const path = await emptied(type, name);
      const [a, b] = [await end(target), await end(target)];
      await c.api.post(path, { data: [a] });
      await c.unchanged(async () => {
        for (const data of [[b], [], [b, b], [{ type: target, id: '999999' }]])
          expect([data, (await c.api.delete(path, { data })).status]).toEqual([data, 200]);
      });
      for (let i = 0; i < 2; i += 1) expect((await c.api.delete(path, { data: [a] })).status).toBe(200);
      expect(await read(path)).toEqual([]);
    },
  );

  it.each(TO_MANY)('[140] the body of DELETE is read: $type.$name', async ({ type, name, target }) => {
    const path = await emptied(type, name);
    await c.api.post(path, { data: [await end(target)] });
    await c.unchanged(async () => {
      expect((await c.api.delete(path)).refusal.status).toBe(400);
      expect((await c.api.delete(path, '{')).refusal.status).toBe(400);
      expect((await c.api.delete(path, { data: [] }, { 'content-type': 'text/plain' })).refusal.status).toBe(
        415,
      );
    });
  });

  it.each(READ_ONLY)(
    '[141] a relationship that cannot be written is 403: $type.$name',
    async ({ type, name, kind, target }) => {
      const path = await url(type, name);
      const there = await end(target);
      const many = kind === 'to-many';
      await c.unchanged(async () => {
        for (const method of many ? VERBS : (['PATCH'] as const))
          for (const data of many ? [[there], []] : [there, null])
            expect([method, (await c.api.send({ method, path, body: { data } })).status]).toEqual([
              method,
              403,
            ]);
      });
    },
  );

  it.each(RELATIONSHIPS.filter(({ kind }) => kind === 'to-one'))(
    '[142] POST and DELETE of a to-one are refused: $type.$name',
    async ({ type, name, target }) => {
      const path = await url(type, name);
      const there = await end(target);
      await c.unchanged(async () => {
        for (const method of ['POST', 'DELETE'] as const) {
          const answer = await c.api.send({ method, path, body: { data: there } });
          expect([answer.status, answer.header('allow')]).toEqual([405, 'GET, HEAD, PATCH']);
        }
      });
    },
  );

  it.each(WRITABLE)(
    '[143] linkage of another type is 409: $type.$name',
    async ({ type, name, kind, target }) => {
      const path = await url(type, name);
      const wrong = await end(target === 'group' ? 'person' : 'group');
      const many = kind === 'to-many';
      const good = await end(target);
      await c.unchanged(async () => {
        for (const method of many ? VERBS : (['PATCH'] as const)) {
          const answer = await c.api.send({ method, path, body: { data: many ? [good, wrong] : wrong } });
          expect(answer.refusal).toEqual(refused(409, 'type_conflict', many ? '/data/1/type' : '/data/type'));
        }
      });
    },
  );

  it.each(TYPES)('the relationship of nothing is 404 for writes too: %s', async (type) => {
    for (const { name, kind } of RELATIONSHIPS.filter((one) => one.type === type))
      for (const id of ['999999', 'abc'])
        expect(
          (
            await c.api.patch(`${c.path(type)}/${id}/relationships/${name}`, {
              data: kind === 'to-many' ? [] : null,
            })
          ).status,
        ).toBe(404);
    expect((await c.api.patch(`${await c.fresh(type)}/relationships/unknown`, { data: null })).status).toBe(
      404,
    );
  });
});
