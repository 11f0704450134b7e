import fc from 'fast-check';
import type { Document } from '../../src/jsonapi/index.js';
import { ConformanceWorld, RELATIONSHIPS, TYPES } from './conformance-world.js';
import { identityOf, keyOf, relationshipsOf, resourcesOf } from './walk-document.js';

/** Paths of at most this many lead on in one request. */
const AT_ONCE = 50;

describe('Compound documents', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const relationshipsOfType = (type: string) =>
    RELATIONSHIPS.filter((relationship) => relationship.type === type);

  /** Every path of two relationships from a type, in lists as long as a request takes. */
  function includesOf(type: string): string[] {
    const paths = relationshipsOfType(type).flatMap(({ name, target }) => [
      name,
      ...relationshipsOfType(target).map((next) => `${name}.${next.name}`),
    ]);
    return Array.from({ length: Math.ceil(paths.length / AT_ONCE) }, (_, i) =>
      paths.slice(i * AT_ONCE, (i + 1) * AT_ONCE).join(','),
    );
  }

  /** What is reached from the primary data along linkage, walked without looking at `included`. */
  function reachable(document: Document): Set<string> {
    const byKey = new Map(resourcesOf(document).map((one) => [keyOf(one), one]));
    const reached = new Set<string>();
    const visit = (key: string): void => {
      if (reached.has(key)) return;
      reached.add(key);
      for (const [, { data }] of relationshipsOf(byKey.get(key) ?? ({} as never)))
        for (const end of [data ?? []].flat()) visit(keyOf(end));
    };
    for (const one of [document.data ?? []].flat()) visit(keyOf(one));
    return reached;
  }

  function expectSound(document: Document): void {
    const keys = resourcesOf(document).map(keyOf);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    const reached = reachable(document);
    expect((document.included ?? []).map(keyOf).filter((key) => !reached.has(key))).toEqual([]);
  }

  it.each(RELATIONSHIPS)(
    '[47] related resources come along when asked for: $type.$name',
    async ({ type, name, target }) => {
      const { document } = await c.get(`${c.path(type)}?include=${name}`);
      const primary = new Set((document.data as never[]).map(keyOf));
      const ends = (document.data as never[]).flatMap((one) =>
        [relationshipsOf(one).find(([at]) => at === name)?.[1].data ?? []].flat(),
      );
      const wanted = new Set(ends.map(keyOf).filter((key) => !primary.has(key)));
      expect(new Set(document.included?.map(keyOf))).toEqual(wanted);
      for (const one of document.included ?? []) expect(one.type).toBe(target);
    },
  );

  it.each(TYPES)('[48] they stand in one `included`, as resource objects: %s', async (type) => {
    for (const include of includesOf(type))
      for (const one of (await c.get(`${c.path(type)}?include=${include}`)).included.slice(0, 3))
        expect((await c.get(one.links.self)).one).toMatchObject(identityOf(one));
  });

  it.each(TYPES)('[49] everything included is linked from the primary data on: %s', async (type) => {
    for (const include of includesOf(type))
      expectSound((await c.get(`${c.path(type)}?include=${include}`)).document);
  });

  it('[49] whatever the paths are, in circles too', async () => {
    const walk = fc.tuple(
      fc.constantFrom(...TYPES),
      fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(walk, fc.boolean(), async ([type, walks], lenient) => {
        const paths = walks.map((steps) => {
          let at = type;
          return steps.flatMap((step) => {
            const all = relationshipsOfType(at);
            const next = all[step % Math.max(all.length, 1)];
            at = next?.target ?? at;
            return next ? [next.name] : [];
          });
        });
        const include = paths
          .map((path) => path.join('.'))
          .filter(Boolean)
          .join(',');
        const answer = await (lenient ? c.api.lenient : c.api).get(`${c.path(type)}?include=${include}`);
        expect([include, answer.status]).toEqual([include, 200]);
        expectSound(answer.document);
      }),
      { numRuns: 60 },
    );
  });

  it.each(RELATIONSHIPS)(
    '[50] fieldsets may take the linkage away, not what is included: $type.$name',
    async ({ type, name }) => {
      const full = await c.get(`${c.path(type)}?include=${name}`);
      const other = Object.keys(c.resource(type).attributes).find(
        (attribute) => !c.resource(type).attributes[attribute]?.writeOnly,
      );
      const sparse = await c.get(`${c.path(type)}?include=${name}&fields[${type}]=${other}`);
      expect(sparse.includedKeys).toEqual(full.includedKeys);
      for (const one of sparse.many) expect(one).not.toHaveProperty('relationships');
    },
  );

  it.each(TYPES)('[51] no resource stands twice, primary data counted: %s', async (type) => {
    const [first] = (await c.get(c.path(type))).many;
    for (const include of includesOf(type))
      for (const path of [c.path(type), first?.links.self])
        expectSound((await c.get(`${path}?include=${include}`)).document);
  });

  it('[51] circles and loops end where they began', async () => {
    const include =
      'parent.parent.parent.parent,twin.twin,twin_of,friends.friends,fans.fans,children.children';
    for (const { id } of (await c.get('/toy_nodes?filter[name][in]=a,loop')).many) {
      const { document } = await c.get(`/toy_nodes/${id}?include=${include}`);
      expectSound(document);
      expect(document.included?.map((one) => one.id)).not.toContain(id);
    }
    // Two types that point at each other.
    expectSound((await c.get('/toy_lefts?include=right.left.right.lefts,rights.left')).document);
    // One row that is two resources: both are there.
    const animals = await c.get('/toy_animals?include=as_cat.as_animal&filter[kind]=cat');
    expect(animals.includedKeys).toEqual(animals.ids.map((id) => `toy_cat:${id}`).sort());
    expectSound(animals.document);
  });

  it('[49] what the caller may not read is in no linkage and does not come along', async () => {
    const notes = async (name: string) => (await c.get(`/toy_nodes?filter[name]=a&include=${name}`)).included;
    expect((await notes('notes')).map(({ attributes }) => attributes?.['text'])).toEqual(['mine']);
    const { api } = c.choir.ada;
    const theirs = await api.get('/toy_nodes?filter[name]=a&include=notes.owner.person');
    expect(theirs.text).toContain('not mine');
    expect(theirs.text).not.toContain('"mine"');
  });
});
