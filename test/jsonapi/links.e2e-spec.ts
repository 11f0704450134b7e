import type { ApiAnswer } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

const PATHS = [
  'people',
  'email_addresses',
  'phone_numbers',
  'groups',
  'group_memberships',
  'contact_assignments',
  'users',
];

/** Every string below a `links` member, with what it stands in. */
function linksOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) =>
    name === 'links'
      ? Object.values(below as object).filter((link): link is string => typeof link === 'string')
      : linksOf(below),
  );
}

describe('Links, related resources and relationships', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const get = (path: string) => c.ada.api.get(path);

  it('lead somewhere, each that is shown anywhere: all answer 200', async () => {
    const seen = new Map<string, ApiAnswer>();
    const queue = PATHS.map((path) => `/apis/v4/${path}`);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      const answer = await get(at);
      expect([at, answer.status]).toEqual([at, 200]);
      seen.set(at, answer);
      queue.push(...linksOf(answer.document));
    }
    const relationships = [...seen].filter(([at]) => at.includes('/relationships/'));
    const empty = relationships.filter(([, { document }]) => [document.data].flat()[0] == null);
    expect(relationships.length).toBeGreaterThan(60);
    expect(empty.length).toBeLessThan(relationships.length);
  });

  it('are URIs, whatever stood in the query', async () => {
    const named = await c.world.group('{"a|b"}');
    await c.world.member(c.ada.personId, named, 'user');
    const answer = await get('/groups?filter[name]={"a|b"}&page[size]=1');
    expect(answer.ids).toEqual([named]);
    expect(answer.document.links?.['self']).toBe(
      '/apis/v4/groups?filter%5Bname%5D=%7B%22a%7Cb%22%7D&page%5Bsize%5D=1',
    );
    expect((await get(answer.document.links?.['self'] as string)).ids).toEqual([named]);
  });

  it('lead from a resource to itself', async () => {
    for (const path of PATHS)
      for (const resource of (await get(`/${path}`)).many)
        expect((await get(resource.links.self)).one).toEqual(resource);
  });

  it('show at `self` of a relationship the identifiers of what is at `related`', async () => {
    for (const path of PATHS) {
      const [first] = (await get(`/${path}?page[size]=1`)).many;
      for (const [name, { links }] of Object.entries(first?.relationships ?? {})) {
        const [linkage, related] = [await get(links.self as string), await get(links.related as string)];
        const { data } = related.document;
        const identity = (one: unknown) => {
          const { type, id } = one as { type: string; id: string };
          return { type, id };
        };
        const expected = Array.isArray(data) ? data.map(identity) : data && identity(data);
        expect([path, name, linkage.document.data]).toEqual([path, name, expected]);
        expect(linkage.document.links).toMatchObject({ self: links.self, related: links.related });
      }
    }
  });

  it('show linkage in its four forms', async () => {
    const data = async (path: string) => (await get(path)).document.data;
    expect(await data(`/groups/${c.altos}/relationships/parent`)).toEqual({ type: 'group', id: c.choir });
    expect(await data(`/groups/${c.choir}/relationships/parent`)).toBeNull();
    expect(await data(`/groups/${c.choir}/relationships/children`)).toEqual([{ type: 'group', id: c.altos }]);
    expect(await data(`/groups/${c.altos}/relationships/children`)).toEqual([]);
  });

  it('show at `related` null or nothing where there is nothing', async () => {
    expect((await get(`/groups/${c.choir}/parent`)).document.data).toBeNull();
    expect((await get(`/groups/${c.altos}/children`)).document.data).toEqual([]);
    expect((await get(`/people/${c.carl}/user`)).document.data).toBeNull();
  });

  it('take at a related list all that a list takes', async () => {
    const answer = await get(
      `/groups/${c.choir}/people?sort=-first_name&filter[first_name][prefix]=c&page[size]=1&page[total]=true&fields[person]=first_name`,
    );
    expect(answer.many.map(({ attributes }) => attributes)).toEqual([{ first_name: 'Carl' }]);
    expect(answer.total).toBe(1);
    const all = await get(`/groups/${c.choir}/people?page[size]=1&sort=-first_name`);
    const next = await get(all.document.links?.['next'] as string);
    expect([...all.ids, ...next.ids]).toEqual([c.carl, c.ada.personId]);
    expect(all.document.links?.['self']).toBe(
      `/apis/v4/groups/${c.choir}/people?page%5Bsize%5D=1&sort=-first_name`,
    );
  });

  it('page the linkage of a relationship, with a total when asked for', async () => {
    const at = `/groups/${c.choir}/relationships/people`;
    const first = await get(`${at}?page[size]=1&page[total]=true`);
    expect(first.document).toMatchObject({ data: [{ type: 'person' }], meta: { total: 2 } });
    const second = await get(first.document.links?.['next'] as string);
    expect(second.document.data).toHaveLength(1);
    expect(second.document.links).toMatchObject({ next: null });
    expect((await get(at)).document.data).toEqual([
      ...(first.document.data as []),
      ...(second.document.data as []),
    ]);
  });

  it.each(['include=groups', 'fields[person]=first_name', 'filter[first_name]=x', 'sort=first_name'])(
    'take at a relationship no ?%s',
    async (query) => {
      expect((await get(`/groups/${c.choir}/relationships/people?${query}`)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', query.split('=')[0]]],
      });
    },
  );

  it('have no page at a to-one', async () => {
    for (const at of [`/groups/${c.altos}/parent`, `/groups/${c.altos}/relationships/parent`])
      expect((await get(`${at}?page[size]=1`)).refusal.status).toBe(400);
  });

  it.each(['unknown', 'name', 'constructor', '__proto__', 'People', 'people%00', 'relationships'])(
    'do not lead to %s, which is no relationship',
    async (name) => {
      for (const at of [`/groups/${c.choir}/${name}`, `/groups/${c.choir}/relationships/${name}`])
        expect((await get(at)).refusal).toEqual({ status: 404, errors: [['not_found', undefined]] });
    },
  );

  it('lead nowhere from a resource that is not there', async () => {
    for (const at of ['/groups/999999/people', '/groups/999999/relationships/parent'])
      expect((await get(at)).refusal).toEqual({ status: 404, errors: [['not_found', undefined]] });
  });

  it('do not change with what is at the other end', async () => {
    const links = async () => (await get(`/groups/${c.choir}`)).one.relationships?.['children']?.links;
    const before = await links();
    await c.world.group('Tenors', { parent_id: c.choir });
    expect(await links()).toEqual(before);
  });
});

describe('Links below a PUBLIC_URL', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir({ PUBLIC_URL: 'https://people.example/kith/' });
  });
  afterAll(() => c.world.close());

  it('are absolute, `Location` included', async () => {
    const answer = await c.ada.api.get('/groups?page[size]=1');
    const links = linksOf(answer.document);
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) expect(link).toMatch(/^https:\/\/people\.example\/kith\/apis\/v4\/groups/);
    const created = await c.ada.api.post('/groups', { data: { type: 'group', attributes: { name: 'New' } } });
    expect(created.header('location')).toMatch(/^https:\/\/people\.example\/kith\/apis\/v4\/groups\/\d+$/);
    expect(created.one.links.self).toBe(created.header('location'));
  });
});
