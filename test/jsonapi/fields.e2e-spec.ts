import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('fields', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const get = (path: string) => c.ada.api.get(path);

  it('shows the named attributes and relationships of a type, and no others', async () => {
    const { attributes, relationships } = (await get(`/people/${c.carl}?fields[person]=last_name,created_by`))
      .one;
    expect(attributes).toEqual({ last_name: 'Nielsen' });
    expect(Object.keys(relationships ?? {})).toEqual(['created_by']);
    expect(relationships?.['created_by']?.data).toEqual({ type: 'person', id: c.ada.personId });
  });

  it('leaves out `attributes` and `relationships` when none of theirs is named', async () => {
    expect((await get(`/people/${c.carl}?fields[person]=groups`)).one).not.toHaveProperty('attributes');
    expect((await get(`/people/${c.carl}?fields[person]=gender`)).one).not.toHaveProperty('relationships');
  });

  it('shows nothing but the identity when the list is empty', async () => {
    expect((await get(`/people/${c.carl}?fields[person]=`)).one).toEqual({
      type: 'person',
      id: c.carl,
      links: { self: `/apis/v4/people/${c.carl}` },
    });
  });

  it('holds for primary and included resources, each by its type', async () => {
    const query =
      'include=people.email_addresses&fields[person]=first_name,email_addresses&fields[email_address]=email';
    const answer = await get(`/groups/${c.altos}?${query}`);
    expect(answer.one.attributes).toHaveProperty('name');
    const [person, email] = ['person', 'email_address'].map((type) =>
      answer.included.find((one) => one.type === type),
    );
    expect(person?.attributes).toEqual({ first_name: 'Dora' });
    expect(Object.keys(person?.relationships ?? {})).toEqual(['email_addresses']);
    expect(email?.attributes).toEqual({ email: 'dora@example.org' });
    expect(email).not.toHaveProperty('relationships');
  });

  it('does not take away what include asks for, only its linkage', async () => {
    const answer = await get(
      `/people/${c.carl}?include=email_addresses,created_by.user&fields[person]=first_name`,
    );
    expect(answer.one).not.toHaveProperty('relationships');
    expect(answer.includedKeys).toEqual(
      [
        `email_address:${c.emails.carl}`,
        `email_address:${c.emails.carlAtWork}`,
        `person:${c.ada.personId}`,
        `user:${c.ada.userId}`,
      ].sort(),
    );
  });

  it('does not mind types that do not occur', async () => {
    expect((await get(`/groups/${c.choir}?fields[user]=email`)).one.attributes).toHaveProperty('name');
  });

  it('reads brackets encoded or not, and a field twice as once', async () => {
    for (const name of ['fields[group]', 'fields%5Bgroup%5D', 'fields%5bgroup%5d'])
      expect((await get(`/groups/${c.choir}?${name}=name,name`)).one.attributes).toEqual({ name: 'Choir' });
  });

  it.each([
    ['fields[group]=unknown', 'fields[group]'],
    ['fields[group]=name,', 'fields[group]'],
    ['fields[group]=name,,parent', 'fields[group]'],
    ['fields[group]=,', 'fields[group]'],
    ['fields[group]=id', 'fields[group]'],
    ['fields[group]=Name', 'fields[group]'],
    ['fields[group]=__proto__', 'fields[group]'],
    ['fields[group]=constructor', 'fields[group]'],
    ['fields[group]=name;select', 'fields[group]'],
    ['fields[group_membership]=person_id', 'fields[group_membership]'],
    ['fields[groups]=name', 'fields[groups]'],
    ['fields[unknown]=name', 'fields[unknown]'],
    ['fields[__proto__]=name', 'fields[__proto__]'],
    ['fields[constructor]=name', 'fields[constructor]'],
    ['fields[]=name', 'fields[]'],
    ['fields=name', 'fields'],
    ['fields[group][name]=x', 'fields[group][name]'],
  ])('is not ?%s', async (query, parameter) => {
    const { status, errors } = (await get(`/groups?${query}`)).refusal;
    expect(status).toBe(400);
    expect(new Set(errors.map(String))).toEqual(new Set([`invalid_parameter,${parameter}`]));
  });
});
