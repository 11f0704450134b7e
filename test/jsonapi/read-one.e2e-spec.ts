import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('GET one resource', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  it('answers the resource with its attributes, relationships and links', async () => {
    const answer = await c.ada.api.get(`/groups/${c.altos}`);
    expect(answer.status).toBe(200);
    expect(answer).toBeJsonApiDocument();
    const at = `/apis/v4/groups/${c.altos}`;
    const links = (name: string) => ({
      links: { self: `${at}/relationships/${name}`, related: `${at}/${name}` },
    });
    expect(answer.document).toEqual({
      jsonapi: { version: '1.1' },
      links: { self: at },
      data: {
        type: 'group',
        id: c.altos,
        attributes: {
          name: 'Altos',
          external_ref: null,
          phone_region: null,
          match_conflicting_ref: null,
          match_name_guard: null,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          updated_at: expect.any(String),
        },
        relationships: {
          parent: { ...links('parent'), data: { type: 'group', id: c.choir } },
          children: links('children'),
          group_memberships: links('group_memberships'),
          people: links('people'),
        },
        links: { self: at },
      },
    });
  });

  it('shows computed attributes, days as days, and `*_id` attributes that agree with the relationship', async () => {
    const person = (await c.ada.api.get(`/people/${c.carl}`)).one;
    expect(person.attributes).toMatchObject({
      full_name: 'Carl Nielsen',
      primary_email_address: 'Carl@example.org',
      primary_phone_number: '+4533123456',
      external_ref: 'c-1',
      birth_date: null,
    });
    expect((await c.ada.api.get(`/people/${c.dora}`)).one.attributes).toMatchObject({
      birth_date: '1885-09-10',
    });
    const assignment = (await c.ada.api.get(`/contact_assignments/${c.assignments.carlToAda}`)).one;
    expect(assignment.attributes).toMatchObject({
      assigned_to_id: c.ada.personId,
      person_id: c.carl,
      group_id: c.choir,
      note: 'sings bass',
    });
    expect(assignment.relationships?.['assigned_to']?.data).toEqual({ type: 'person', id: c.ada.personId });
    expect(assignment.relationships?.['person']?.data).toEqual({ type: 'person', id: c.carl });
    expect(assignment.relationships?.['group']?.data).toEqual({ type: 'group', id: c.choir });
  });

  it('never shows a password, nor what is write only', async () => {
    const user = await c.ada.api.get(`/users/${c.ada.userId}`);
    expect(Object.keys(user.one.attributes ?? {}).sort()).toEqual([
      'active',
      'created_at',
      'email',
      'last_sign_in_at',
      'super_admin',
      'updated_at',
    ]);
    const membership = (await c.ada.api.get(`/group_memberships/${c.memberships.carl}`)).one;
    expect(Object.keys(membership.attributes ?? {}).sort()).toEqual([
      'archived_at',
      'created_at',
      'external_ref',
      'role',
      'updated_at',
    ]);
  });

  it('knows the caller as `me`, as a person and as a user, on related and relationship URLs too', async () => {
    const person = await c.ada.api.get('/people/me');
    expect(person.one).toMatchObject({ type: 'person', id: c.ada.personId });
    expect(person.one.links.self).toBe(`/apis/v4/people/${c.ada.personId}`);
    expect((await c.ada.api.get('/users/me')).one).toMatchObject({ type: 'user', id: c.ada.userId });
    expect((await c.ada.api.get('/people/me/groups')).ids).toEqual([c.choir]);
    expect((await c.ada.api.get('/people/me/relationships/user')).document.data).toEqual({
      type: 'user',
      id: c.ada.userId,
    });
  });

  it('does not know `me` among groups', async () => {
    expect((await c.ada.api.get('/groups/me')).refusal).toEqual({
      status: 404,
      errors: [['not_found', undefined]],
    });
  });

  it('counts the people of a group only when they are asked for, and without the archived', async () => {
    const gone = await c.world.person('Gone');
    await c.world.member(gone, c.altos, 'contact', { archived_at: new Date() });
    const answer = await c.ada.api.get(`/groups/${c.altos}?fields[group]=name,people_count`);
    expect(answer.one.attributes).toEqual({ name: 'Altos', people_count: 1 });
  });

  it.each(['999999', '0', '9223372036854775807'])('says 404 to the id %s that nobody has', async (id) => {
    expect((await c.ada.api.get(`/groups/${id}`)).refusal).toEqual({
      status: 404,
      errors: [['not_found', undefined]],
    });
  });

  it.each([
    '-1',
    '1e3',
    '0x1',
    '1.0',
    '9223372036854775808',
    '99999999999999999999999999',
    'abc',
    '%00',
    '%F0%9F%92%A5',
    "1'--",
    '١',
    '__proto__',
    'constructor',
    'ME',
    '+1',
    '%201',
    '01',
    'x'.repeat(300),
  ])('says 404 to %s, which is no id', async (id) => {
    for (const path of [`/groups/${id}`, `/groups/${id}/people`, `/groups/${id}/relationships/people`]) {
      const answer = await c.ada.api.get(path);
      expect(answer.refusal).toEqual({ status: 404, errors: [['not_found', undefined]] });
      expect(answer).toBeJsonApiDocument();
    }
  });

  it('says the same to what may not be read as to what does not exist', async () => {
    const foreign = await c.world.group('Foreign');
    const texts = await Promise.all(
      [foreign, '888888'].map(async (id) =>
        (await c.ada.api.get(`/groups/${id}`, { 'x-request-id': 'same' })).text.replace(`\\"${id}\\"`, 'ID'),
      ),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  it('answers HEAD like GET, without the body', async () => {
    for (const path of [`/groups/${c.choir}`, '/groups', `/groups/${c.choir}/people`, '/groups/999999']) {
      const get = await c.ada.api.get(path);
      const head = await c.ada.api.send({ method: 'HEAD', path });
      expect(head.status).toBe(get.status);
      expect(head.bytes).toHaveLength(0);
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'vary'])
        expect([name, head.header(name)]).toEqual([name, get.header(name)]);
    }
  });

  it('takes no parameters of lists', async () => {
    for (const parameter of ['filter[name]', 'sort', 'page[size]'])
      expect((await c.ada.api.get(`/groups/${c.choir}?${parameter}=1`)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', parameter]],
      });
  });
});
