import sql from 'sql-template-tag';
import { readEnv } from '../../src/config/index.js';
import { ConformanceWorld, CREATABLE, idIn, RELATIONSHIPS, TYPES } from './conformance-world.js';
import { identityOf, keyOf, relationshipsOf, resourcesOf } from './walk-document.js';

const MEMBER_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const RELATED_LIMIT = readEnv({}).linkageMaxSize;

const ofCreatable = RELATIONSHIPS.filter(({ type }) => CREATABLE.includes(type));

describe('Resource objects and identifiers', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  /** A page of the type with all that is related. */
  const withAll = async (type: string) => {
    const names = Object.keys(c.resource(type).relationships).join(',');
    return (await c.get(`${c.path(type)}?include=${names}`)).document;
  };

  it.each(TYPES)('[31] every resource object has an id and a type: %s', async (type) => {
    const all = resourcesOf(await withAll(type));
    expect(all.length).toBeGreaterThan(0);
    for (const resource of all)
      expect(identityOf(resource)).toEqual({ type: expect.any(String), id: expect.any(String) });
    const types = Object.values(c.resource(type).relationships).map((relationship) => relationship.type);
    expect([type, ...types]).toEqual(expect.arrayContaining([...new Set(all.map((one) => one.type))]));
  });

  it.each(CREATABLE)('[32] id, type and lid are strings: %s', async (type) => {
    const path = await c.fresh(type);
    const document = await c.document(type);
    await c.unchanged(async () => {
      for (const [name, values] of Object.entries({
        type: [1, null, true, [type], { type }],
        lid: [1, null, {}],
        id: [1, null, ['1']],
      }))
        for (const value of values) {
          const sent = { data: { ...document.data, [name]: value } };
          const refusal = { status: 400, errors: [['malformed_document', `/data/${name}`]] };
          expect([name, (await c.create(type, sent)).refusal]).toEqual([name, refusal]);
          const change = c.change(path, type);
          const changed = await c.api.patch(path, { data: { ...change.data, [name]: value } });
          expect([name, changed.refusal]).toEqual([name, refusal]);
        }
    });
  });

  const taking = TYPES.filter((type) => CREATABLE.includes(type));

  it.each(taking)(
    '[33] lid stands for the id of a new resource, the same one throughout: %s',
    async (type) => {
      const { along } = c.sample(type);
      const { data } = await c.document(type);
      const sent = along?.(1) ?? [];
      const included = sent.map(({ resource }, i) => ({ lid: `new-${i}`, ...resource }));
      const linked = sent.map(({ name, resource }, i) => [
        name,
        { data: [{ type: resource.type, lid: `new-${i}` }] },
      ]);
      const relationships = { ...data.relationships, ...(Object.fromEntries(linked) as object) };
      const document = { data: { ...data, lid: 'me', relationships }, ...(along && { included }) };
      const answer = await c.api.post(
        `${c.path(type)}?include=${sent.map(({ name }) => name).join(',')}`,
        document,
      );
      expect([answer.status, answer.text.includes('new-')]).toEqual([201, false]);
      expect(answer.included.map((one) => one.type).sort()).toEqual(
        sent.map(({ resource }) => resource.type).sort(),
      );
      if (!along) return;
      // Two that have one lid are not two.
      const twice = { data, included: [...included, { ...included[0] }] };
      expect((await c.create(type, twice)).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', `/included/${included.length}/lid`]],
      });
    },
  );

  it.each(ofCreatable)('[33] a lid of nobody is 400: $type.$name', async ({ type, name, kind, target }) => {
    const end = { type: target, lid: 'nobody' };
    const { data } = await c.document(type);
    const relationships = { ...data.relationships, [name]: { data: kind === 'to-many' ? [end] : end } };
    await c.unchanged(async () => {
      expect((await c.create(type, { data: { ...data, relationships } })).refusal).toEqual({
        status: 400,
        errors: [
          ['malformed_document', `/data/relationships/${name}/data${kind === 'to-many' ? '/0' : ''}/lid`],
        ],
      });
    });
  });

  it('[34] a pair of type and id means one resource, everywhere', async () => {
    const seen = new Map<string, string>();
    const selfs = new Map<string, string>();
    for (const type of TYPES)
      for (const resource of resourcesOf(await withAll(type))) {
        const { attributes, links } = resource;
        const known = seen.get(keyOf(resource)) ?? JSON.stringify({ attributes, self: links.self });
        expect(JSON.stringify({ attributes, self: links.self })).toBe(known);
        seen.set(keyOf(resource), known);
        expect(selfs.get(links.self) ?? keyOf(resource)).toBe(keyOf(resource));
        selfs.set(links.self, keyOf(resource));
      }
    // The same row, and another resource.
    const [cat] = (await c.get('/toy_cats?include=as_animal')).many;
    expect(cat?.relationships?.['as_animal']?.data).toEqual({ type: 'toy_animal', id: cat?.id });
  });

  it.each(TYPES)('[35] types are member names: %s', (type) => {
    expect(type).toMatch(MEMBER_NAME);
  });

  it.each(TYPES)('[36] attributes, relationships, id and type share one namespace: %s', async (type) => {
    const { attributes, relationships } = c.resource(type);
    const names = ['id', 'type', ...Object.keys(attributes), ...Object.keys(relationships)];
    expect(new Set(names).size).toBe(names.length);
    if (!CREATABLE.includes(type)) return;
    const { data } = await c.document(type);
    for (const name of ['id', 'type', 'lid', ...Object.keys(relationships)]) {
      const sent = { ...data, attributes: { ...data.attributes, [name]: '1' } };
      expect([name, (await c.create(type, { data: sent })).refusal]).toEqual([
        name,
        { status: 422, errors: [['unknown_attribute', `/data/attributes/${name}`]] },
      ]);
    }
  });

  it.each(CREATABLE)('[37] attributes is an object: %s', async (type) => {
    for (const attributes of [[], null, 'x', 1, true])
      expect((await c.create(type, await c.documentWith(type, { attributes }))).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', '/data/attributes']],
      });
  });

  it.each(TYPES)(
    '[38] a foreign key is no attribute without the relationship that means the same: %s',
    async (type) => {
      const { attributes, relationships } = c.resource(type);
      const one = (await c.get(await c.fresh(type))).one;
      for (const name of Object.keys(attributes).filter((attribute) => attribute.endsWith('_id'))) {
        if (attributes[name]?.type !== 'id') continue;
        const [same] = Object.entries(relationships).filter(
          ([, end]) => end.kind === 'to-one' && end.idAttribute === name,
        );
        expect([name, same]).toEqual([name, expect.any(Array)]);
        if (attributes[name]?.writeOnly) expect(one.attributes).not.toHaveProperty(name);
        else {
          const end = one.relationships?.[same?.[0] as string]?.data as { id: string } | null;
          expect(one.attributes?.[name]).toBe(end?.id ?? null);
        }
      }
    },
  );

  it.each(ofCreatable)('[39] relationships is an object of objects: $type.$name', async ({ type, name }) => {
    const { data } = await c.document(type);
    for (const relationships of [[], null, 'x'])
      expect((await c.create(type, { data: { ...data, relationships } })).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', '/data/relationships']],
      });
    for (const relationship of [[], null, 'x', 1])
      expect(
        (await c.create(type, { data: { ...data, relationships: { [name]: relationship } } })).refusal,
      ).toEqual({
        status: 400,
        errors: [['malformed_document', `/data/relationships/${name}`]],
      });
  });

  it.each(TYPES)('[40] a relationship object has links, data or meta: %s', async (type) => {
    const [first] = (await c.get(c.path(type))).many;
    const declared = Object.keys(c.resource(type).relationships);
    expect(Object.keys(first?.relationships ?? {})).toEqual(declared);
    for (const [, relationship] of relationshipsOf(first as never))
      expect(relationship).toMatchObject({
        links: { self: expect.any(String), related: expect.any(String) },
      });
  });

  it('[41] the pages of a relationship are pages of its linkage', async () => {
    const id = await c.freshId('toy_node');
    await c.choir.world.database.query(sql`
      insert into toy_nodes (name, parent_id) select 'one of many', ${id} from generate_series(1, ${RELATED_LIMIT + 2})`);
    const answer = await c.get(`/toy_nodes/${id}?include=children&fields[toy_node]=children`);
    const { data, links } = answer.one.relationships?.['children'] ?? {};
    expect(answer.included).toHaveLength(RELATED_LIMIT);
    const shown = (data as { id: string }[]).map((one) => one.id);
    const rest: string[] = [];
    for (let next = links?.next; next;) {
      const page = (await c.get(next as string)).document;
      for (const end of page.data as object[])
        expect(Object.keys(end).sort()).toEqual(['id', 'meta', 'type']);
      rest.push(...(page.data as { id: string }[]).map((one) => one.id));
      next = page.links?.['next'];
    }
    expect(rest).toHaveLength(2);
    expect(new Set([...shown, ...rest]).size).toBe(RELATED_LIMIT + 2);
  });

  it.each(TYPES)('[42] related works when nothing is related: %s', async (type) => {
    const { relationships = {} } = (await c.get(await c.fresh(type))).one;
    for (const [name, { links }] of Object.entries(relationships)) {
      const answer = await c.get(links.related as string);
      const many = c.resource(type).relationships[name]?.kind === 'to-many';
      const empty = many ? [] : null;
      expect([name, answer.status]).toEqual([name, 200]);
      const linkage = (await c.get(links.self as string)).document.data;
      if (JSON.stringify(linkage) === JSON.stringify(empty)) expect(answer.document.data).toEqual(empty);
    }
  });

  it.each(RELATIONSHIPS)(
    '[43] related does not change with what is related: $type.$name',
    async ({ type, name }) => {
      const all = (await c.get(c.path(type))).many;
      for (const one of all)
        expect(one.relationships?.[name]?.links.related).toBe(`${one.links.self}/${name}`);
      const [first] = all;
      const shown = (await c.get(`${first?.links.self}?include=${name}&fields[${type}]=${name}`)).one;
      expect(shown.relationships?.[name]?.links).toMatchObject({ related: `${first?.links.self}/${name}` });
    },
  );

  it.each(TYPES)('[44] linkage is null, an identifier, or an array of them: %s', async (type) => {
    const { data } = await withAll(type);
    for (const resource of data as never[])
      for (const [name, relationship] of relationshipsOf(resource)) {
        const { kind, type: target } = c.resource(type).relationships[name] ?? {};
        const identifier = { type: target, id: expect.any(String) };
        const ends = relationship.data;
        if (kind === 'to-many') for (const end of ends as object[]) expect(end).toEqual(identifier);
        else expect(ends === null ? identifier : ends).toEqual(identifier);
      }
  });

  it('[44] there are toys with each of the four forms', async () => {
    const { data } = await withAll('toy_node');
    const forms = (data as never[]).flatMap((one) =>
      relationshipsOf(one).map(([, { data: ends }]) =>
        Array.isArray(ends) ? ends.length > 0 : ends && 'one',
      ),
    );
    expect(new Set(forms)).toEqual(new Set([true, false, null, 'one']));
  });

  it.each(TYPES)('[45] self of a resource answers with that resource: %s', async (type) => {
    for (const one of (await c.get(c.path(type))).many)
      expect((await c.get(one.links.self)).one).toEqual(one);
    const { included } = await withAll(type);
    const [other] = included ?? [];
    if (other) expect((await c.get(other.links.self)).one).toMatchObject(identityOf(other));
  });

  it.each(ofCreatable)(
    '[46] an identifier has a type, and an id or a lid: $type.$name',
    async ({ type, name, kind, target }) => {
      const { data } = await c.document(type);
      const end = `/data/relationships/${name}/data${kind === 'to-many' ? '/0' : ''}`;
      for (const [wrong, at] of [
        [{ id: '1' }, end],
        [{ type: target }, end],
        [{}, end],
        ['1', end],
        [1, end],
        [[], end],
        [{ type: 1, id: '1' }, `${end}/type`],
        [{ type: target, id: 1 }, `${end}/id`],
        [{ type: target, id: null }, `${end}/id`],
        [{ type: target, lid: 1 }, `${end}/lid`],
      ] as const) {
        const linkage = kind === 'to-many' ? [wrong] : wrong;
        const sent = { ...data, relationships: { ...data.relationships, [name]: { data: linkage } } };
        const answer = await c.create(type, { data: sent });
        expect([wrong, answer.refusal]).toEqual([
          wrong,
          { status: 400, errors: [['malformed_document', at]] },
        ]);
      }
    },
  );

  it.each(TYPES)('every type has a sample, and the registry serves no other: %s', async (type) => {
    expect(c.registry.all.map((resource) => resource.type)).toEqual(TYPES);
    expect((await c.get(await c.fresh(type))).one.type).toBe(type);
    expect(idIn(await c.fresh(type))).toMatch(/^\d+$/);
  });
});
