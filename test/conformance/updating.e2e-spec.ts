import { ConformanceWorld, idIn, RELATIONSHIPS, TYPES, UPDATABLE } from './conformance-world.js';
import { relationshipsOf } from './walk-document.js';

const ofUpdatable = RELATIONSHIPS.filter(({ type }) => UPDATABLE.includes(type));
const writable = ofUpdatable.filter(({ write }) => write === true);
const readOnly = ofUpdatable.filter(({ write }) => write !== true);

describe('Updating', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const refused = (status: number, code: string, source?: string) => ({ status, errors: [[code, source]] });
  const linkage = async (path: string, name: string) =>
    (await c.get(`${path}/relationships/${name}`)).document.data;
  const patch = (path: string, type: string, more: object) =>
    c.api.patch(path, { data: { type, id: idIn(path), ...more } });

  it.each(UPDATABLE)('[119] PATCH has one resource object with type and id: %s', async (type) => {
    const path = await c.fresh(type);
    const { data } = c.change(path, type);
    const [withoutId, withoutType] = [
      { ...data, id: undefined },
      { ...data, type: undefined },
    ];
    await c.unchanged(async () => {
      for (const wrong of [withoutId, withoutType, [data], [], null, 'x'])
        expect((await c.api.patch(path, { data: wrong })).refusal).toEqual(
          refused(400, 'malformed_document', '/data'),
        );
      expect((await c.api.patch(path, {})).refusal).toEqual(refused(400, 'malformed_document', ''));
    });
  });

  it.each(UPDATABLE)('[120] attributes that are missing are not taken for null: %s', async (type) => {
    const path = await c.fresh(type);
    const before = (await c.get(path)).one.attributes ?? {};
    const change = c.change(path, type);
    const after = (await c.api.patch(path, change)).one.attributes ?? {};
    expect(after).toMatchObject(change.data.attributes);
    const { attributes } = c.resource(type);
    for (const name of Object.keys(before).filter(
      (one) => attributes[one]?.write && !(one in change.data.attributes),
    ))
      expect([name, after[name]]).toEqual([name, before[name]]);
    const nothing = await patch(path, type, {});
    expect([nothing.status, nothing.one.attributes]).toEqual([200, after]);
  });

  it('[120] null clears, and what is missing stays', async () => {
    const path = await c.fresh('toy_value');
    const all = { text: 't', whole: 1, flag: true, day: '2024-02-29', moment: '2024-02-29T12:00:00.000Z' };
    await patch(path, 'toy_value', { attributes: all });
    for (const name of Object.keys(all)) {
      await patch(path, 'toy_value', { attributes: { [name]: null } });
      const { attributes = {} } = (await c.get(path)).one;
      expect(Object.fromEntries(Object.keys(all).map((one) => [one, attributes[one]]))).toEqual({
        ...all,
        [name]: null,
      });
      await patch(path, 'toy_value', { attributes: all });
    }
  });

  it.each(UPDATABLE)('[121] relationships that are missing are not taken for null: %s', async (type) => {
    const [, second] = (await c.get(`${c.path(type)}?sort=id`)).many;
    const path = second?.links.self as string;
    const ends = async () =>
      Promise.all(
        relationshipsOf((await c.get(path)).one).map(async ([name]) => [name, await linkage(path, name)]),
      );
    const before = await ends();
    expect((await c.api.patch(path, c.change(path, type))).status).toBe(200);
    expect(await ends()).toEqual(before);
  });

  it.each(writable)(
    '[122] a relationship that is given is replaced, and has data: $type.$name',
    async ({ type, name, kind, target }) => {
      const path = await c.fresh(type);
      const many = kind === 'to-many';
      for (let i = 0; i < 2; i += 1) {
        const end = { type: target, id: await c.freshId(target) };
        const answer = await patch(path, type, { relationships: { [name]: { data: many ? [end] : end } } });
        expect([answer.status, await linkage(path, name)]).toEqual([200, many ? [end] : end]);
      }
      if (!c.sample(type).keeps?.includes(name)) {
        await patch(path, type, { relationships: { [name]: { data: many ? [] : null } } });
        expect(await linkage(path, name)).toEqual(many ? [] : null);
      }
      await c.unchanged(async () => {
        for (const wrong of [{}, { links: {} }, { meta: {} }, null, []])
          expect((await patch(path, type, { relationships: { [name]: wrong } })).refusal).toEqual(
            refused(400, 'malformed_document', `/data/relationships/${name}`),
          );
      });
    },
  );

  it.each(readOnly.filter(({ kind }) => kind === 'to-many'))(
    '[123] a refused replacement refuses the whole update: $type.$name',
    async ({ type, name, target }) => {
      const path = await c.fresh(type);
      const { attributes } = c.change(path, type).data;
      const ends = [[], [{ type: target, id: await c.freshId(target) }]];
      await c.unchanged(async () => {
        for (const data of ends)
          expect(
            (await patch(path, type, { attributes, relationships: { [name]: { data } } })).refusal,
          ).toEqual(refused(403, 'read_only', `/data/relationships/${name}`));
      });
    },
  );

  it.each(UPDATABLE)('[124] a change is shown with 200: %s', async (type) => {
    const path = await c.fresh(type);
    const before = (await c.get(path)).one.attributes?.['updated_at'];
    const change = c.change(path, type);
    const answer = await c.api.patch(path, change);
    expect([answer.status, answer.one.attributes]).toEqual([
      200,
      expect.objectContaining(change.data.attributes),
    ]);
    if (before)
      expect(Date.parse(answer.one.attributes?.['updated_at'] as string)).toBeGreaterThan(
        Date.parse(before as string),
      );
    expect((await c.get(path)).one).toEqual(answer.one);
  });

  it.each(UPDATABLE)('[125] an update without a change is 200 with the resource too: %s', async (type) => {
    const path = await c.fresh(type);
    const change = c.change(path, type);
    const first = await c.api.patch(path, change);
    await c.unchanged(async () => {
      const second = await c.api.patch(path, change);
      expect([second.status, second.one]).toEqual([200, first.one]);
      // The whole resource, as it was shown.
      const { attributes } = first.one;
      const shown = Object.entries(first.one.relationships ?? {}).filter(
        ([, { data }]) => data !== undefined,
      );
      const relationships = Object.fromEntries(shown.map(([name, { data }]) => [name, { data }]));
      expect((await patch(path, type, { attributes, relationships })).one).toEqual(first.one);
    });
  });

  it.each(UPDATABLE)('[126] no update is put off: what is answered can be read: %s', async (type) => {
    const path = await c.fresh(type);
    const change = c.change(path, type);
    await c.api.patch(path, change);
    expect((await c.get(path)).one.attributes).toMatchObject(change.data.attributes);
  });

  it.each(UPDATABLE)('[127] an unsupported update is 403: %s', async (type) => {
    const path = await c.fresh(type);
    const { attributes } = c.resource(type);
    const other = {
      string: 'other',
      integer: 99,
      boolean: true,
      date: '2001-01-01',
      timestamp: '2001-01-01T00:00:00.000Z',
      id: '99',
      json: {},
    };
    await c.unchanged(async () => {
      for (const [name, { write, writeOnly, type: value }] of Object.entries(attributes)) {
        if (write === true || writeOnly || value === 'id') continue;
        expect([name, (await patch(path, type, { attributes: { [name]: other[value] } })).refusal]).toEqual([
          name,
          refused(403, 'read_only', `/data/attributes/${name}`),
        ]);
      }
    });
  });

  it.each(readOnly.filter(({ kind }) => kind === 'to-one'))(
    '[127] so is that of a relationship that is read only: $type.$name',
    async ({ type, name, target }) => {
      const path = await c.fresh(type);
      const end = { type: target, id: await c.freshId(target) };
      await c.unchanged(async () => {
        expect((await patch(path, type, { relationships: { [name]: { data: end } } })).refusal).toEqual(
          refused(403, 'read_only', `/data/relationships/${name}/data`),
        );
      });
    },
  );

  it.each(TYPES.filter((type) => !UPDATABLE.includes(type)))(
    '[127] so is that of a type that is read only: %s',
    async (type) => {
      const path = await c.fresh(type);
      await c.unchanged(async () => {
        expect((await patch(path, type, { attributes: {} })).status).toBe(403);
      });
    },
  );

  it.each(TYPES)('[128] a resource that is not there is 404: %s', async (type) => {
    await c.unchanged(async () => {
      for (const id of ['999999', 'abc', '9223372036854775808']) {
        const answer = await c.api.patch(`${c.path(type)}/${id}`, { data: { type, id, attributes: {} } });
        expect([id, answer.refusal]).toEqual([id, refused(404, 'not_found')]);
      }
    });
  });

  it.each(writable)(
    '[128] so is a related resource that is not there: $type.$name',
    async ({ type, name, kind, target }) => {
      const path = await c.fresh(type);
      const { attributes } = c.change(path, type).data;
      const many = kind === 'to-many';
      const good = { type: target, id: await c.freshId(target) };
      await c.unchanged(async () => {
        for (const id of ['999999', 'abc', '9223372036854775808']) {
          const end = { type: target, id };
          const answer = await patch(path, type, {
            attributes,
            relationships: { [name]: { data: many ? [good, end] : end } },
          });
          expect([id, answer.refusal]).toEqual([
            id,
            refused(404, 'not_found', `/data/relationships/${name}/data${many ? '/1' : ''}`),
          ]);
        }
      });
    },
  );

  it('[129] a violated constraint is 409', async () => {
    const [one, two] = [await c.fresh('group'), await c.fresh('group')];
    expect((await patch(one, 'group', { attributes: { external_ref: 'taken' } })).status).toBe(200);
    const twin = { data: { type: 'toy_node', id: await c.freshId('toy_node') } };
    const [node, other] = [await c.fresh('toy_node'), await c.fresh('toy_node')];
    expect((await patch(node, 'toy_node', { relationships: { twin } })).status).toBe(200);
    await c.unchanged(async () => {
      expect((await patch(two, 'group', { attributes: { external_ref: 'taken' } })).refusal).toEqual(
        refused(409, 'external_ref_taken', '/data/attributes/external_ref'),
      );
      expect((await patch(other, 'toy_node', { relationships: { twin } })).refusal).toEqual(
        refused(409, 'conflict', '/data/relationships/twin/data'),
      );
    });
  });

  it.each(UPDATABLE)('[130] a type or an id other than the URL’s is 409: %s', async (type) => {
    const path = await c.fresh(type);
    const { data } = c.change(path, type);
    const other = await c.freshId(type);
    await c.unchanged(async () => {
      for (const id of [other, '999999', `0${data.id}`, `${data.id} `, ''])
        expect([id, (await c.api.patch(path, { data: { ...data, id } })).refusal]).toEqual([
          id,
          refused(409, 'id_conflict', '/data/id'),
        ]);
      for (const name of [...TYPES.filter((one) => one !== type).slice(0, 2), `${type}s`])
        expect((await c.api.patch(path, { data: { ...data, type: name } })).refusal).toEqual(
          refused(409, 'type_conflict', '/data/type'),
        );
    });
  });

  it.each(UPDATABLE)('[131] conflicts of updates say where: %s', async (type) => {
    const path = await c.fresh(type);
    expect((await c.api.patch(path, { data: { type: 'nothing', id: '999999' } })).refusal).toEqual({
      status: 409,
      errors: [
        ['type_conflict', '/data/type'],
        ['id_conflict', '/data/id'],
      ],
    });
  });
});
