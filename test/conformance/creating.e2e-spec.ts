import { randomUUID } from 'node:crypto';
import {
  ConformanceWorld,
  CREATABLE,
  REMOVABLE,
  RELATIONSHIPS,
  TYPES,
  UPDATABLE,
} from './conformance-world.js';

const writable = RELATIONSHIPS.filter(({ type, write }) => CREATABLE.includes(type) && write);

describe('Creating', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const refused = (status: number, code: string, source?: string) => ({ status, errors: [[code, source]] });

  it.each(TYPES)('[103] a type that cannot be written says so, with 403: %s', async (type) => {
    const path = await c.fresh(type);
    await c.unchanged(async () => {
      const document = { data: { type, id: path.split('/')[2], attributes: {} } };
      if (!UPDATABLE.includes(type)) expect((await c.api.patch(path, document)).status).toBe(403);
      if (!REMOVABLE.includes(type)) expect((await c.api.delete(path)).status).toBe(403);
    });
  });

  it.each(CREATABLE)('[104] a request succeeds as a whole or not at all: %s', async (type) => {
    const { along, wrong = {} } = c.sample(type);
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const [name, value] of Object.entries(wrong)) {
        const answer = await c.create(type, {
          data: { ...data, attributes: { ...data.attributes, [name]: value } },
        });
        expect(answer.refusal).toEqual(refused(422, 'invalid_attribute', `/data/attributes/${name}`));
      }
      if (!along) return;
      const good = [...along(1), ...along(2)].map(({ resource }) => resource);
      for (const bad of [
        { type: good[0]?.type },
        { type: 'nothing' },
        { type: good[0]?.type, attributes: { unknown: 1 } },
      ])
        expect((await c.create(type, { data, included: [...good, bad] })).status).toBeGreaterThanOrEqual(400);
    });
  });

  it.each(CREATABLE)('[105] POST has one resource object with a type: %s', async (type) => {
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const wrong of [[data], [], null, 'x', 1, [[data]]])
        expect((await c.create(type, { data: wrong })).refusal).toEqual(
          refused(400, 'malformed_document', '/data'),
        );
      const untyped = { ...data, type: undefined };
      expect((await c.create(type, { data: untyped })).refusal).toEqual(
        refused(400, 'malformed_document', '/data'),
      );
      expect((await c.create(type, undefined)).refusal.status).toBe(400);
    });
  });

  it.each(RELATIONSHIPS.filter(({ type }) => CREATABLE.includes(type)))(
    '[106] relationships of POST have data: $type.$name',
    async ({ type, name }) => {
      const { data } = await c.document(type);
      const relationships = { ...data.relationships, [name]: { links: {}, meta: {} } };
      expect((await c.create(type, { data: { ...data, relationships } })).refusal).toEqual(
        refused(400, 'malformed_document', `/data/relationships/${name}`),
      );
    },
  );

  it.each(CREATABLE)('[107] an id made by the client is refused, a UUID or not: %s', async (type) => {
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const id of [randomUUID(), '1', 'x', '', '9223372036854775808'])
        expect((await c.create(type, { data: { ...data, id } })).refusal).toEqual(
          refused(403, 'client_id_not_allowed', '/data/id'),
        );
    });
  });

  it.each(CREATABLE)('[108] an unsupported client id is 403: %s', async (type) => {
    const sent = await c.documentWith(type, { id: randomUUID() });
    expect((await c.create(type, sent)).status).toBe(403);
  });

  it.each(CREATABLE)('[109] what was created is shown with 201: %s', async (type) => {
    const { data } = await c.document(type);
    const { status, one } = await c.create(type, { data });
    expect([status, one.type]).toEqual([201, type]);
    const visible = Object.entries(data.attributes ?? {}).filter(
      ([name]) => !c.resource(type).attributes[name]?.writeOnly,
    );
    for (const [name, value] of visible) {
      const shown = one.attributes?.[name];
      const moment = c.resource(type).attributes[name]?.type === 'timestamp';
      expect([name, moment ? Date.parse(shown as string) : shown]).toEqual([
        name,
        moment ? Date.parse(value as string) : value,
      ]);
    }
    for (const [name, value] of Object.entries(data.relationships ?? {})) {
      const end = (await c.get(`${one.links.self}/relationships/${name}`)).document.data;
      expect([name, end]).toEqual([name, (value as { data: unknown }).data]);
    }
    const hidden = Object.keys(c.resource(type).attributes).filter(
      (name) => c.resource(type).attributes[name]?.writeOnly,
    );
    for (const name of hidden) expect(one.attributes).not.toHaveProperty(name);
  });

  it.each(CREATABLE)('[110] Location says where: %s', async (type) => {
    const created = await c.create(type, await c.document(type));
    const there = await c.get(created.header('location') as string);
    const { attributes, ...made } = created.one;
    const expected = { ...made, attributes: { ...attributes, ...c.sample(type).once } };
    expect([there.status, there.one]).toEqual([200, expected]);
  });

  it.each(CREATABLE)('[111] Location is self of the resource: %s', async (type) => {
    for (const path of [c.path(type), `${c.path(type)}?fields[${type}]=`]) {
      const created = await c.api.post(path, await c.document(type));
      expect(created.one.links.self).toBe(created.header('location'));
      expect(created.one.links.self).toBe(`/apis/v4${c.path(type)}/${created.one.id}`);
    }
  });

  it.each(CREATABLE)(
    '[112] what the server completed is never answered without a document: %s',
    async (type) => {
      const created = await c.create(type, await c.document(type));
      expect([created.status, created.document.data]).toEqual([
        201,
        expect.objectContaining({ id: expect.any(String) }),
      ]);
    },
  );

  it.each(CREATABLE)('[113] nothing is accepted for later: it can be read at once: %s', async (type) => {
    const { one } = await c.create(type, await c.document(type));
    expect((await c.get(`${c.path(type)}?filter[id]=${one.id}`)).ids).toEqual([one.id]);
  });

  it.each(TYPES.filter((type) => !CREATABLE.includes(type)))(
    '[114] an unsupported POST is 403: %s',
    async (type) => {
      await c.unchanged(async () => {
        for (const document of [{ data: { type, attributes: {} } }, {}, [], { data: { type: 'nothing' } }])
          expect((await c.create(type, document)).status).toBe(403);
      });
    },
  );

  it.each(writable)(
    '[115] a related resource that is not there is 404: $type.$name',
    async ({ type, name, kind, target }) => {
      const { data } = await c.document(type);
      await c.unchanged(async () => {
        for (const id of ['999999', '0', '-1', 'abc', '9223372036854775808', '\u0000', "1'--"]) {
          const end = { type: target, id };
          const relationships = { ...data.relationships, [name]: { data: kind === 'to-many' ? [end] : end } };
          const at = `/data/relationships/${name}/data${kind === 'to-many' ? '/0' : ''}`;
          expect([id, (await c.create(type, { data: { ...data, relationships } })).refusal]).toEqual([
            id,
            refused(404, 'not_found', at),
          ]);
        }
      });
    },
  );

  it.each(CREATABLE)('[116] an id cannot be taken twice: %s', async (type) => {
    const { one } = await c.create(type, await c.document(type));
    const again = await c.documentWith(type, { id: one.id });
    await c.unchanged(async () => {
      expect((await c.create(type, again)).refusal).toEqual(
        refused(403, 'client_id_not_allowed', '/data/id'),
      );
    });
  });

  it('[116] of two at once that want the same unique value one is 201, the other 409', async () => {
    const label = () => c.create('toy_tag', { data: { type: 'toy_tag', attributes: { label: 'once' } } });
    const answers = await Promise.all([label(), label(), label()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.refusal).toEqual(
      refused(409, 'conflict', '/data/attributes/label'),
    );
    expect((await c.get('/toy_tags?filter[label]=once')).ids).toHaveLength(1);
  });

  it.each(CREATABLE)('[117] a type that is not of the collection is 409: %s', async (type) => {
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const other of [
        ...TYPES.filter((one) => one !== type).slice(0, 3),
        `${type}s`,
        type.toUpperCase(),
        '',
        '__proto__',
      ])
        expect((await c.create(type, { data: { ...data, type: other } })).refusal).toEqual(
          refused(409, 'type_conflict', '/data/type'),
        );
    });
  });

  it.each(writable)('[117] so is one in linkage: $type.$name', async ({ type, name, kind, target }) => {
    const { data } = await c.document(type);
    const other = target === 'group' ? 'person' : 'group';
    const end = { type: other, id: '1' };
    const relationships = { ...data.relationships, [name]: { data: kind === 'to-many' ? [end] : end } };
    const at = `/data/relationships/${name}/data${kind === 'to-many' ? '/0' : ''}/type`;
    await c.unchanged(async () => {
      expect((await c.create(type, { data: { ...data, relationships } })).refusal).toEqual(
        refused(409, 'type_conflict', at),
      );
    });
  });

  it.each(CREATABLE)('[118] conflicts say where: %s', async (type) => {
    const { data } = await c.document(type);
    const sent = { data: { ...data, type: 'nothing' }, included: [{ type: 'nothing' }] };
    expect((await c.create(type, sent)).refusal).toEqual({
      status: 409,
      errors: [
        ['type_conflict', '/data/type'],
        ['type_conflict', '/included/0/type'],
      ],
    });
  });
});
