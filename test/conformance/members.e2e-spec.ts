import { ConformanceWorld, CREATABLE, TYPES, UPDATABLE } from './conformance-world.js';
import { linksOf, namesOf } from './walk-document.js';

const RESERVED = [...'+,.[]!"#$%&\'()*/:;<=>?@\\^`{|}~', '\u007f', '\u0000', '\u0001', '\u001f'];

/** Path and query in the letters of RFC 3986: brackets are none of them, and many URI classes take no others. */
const URI_REFERENCE = /^\/apis\/v4\/[\w/?&=%.,:~-]+$/;

describe('Members: meta, links, jsonapi, and names', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
  });
  afterAll(() => c.close());

  const malformed = (...pointers: string[]) => ({
    status: 400,
    errors: pointers.map((pointer) => ['malformed_document', pointer]),
  });

  it.each(CREATABLE)('[52] meta is an object: %s', async (type) => {
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const meta of [1, 'x', null, []]) {
        expect((await c.create(type, { data, meta })).refusal).toEqual(malformed('/meta'));
        expect((await c.create(type, { data: { ...data, meta } })).refusal).toEqual(malformed('/data/meta'));
        for (const [name, value] of Object.entries(data.relationships ?? {})) {
          const relationships = { ...data.relationships, [name]: { ...(value as object), meta } };
          expect((await c.create(type, { data: { ...data, relationships } })).refusal).toEqual(
            malformed(`/data/relationships/${name}/meta`),
          );
          const ends = (value as { data: object | object[] | null }).data;
          if (!ends || (Array.isArray(ends) && ends.length === 0)) continue;
          const marked = Array.isArray(ends) ? [{ ...ends[0], meta }] : { ...ends, meta };
          const linked = { ...data.relationships, [name]: { data: marked } };
          expect((await c.create(type, { data: { ...data, relationships: linked } })).refusal).toEqual(
            malformed(`/data/relationships/${name}/data${Array.isArray(ends) ? '/0' : ''}/meta`),
          );
        }
      }
    });
    expect(
      (await c.create(type, { data: { ...data, meta: { any: [1] } }, meta: { thing: {} } })).status,
    ).toBe(201);
  });

  it.each(TYPES)('[53] links is an object of strings, link objects and nulls: %s', async (type) => {
    const { links, data } = (await c.get(`${c.path(type)}?page[size]=1&sort=-id&filter[id][ne]=0`)).document;
    expect(links).toEqual({
      self: expect.any(String),
      first: expect.any(String),
      prev: null,
      next: expect.any(String),
    });
    for (const link of [...linksOf(data), ...linksOf({ links })]) expect(link).toMatch(URI_REFERENCE);
  });

  it.each(CREATABLE)('[53] links of a request is an object: %s', async (type) => {
    const { data } = await c.document(type);
    await c.unchanged(async () => {
      for (const links of [1, 'x', null, []]) {
        expect((await c.create(type, { data, links })).refusal).toEqual(malformed('/links'));
        expect((await c.create(type, { data: { ...data, links } })).refusal).toEqual(
          malformed('/data/links'),
        );
      }
    });
  });

  it.each(TYPES)('[54] a link is a URI, as a text or as the href of an object: %s', async (type) => {
    const query = encodeURI('filter[id][ne]=0&page[size]=1').replace(/%5B/, '[');
    const { document } = await c.get(`${c.path(type)}?${query}`);
    for (const link of linksOf(document)) {
      expect(link).toMatch(URI_REFERENCE);
      expect((await c.get(link)).status).toBe(200);
    }
  });

  it.each(TYPES)('[55] jsonapi is an object with the version: %s', async (type) => {
    for (const path of [c.path(type), `${c.path(type)}/0`])
      expect((await c.get(path)).document.jsonapi).toEqual({ version: '1.1' });
  });

  it.each(CREATABLE)('[55] jsonapi of a request is an object: %s', async (type) => {
    const { data } = await c.document(type);
    for (const jsonapi of [1, '1.1', null, []])
      expect((await c.create(type, { data, jsonapi })).refusal).toEqual(malformed('/jsonapi'));
  });

  it.each(UPDATABLE)('[56] member names are case sensitive: %s', async (type) => {
    const path = await c.fresh(type);
    const { data } = c.change(path, type);
    await c.unchanged(async () => {
      for (const [name, value] of Object.entries(data.attributes)) {
        const upper = name[0]?.toUpperCase() + name.slice(1);
        const answer = await c.api.patch(path, { data: { ...data, attributes: { [upper]: value } } });
        expect(answer.refusal).toEqual({
          status: 422,
          errors: [['unknown_attribute', `/data/attributes/${upper}`]],
        });
      }
      expect((await c.api.patch(path, { Data: data })).refusal).toEqual(malformed(''));
      expect((await c.api.patch(path, { data: { ...data, type: undefined, Type: type } })).refusal).toEqual(
        malformed('/data'),
      );
      // Misspelt members of the specification are members that mean nothing.
      const { attributes, ...rest } = data;
      expect((await c.api.patch(path, { data: { ...rest, Attributes: attributes } })).status).toBe(200);
    });
  });

  it.each(TYPES)('[57] member names have the allowed characters: %s', async (type) => {
    const include = Object.keys(c.resource(type).relationships).join(',');
    for (const path of [`${c.path(type)}?include=${include}&page[size]=3`, `${c.path(type)}?x=1`])
      for (const name of namesOf((await c.get(path)).document))
        expect(name).toMatch(
          /^[a-zA-Z0-9\u0080-\uffff]([-_ a-zA-Z0-9\u0080-\uffff]*[a-zA-Z0-9\u0080-\uffff])?$/,
        );
  });

  it.each(UPDATABLE)(
    '[58] names with reserved characters are no attributes, and never stored: %s',
    async (type) => {
      const path = await c.fresh(type);
      const [[name, value] = ['', '']] = Object.entries(c.change(path, type).data.attributes);
      const base = c.change(path, type).data;
      const bad = RESERVED.filter((one) => one !== '@').map((character, i) =>
        i % 2 ? character + name : name + character,
      );
      await c.unchanged(async () => {
        const attributes = Object.fromEntries(bad.map((one) => [one, value]));
        const { status, errors } = (await c.api.patch(path, { data: { ...base, attributes } })).refusal;
        const pointers = bad.map(
          (one) => `/data/attributes/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        );
        expect([status, errors]).toEqual([422, pointers.map((pointer) => ['unknown_attribute', pointer])]);
      });
      for (const text of namesOf((await c.get(path)).document))
        for (const character of RESERVED) expect(text).not.toContain(character);
    },
  );

  it.each(TYPES)('[59] member names are safe in URLs: %s', async (type) => {
    const include = Object.keys(c.resource(type).relationships).join(',');
    for (const name of namesOf((await c.get(`${c.path(type)}?include=${include}&page[size]=3`)).document))
      expect(encodeURIComponent(name)).toBe(name);
  });

  it.each(CREATABLE)('[60] @-members are ignored anywhere: %s', async (type) => {
    const { data } = await c.document(type);
    const ignored = { '@context': 'https://x.example', '@type': { a: [1] } };
    const relationships = Object.entries(data.relationships ?? {}).map(([name, value]) => {
      const ends = (value as { data: object | object[] | null }).data;
      const marked = Array.isArray(ends)
        ? ends.map((end: object) => ({ ...end, ...ignored }))
        : ends && { ...ends, ...ignored };
      return [name, { data: marked, ...ignored }];
    });
    const sent = {
      data: {
        ...data,
        ...ignored,
        attributes: { ...data.attributes, ...ignored },
        relationships: { ...(Object.fromEntries(relationships) as object), ...ignored },
      },
      ...ignored,
    };
    const answer = await c.create(type, sent);
    expect(answer.status).toBe(201);
    expect((await c.get(answer.one.links.self)).text).not.toContain('@context');
    expect(namesOf(answer.document).filter((name) => name.startsWith('@'))).toEqual([]);
  });

  it.each(TYPES)('[61] without an extension no member has a prefix: %s', async (type) => {
    const document = (await c.get(`${c.path(type)}?page[total]=true`)).document;
    expect(namesOf(document).filter((name) => name.includes(':'))).toEqual([]);
    if (!CREATABLE.includes(type)) return;
    // One that stands in a plain document means nothing.
    const { data } = await c.document(type);
    const answer = await c.create(type, { data, 'atomic:operations': [] });
    expect([answer.status, answer.text.includes('atomic')]).toEqual([201, false]);
  });
});
