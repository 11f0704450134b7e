import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('include', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const get = (path: string) => c.ada.api.get(path);

  it('brings a to-many along, linked from the primary resource', async () => {
    const answer = await get(`/people/${c.carl}?include=email_addresses`);
    expect(answer).toBeJsonApiDocument();
    expect(answer.includedKeys).toEqual(
      [`email_address:${c.emails.carl}`, `email_address:${c.emails.carlAtWork}`].sort(),
    );
    expect(answer.one.relationships?.['email_addresses']?.data).toEqual([
      { type: 'email_address', id: c.emails.carl },
      { type: 'email_address', id: c.emails.carlAtWork },
    ]);
    expect(answer.included[0]?.attributes).toMatchObject({ email: 'Carl@example.org', primary: true });
  });

  it('brings a to-one along, whichever side holds the column', async () => {
    expect((await get(`/groups/${c.altos}?include=parent`)).includedKeys).toEqual([`group:${c.choir}`]);
    const me = await get('/people/me?include=user');
    expect(me.includedKeys).toEqual([`user:${c.ada.userId}`]);
    expect(me.one.relationships?.['user']?.data).toEqual({ type: 'user', id: c.ada.userId });
  });

  it('brings what a table between links, without archived links', async () => {
    const gone = await c.world.person('Gone');
    await c.world.member(gone, c.altos, 'contact', { archived_at: new Date() });
    expect((await get(`/groups/${c.altos}?include=people`)).includedKeys).toEqual([`person:${c.dora}`]);
    expect((await get(`/people/${c.dora}?include=groups`)).includedKeys).toEqual([`group:${c.altos}`]);
  });

  it('tells the two directions of an assignment apart', async () => {
    const answer = await get(
      `/people/${c.carl}?include=contact_assignments,reverse_contact_assignments&fields[contact_assignment]=note`,
    );
    expect(answer.one.relationships?.['contact_assignments']?.data).toEqual([
      { type: 'contact_assignment', id: c.assignments.doraToCarl },
    ]);
    expect(answer.one.relationships?.['reverse_contact_assignments']?.data).toEqual([
      { type: 'contact_assignment', id: c.assignments.carlToAda },
    ]);
  });

  it('brings what stands on the way of a longer path', async () => {
    const answer = await get(`/groups/${c.choir}?include=children.people.email_addresses`);
    expect(answer.includedKeys).toEqual(
      [`group:${c.altos}`, `person:${c.dora}`, `email_address:${c.emails.dora}`].sort(),
    );
  });

  it('takes several paths, and a path twice as once', async () => {
    const paths = 'parent,people.phone_numbers,people,parent,people.email_addresses';
    const answer = await get(`/groups/${c.choir}?include=${paths}`);
    expect(answer.document.included?.map(({ type }) => type).sort()).toEqual([
      'email_address',
      'email_address',
      'person',
      'person',
      'phone_number',
    ]);
  });

  it.each([
    ['parent.children', 'a child is its parent’s child'],
    ['people.groups', 'a group is its people’s group'],
    ['parent.children.parent.children.parent', 'round and round'],
    ['group_memberships.group.group_memberships.person.groups', 'the long way round'],
  ])('repeats no resource on a path that comes back: %s (%s)', async (path) => {
    const answer = await get(`/groups/${c.altos}?include=${path}`);
    expect(answer.includedKeys).not.toContain(`group:${c.altos}`);
    expect(answer).toBeJsonApiDocument();
  });

  it('gives a primary resource the linkage that a path learns when it comes back', async () => {
    const answer = await get(`/groups?filter[id]=${c.altos}&include=parent.children.people`);
    expect(answer.many[0]?.relationships?.['people']?.data).toEqual([{ type: 'person', id: c.dora }]);
    expect(answer.includedKeys).toEqual([`group:${c.choir}`, `person:${c.dora}`].sort());
  });

  it('repeats nothing among the resources of a list that lead to each other', async () => {
    const answer = await get('/groups?include=parent.children,children.parent,people.groups');
    expect(answer.ids).toEqual([c.choir, c.altos]);
    expect(answer.included.every(({ type }) => type === 'person')).toBe(true);
  });

  it('is present when there is nothing to bring, absent when it was not asked for', async () => {
    const lonely = await c.world.contact('Lonely', c.choir);
    for (const query of ['include=email_addresses', 'include=created_by', 'include='])
      expect((await get(`/people/${lonely}?${query}`)).document.included).toEqual([]);
    expect((await get('/people?filter[first_name]=nobody&include=groups.people')).document).toMatchObject({
      data: [],
      included: [],
    });
    expect((await get(`/people/${lonely}`)).document).not.toHaveProperty('included');
  });

  it('works on related URLs, for the resources there', async () => {
    const people = await get(`/groups/${c.altos}/people?include=email_addresses`);
    expect([people.ids, people.includedKeys]).toEqual([[c.dora], [`email_address:${c.emails.dora}`]]);
    const parent = await get(`/groups/${c.altos}/parent?include=children`);
    expect([parent.one.id, parent.includedKeys]).toEqual([c.choir, [`group:${c.altos}`]]);
    const none = await get(`/groups/${c.choir}/parent?include=children`);
    expect(none.document).toMatchObject({ data: null, included: [] });
  });

  it('cuts a to-many at 1000 per parent and says where the others are', async () => {
    const crowd = await c.world.group('Crowd');
    await c.world.member(c.ada.personId, crowd, 'user');
    await c.world.database.dataSource.query(
      `with p as (insert into people (first_name) select 'P' || n from generate_series(1, 1004) n returning id)
       insert into group_memberships (person_id, group_id) select id, $1 from p`,
      [crowd],
    );
    const answer = await get(`/groups/${crowd}?include=people&fields[person]=first_name`);
    expect(answer.included).toHaveLength(1000);
    const { data, links } = answer.one.relationships?.['people'] ?? {};
    expect(data).toHaveLength(1000);
    const rest = await get(links?.next as string);
    expect(rest.status).toBe(200);
    expect(rest.document.links).toMatchObject({ next: null });
    const seen = [...(data as { id: string }[]), ...(rest.document.data as { id: string }[])];
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1005);
    expect(
      (await get(`/groups/${c.altos}?include=people`)).one.relationships?.['people']?.links,
    ).not.toHaveProperty('next');
  });

  it.each([
    'unknown',
    'people.unknown',
    'unknown.people',
    'people.',
    '.people',
    'people..groups',
    ',',
    'people,',
    ',people',
    'people,,parent',
    'name',
    'people.first_name',
    'People',
    ' people',
    '__proto__',
    'constructor',
    'people.constructor',
    'hasOwnProperty',
    'people.groups.people.groups.people.groups',
    'people; drop table people',
    "people' or '1'='1",
    Array.from({ length: 51 }, () => 'people').join(','),
  ])('is not %s', async (value) => {
    for (const path of ['/groups', `/groups/${c.choir}`]) {
      const { status, errors } = (await get(`${path}?include=${encodeURIComponent(value)}`)).refusal;
      expect(status).toBe(400);
      expect(new Set(errors.map(String))).toEqual(new Set(['invalid_parameter,include']));
    }
  });

  it('is no family, and is not taken where there is nothing to include', async () => {
    expect((await get('/groups?include[group]=people')).refusal).toMatchObject({ status: 400 });
    expect((await get(`/groups/${c.choir}/relationships/people?include=people`)).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', 'include']],
    });
    expect((await c.ada.api.delete(`/groups/${c.choir}?include=people`)).refusal.status).toBe(400);
  });
});
