import { CURSOR_PROFILE } from '../../src/jsonapi/query/profiles.js';
import { countQueries } from '../support/count-queries.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

/** One for the caller's rights, on every request. */
const ACTOR = 1;

describe('The number of queries', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
    for (let i = 0; i < 20; i += 1) {
      const person = await c.world.contact(`P${i}`, c.altos);
      await c.world.email(person, `p${i}@example.org`, true);
      await c.world.assignment(c.carl, person, { group_id: c.altos });
    }
  });
  afterAll(() => c.world.close());

  it.each([
    ['a page', '/people', 1],
    ['a page, however many stand on it', '/people?page[size]=100', 1],
    ['one resource', '/people/me', 1],
    ['a count alone', '/people?page[limit]=0', 1],
    ['a page with its total', '/people?page[total]=true', 2],
    ['an included to-many', '/people?include=email_addresses', 2],
    ['an included to-one', '/group_memberships?include=person', 2],
    ['an included to-many through a table', '/people?include=groups', 2],
    ['a path of three', '/groups?include=people.contact_assignments.person', 4],
    ['two paths that begin alike', '/groups?include=people.email_addresses,people.phone_numbers', 4],
    ['a path that leads to nothing', '/people?filter[id]=999999&include=groups.people.email_addresses', 1],
    [
      'page, includes and total together',
      '/people?include=email_addresses,phone_numbers,groups.parent,user&page[total]=true&sort=-last_name&filter[groups]=1,2,3',
      7,
    ],
    [
      'a page by filters along paths',
      '/people?filter[groups.parent.name]=Choir&filter[email_addresses.email][null]=false',
      1,
    ],
    ['a page in the order of paths', '/email_addresses?sort=-person.last_name,person.first_name', 1],
    ['a search', '/people?filter[q]=p1+example', 1],
    ['a search with its total', '/people?filter[q]=p1&page[total]=true', 2],
    ['a related list, after its parent', '/groups/1/people', 2],
    ['a related one, after its parent', '/groups/1/parent', 1],
    ['a relationship, after its parent', '/groups/1/relationships/people', 2],
  ])('is fixed for %s: %s', async (_name, path, expected) => {
    const at = path.replace('/groups/1', `/groups/${c.choir}`);
    const { result, statements } = await countQueries(() => c.ada.api.get(at));
    expect(result.status).toBe(200);
    expect(statements).toHaveLength(ACTOR + expected);
  });

  it.each([
    ['', 1],
    ['&page[total]=true', 2],
    ['&include=email_addresses,groups.parent', 4],
    ['&filter[q]=p1&page[total]=true', 2],
  ])('is fixed for a page by cursors, wherever it begins: ?sort=last_name%s', async (query, expected) => {
    const accept = `application/vnd.api+json;profile="${CURSOR_PROFILE}"`;
    const first = `/people?sort=last_name&page[size]=5${query}`;
    const [item] = (await c.ada.api.get(first, { accept })).many;
    const { cursor } = item?.meta?.['page'] as { cursor: string };
    for (const at of [
      first,
      `${first}&page[after]=${cursor}`,
      `${first}&page[after]=${cursor}&page[before]=${cursor}`,
    ]) {
      const { result, statements } = await countQueries(() => c.ada.api.get(at, { accept }));
      expect(result.status).toBe(200);
      const empty = result.many.length === 0 && query.includes('include');
      expect(statements).toHaveLength(ACTOR + (empty ? 1 : expected));
    }
  });

  it('is one more for each to-many whose linkage lenient shows, and for the total', async () => {
    const { statements } = await countQueries(() => c.ada.api.lenient.get('/people'));
    expect(statements).toHaveLength(ACTOR + 1 + 7 + 1);
    const included = await countQueries(() => c.ada.api.lenient.get('/people?include=groups'));
    expect(included.statements).toHaveLength(ACTOR + 1 + 7 + 1 + 3);
  });

  it('is none for a request that negotiation refuses, one for one that the caller’s query refuses', async () => {
    const refused = await countQueries(() => c.ada.api.get('/people', { accept: 'text/html' }));
    expect([refused.result.status, refused.statements.length]).toEqual([406, 0]);
    const unknown = await countQueries(() => c.ada.api.get('/people?unknown=1'));
    expect([unknown.result.status, unknown.statements.length]).toEqual([400, ACTOR]);
  });
});
