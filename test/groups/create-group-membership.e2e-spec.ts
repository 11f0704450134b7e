import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

describe('POST /group_memberships', () => {
  let world: World;
  let north: string;
  let south: string;
  let owner: Caller;
  let admin: Caller;
  let user: Caller;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North', { external_ref: 'north' });
    south = await world.group('South', { external_ref: 'south' });
    owner = await world.caller('Owner', { [north]: 'owner', [south]: 'owner' });
    admin = await world.caller('Admin', { [north]: 'admin', [south]: 'admin' });
    user = await world.caller('User', { [north]: 'user', [south]: 'user' });
  });
  beforeEach(async () => {
    carl = await world.contact('Carl', north);
  });
  afterAll(() => world.close());

  const end = (type: string, id: string) => ({ data: { type, id } });
  const membership = (attributes: object, relationships: object = {}) => ({
    data: { type: 'group_membership', attributes, relationships },
  });
  const into = (groupId: string, attributes: object = {}) =>
    membership(attributes, { person: end('person', carl), group: end('group', groupId) });

  async function refused(caller: Caller, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient])
      expect((await api.post('/group_memberships', body)).refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('puts a person into a group, as a contact unless another role is said', async () => {
    const answer = await admin.api.post('/group_memberships?include=person,group', into(south));
    expect(answer.status).toBe(201);
    expect(answer.header('location')).toBe(`/apis/v4/group_memberships/${answer.one.id}`);
    expect(answer.one.attributes).toMatchObject({ role: 'contact', archived_at: null, external_ref: null });
    expect(answer.one.attributes).not.toHaveProperty('group_id');
    expect(answer.includedKeys).toEqual([`group:${south}`, `person:${carl}`].sort());
    expect(await world.row('group_memberships', answer.one.id)).toMatchObject({
      person_id: carl,
      group_id: south,
      role: 'contact',
    });
    const [change] = await world.database.query(
      sql`select action, actor_id, before, after from person_changes where person_id = ${carl}::bigint`,
    );
    const row = {
      id: answer.one.id,
      group_id: south,
      role: 'contact',
      external_ref: null,
      archived_at: null,
    };
    expect(change).toEqual({
      action: 'updated',
      actor_id: admin.personId,
      before: { group_memberships: [] },
      after: { group_memberships: [row] },
    });
  });

  it('takes the ids and the reference as attributes, as the People API documents them', async () => {
    const byId = await admin.api.post('/group_memberships', membership({ person_id: carl, group_id: south }));
    expect(byId.status).toBe(201);
    const dora = await world.contact('Dora', north);
    const byRef = await admin.api.lenient.post(
      '/group_memberships',
      membership({ person_id: Number(dora), group_external_ref: 'south', role: 'user' }),
    );
    expect([byRef.status, byRef.one.attributes?.['role']]).toEqual([201, 'user']);
    expect(byRef.one.relationships?.['group']?.data).toEqual({ type: 'group', id: south });
  });

  it('answers 200 with the one there is, and writes nothing', async () => {
    const { one } = await admin.api.post('/group_memberships', into(south));
    const before = await world.everything();
    const again = await admin.api.post('/group_memberships', into(south));
    expect([again.status, again.one]).toEqual([200, one]);
    expect(await world.everything()).toBe(before);
  });

  it('gives the one there is another role', async () => {
    const { one } = await admin.api.post('/group_memberships', into(south));
    const again = await admin.api.post('/group_memberships', into(south, { role: 'admin' }));
    expect([again.status, again.one.id, again.one.attributes?.['role']]).toEqual([200, one.id, 'admin']);
  });

  it('brings one back from the archive, its reference too, its rights not', async () => {
    const archived = { archived_at: new Date(), external_ref: `back-${carl}` };
    const id = await world.member(carl, south, 'admin', archived);
    const answer = await admin.api.post('/group_memberships', into(south));
    expect([answer.status, answer.one.id]).toEqual([200, id]);
    expect(answer.one.attributes).toMatchObject({
      role: 'contact',
      archived_at: null,
      external_ref: `back-${carl}`,
    });
  });

  it('brings back who is nowhere else, by its administrators, and nobody else’s', async () => {
    const lost = await world.person({ first_name: 'Lost' });
    const archived = { archived_at: new Date(), external_ref: `lost-${lost}` };
    const id = await world.member(lost, south, 'user', archived);
    const asked = (group: object) => membership({}, { person: end('person', lost), ...group });
    const personEnd = ['not_found', '/data/relationships/person/data'];
    await refused(user, asked({ group: end('group', south) }), 404, personEnd);
    await refused(admin, asked({ group: end('group', north) }), 404, personEnd);
    const group = await world.group('Foreign');
    const eve = await world.caller('Eve', { [group]: 'owner' });
    await refused(eve, asked({ group: end('group', group) }), 404, personEnd);
    expect((await admin.api.get(`/people/${lost}`)).status).toBe(404);
    const answer = await admin.api.post('/group_memberships', asked({ group: end('group', south) }));
    expect([answer.status, answer.one.id]).toEqual([200, id]);
    expect(await world.row('group_memberships', id)).toMatchObject({
      ...{ role: 'contact', archived_at: null, external_ref: `lost-${lost}` },
    });
    expect((await user.api.get(`/people/${lost}`)).status).toBe(200);
  });

  it('brings back by the reference of the group too; not who was deleted', async () => {
    const [lost, gone] = [await world.person('Lost'), await world.person({ deleted_at: new Date() })];
    for (const one of [lost, gone]) await world.member(one, south, 'contact', { archived_at: new Date() });
    const byRef = (id: string) => membership({ person_id: id, group_external_ref: 'south' });
    expect((await admin.api.lenient.post('/group_memberships', byRef(lost))).status).toBe(200);
    await refused(admin, byRef(gone), 404, ['not_found', '/data/attributes/person_id']);
  });

  it('brings the reference by which the person is known along', async () => {
    const ref = `known-${carl}`;
    await world.database.query(
      sql`update group_memberships set external_ref = ${ref} where person_id = ${carl}::bigint`,
    );
    const answer = await admin.api.post('/group_memberships', into(south));
    expect(answer.one.attributes?.['external_ref']).toBe(ref);
    const dora = await world.contact('Dora', north);
    await world.database.query(sql`
      update group_memberships set external_ref = ${`${ref}-2`} where person_id = ${dora}::bigint`);
    await world.member(await world.person('Holder'), south, 'contact', { external_ref: `${ref}-2` });
    await refused(admin, membership({ person_id: dora, group_id: south }), 409, [
      'external_ref_taken',
      '/data',
    ]);
  });

  it('is for administrators of the group, up to their own role', async () => {
    await refused(user, into(south), 403, ['forbidden', '/data/relationships/group/data']);
    await refused(user, membership({ person_id: carl, group_external_ref: 'south' }), 403, [
      'forbidden',
      '/data',
    ]);
    await refused(admin, into(south, { role: 'owner' }), 403, ['forbidden', '/data']);
    const answer = await owner.api.post('/group_memberships', into(south, { role: 'owner' }));
    expect([answer.status, answer.one.attributes?.['role']]).toEqual([201, 'owner']);
  });

  it('takes nobody over whom the caller only reads because she looks after her', async () => {
    const foreign = await world.group('Elsewhere');
    const paul = await world.contact('Paul', foreign);
    const loose = await world.person('Loose');
    for (const one of [paul, loose]) await world.assignment(admin.personId, one);
    const own = await admin.api.post('/groups', { data: { type: 'group', attributes: { name: 'Own' } } });
    for (const one of [paul, loose]) {
      expect((await admin.api.get(`/people/${one}`)).status).toBe(200);
      const taken = membership({}, { person: end('person', one), group: end('group', own.one.id) });
      await refused(admin, taken, 403, ['forbidden', '/data/relationships/person/data']);
      const bare = membership({ person_id: one, group_id: own.one.id });
      await refused(admin, bare, 403, ['forbidden', '/data/attributes/person_id']);
      const before = await world.everything();
      const many = await new OperationsClient(admin.api).send([{ op: 'add', ...taken }]);
      expect(many.refusal.status).toBe(403);
      expect(await world.everything()).toBe(before);
    }
    const helper = await world.caller('Helper', { [foreign]: 'user' });
    await world.member(helper.personId, String(own.one.id), 'admin');
    const both = membership({}, { person: end('person', paul), group: end('group', own.one.id) });
    expect((await helper.api.post('/group_memberships', both)).status).toBe(201);
  });

  it('does not change an owner', async () => {
    const own = { person: end('person', owner.personId), group: end('group', north) };
    await refused(admin, membership({ role: 'user' }, own), 403, ['forbidden', '/data']);
  });

  it('says 404 to people and groups that cannot be read, told like those that there are not', async () => {
    const foreign = await world.group('Foreign', { external_ref: 'foreign' });
    const stranger = await world.contact('Stranger', foreign);
    const groupEnd = '/data/relationships/group/data';
    for (const id of [foreign, '999999', 'abc', '9'.repeat(30)])
      await refused(admin, into(id), 404, ['not_found', groupEnd]);
    for (const id of [stranger, '999999'])
      await refused(admin, membership({}, { person: end('person', id), group: end('group', north) }), 404, [
        'not_found',
        '/data/relationships/person/data',
      ]);
    for (const ref of ['foreign', 'nobody', "'--"])
      await refused(admin, membership({ person_id: carl, group_external_ref: ref }), 404, [
        'not_found',
        '/data',
      ]);
  });

  it.each([
    ['a role that is none', { role: 'chief' }, 'invalid_attribute', '/data/attributes/role'],
    ['null as role', { role: null }, 'invalid_attribute', '/data/attributes/role'],
    ['a moment that is none', { archived_at: 'now' }, 'invalid_attribute', '/data/attributes/archived_at'],
    [
      'the week of a year',
      { archived_at: '2024-W01-1' },
      'invalid_attribute',
      '/data/attributes/archived_at',
    ],
    ['the year nought', { archived_at: '0000-01-01' }, 'invalid_attribute', '/data/attributes/archived_at'],
  ])('refuses %s', async (_what, attributes, code, pointer) => {
    await refused(admin, into(south, attributes), 422, [code, pointer]);
  });

  it('refuses to be nobody’s, in no group, or in two', async () => {
    await refused(admin, membership({ group_id: south }), 422, ['invalid_attribute', '/data']);
    await refused(admin, membership({ person_id: carl }), 422, ['invalid_attribute', '/data']);
    await refused(admin, membership({ person_id: carl, group_id: north, group_external_ref: 'south' }), 422, [
      'contradiction',
      '/data',
    ]);
    await refused(admin, into(south, { group_id: north }), 422, [
      'contradiction',
      '/data/relationships/group/data',
    ]);
  });

  it('refuses a reference: people have it by their own attribute', async () => {
    const answer = await admin.api.post('/group_memberships', into(south, { external_ref: 'mine' }));
    expect(answer.refusal).toEqual({
      status: 403,
      errors: [['read_only', '/data/attributes/external_ref']],
    });
  });

  it('makes one, when several requests put the same person into the same group', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.api.post('/group_memberships', into(south))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
    expect(new Set(answers.map(({ one }) => one.id)).size).toBe(1);
  });

  it('lets a super admin put anybody anywhere', async () => {
    const root = await world.caller('Root', {}, { superAdmin: true });
    const group = await world.group('Fresh');
    const answer = await root.api.post('/group_memberships', into(group, { role: 'owner' }));
    expect(answer.status).toBe(201);
  });
});
