import type { ResourceObject } from '../../src/jsonapi/index.js';
import { World, type Caller } from '../support/factories/world.factory.js';

describe('POST /groups', () => {
  let world: World;
  let choir: string;
  let owner: Caller;
  let admin: Caller;
  let user: Caller;
  let stranger: Caller;

  beforeAll(async () => {
    world = await World.boot();
    choir = await world.group('Choir', { external_ref: 'choir' });
    owner = await world.caller('Owner', { [choir]: 'owner' });
    admin = await world.caller('Admin', { [choir]: 'admin' });
    user = await world.caller('User', { [choir]: 'user' });
    stranger = await world.caller('Stranger');
  });
  afterAll(() => world.close());

  const group = (attributes: object, relationships?: object) => ({
    data: { type: 'group', attributes, ...(relationships && { relationships }) },
  });
  const below = (id: string) => ({ parent: { data: { type: 'group', id } } });

  async function refused(caller: Caller, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const answer = await caller.api.post('/groups', body);
    expect(answer).toBeJsonApiDocument();
    expect(answer.refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('makes a top-level group for anybody who is signed in, who then owns it', async () => {
    const attributes = {
      name: 'Orchestra 🎻',
      external_ref: 'orchestra',
      phone_region: 'DK',
      match_conflicting_ref: 'separate',
      match_name_guard: true,
    };
    const answer = await stranger.api.post('/groups', group(attributes));
    expect(answer.status).toBe(201);
    expect(answer).toBeJsonApiDocument();
    const { id, links } = answer.one;
    expect(answer.header('location')).toBe(links.self);
    expect(answer.document.links?.['self']).toBe(links.self);
    expect(answer.one.attributes).toEqual({
      ...attributes,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(answer.one.relationships?.['parent']?.data).toBeNull();
    expect(await world.row('groups', id)).toMatchObject({ ...attributes, parent_id: null });
    const memberships = await stranger.api.get(`/groups/${id}/group_memberships?include=person`);
    expect(memberships.many.map(({ attributes }) => attributes?.['role'])).toEqual(['owner']);
    expect(memberships.includedKeys).toEqual([`person:${stranger.personId}`]);
    expect((await stranger.api.get(links.self)).one).toEqual(answer.one);
  });

  it('needs a name, no more', async () => {
    const answer = await user.api.post('/groups', group({ name: 'Bare' }));
    expect(answer.status).toBe(201);
    expect(await world.row('groups', answer.one.id)).toMatchObject({
      name: 'Bare',
      external_ref: null,
      phone_region: null,
      match_conflicting_ref: null,
      match_name_guard: null,
    });
  });

  it('shows what include and fields ask for', async () => {
    const answer = await owner.api.post(
      '/groups?include=parent,group_memberships.person&fields[group]=name,parent,group_memberships&fields[person]=first_name',
      group({ name: 'Basses' }, below(choir)),
    );
    expect(answer.status).toBe(201);
    expect(answer.one.attributes).toEqual({ name: 'Basses' });
    const people = answer.included.filter(({ type }) => type === 'person') as ResourceObject[];
    expect(people.map(({ attributes }) => attributes)).toEqual([{ first_name: 'Owner' }]);
    expect(answer.includedKeys).toContain(`group:${choir}`);
  });

  it('makes a child for an admin of the parent, also of one further up', async () => {
    const child = await admin.api.post('/groups', group({ name: 'Altos' }, below(choir)));
    expect(child.status).toBe(201);
    expect(child.one.relationships?.['parent']?.data).toEqual({ type: 'group', id: choir });
    expect(await world.row('groups', child.one.id)).toMatchObject({ parent_id: choir });
    const grandchild = await owner.api.post('/groups', group({ name: 'Second altos' }, below(child.one.id)));
    expect(grandchild.status).toBe(201);
  });

  it('makes no child for a user of the parent', () =>
    refused(user, group({ name: 'Altos' }, below(choir)), 403, [
      'forbidden',
      '/data/relationships/parent/data',
    ]));

  it('knows no parent that the caller cannot read, as if there were none', async () => {
    for (const id of [choir, '999999'])
      await refused(stranger, group({ name: 'Altos' }, below(id)), 404, [
        'not_found',
        '/data/relationships/parent/data',
      ]);
  });

  it('lets rights in a child not open the parent', async () => {
    const child = await world.group('Child', { parent_id: choir });
    const childOwner = await world.caller('ChildOwner', { [child]: 'owner' });
    await refused(childOwner, group({ name: 'Sibling' }, below(choir)), 404, [
      'not_found',
      '/data/relationships/parent/data',
    ]);
  });

  it('makes a group for a super admin wherever she wants', async () => {
    const root = await world.caller('Root', {}, { superAdmin: true });
    const answer = await root.api.post('/groups', group({ name: 'Anywhere' }, below(choir)));
    expect(answer.status).toBe(201);
    expect(answer.one.relationships?.['parent']?.data).toEqual({ type: 'group', id: choir });
  });

  it('says 409 to an external_ref that another group has, even one that the caller cannot read', async () => {
    for (const caller of [owner, stranger])
      await refused(caller, group({ name: 'Twin', external_ref: 'choir' }), 409, [
        'external_ref_taken',
        '/data/attributes/external_ref',
      ]);
  });

  it('gives an external_ref to one of many who ask for it at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        owner.api.post('/groups', group({ name: 'Race', external_ref: 'race' })),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
  });

  it('refuses what is read only, however it is written', async () => {
    for (const name of ['people_count', 'created_at', 'updated_at'])
      for (const value of [null, 1, '2026-01-01T00:00:00Z'])
        await refused(owner, group({ name: 'New', [name]: value }), 403, [
          'read_only',
          `/data/attributes/${name}`,
        ]);
    for (const name of ['children', 'people', 'group_memberships'])
      await refused(owner, group({ name: 'New' }, { [name]: { data: [] } }), 403, [
        'read_only',
        `/data/relationships/${name}`,
      ]);
  });

  it('ignores @-members and members that the specification does not know', async () => {
    const answer = await owner.api.post('/groups', {
      '@context': 1,
      foo: 1,
      data: {
        type: 'group',
        foo: 1,
        '@x': 1,
        lid: 'mine',
        attributes: { name: 'Plain', '@ctx': 1 },
        relationships: { '@r': 1 },
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.text).not.toMatch(/foo|@|mine/);
  });

  it('takes no parameters but include and fields', async () => {
    const before = await world.everything();
    for (const parameter of ['sort', 'filter[name]', 'page[size]', 'dry_run'])
      expect((await owner.api.post(`/groups?${parameter}=1`, group({ name: 'x' }))).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', parameter]],
      });
    expect((await owner.api.post('/groups?include=nothing', group({ name: 'x' }))).status).toBe(400);
    expect(await world.everything()).toBe(before);
  });
});
