import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';

describe('PATCH and DELETE /group_memberships/:id', () => {
  let world: World;
  let north: string;
  let owner: Caller;
  let admin: Caller;
  let user: Caller;
  let ownership: string;
  let carl: string;
  let id: string;

  beforeAll(async () => {
    world = await World.boot();
    admin = await world.caller('Admin');
    user = await world.caller('User');
    owner = await world.caller('Owner');
  });
  beforeEach(async () => {
    north = await world.group('North');
    ownership = await world.member(owner.personId, north, 'owner');
    await world.member(admin.personId, north, 'admin');
    await world.member(user.personId, north, 'user');
    carl = await world.person({ first_name: 'Carl', created_by_id: admin.personId });
    await world.email(carl, `carl.${carl}@example.org`, true);
    id = await world.member(carl, north);
  });
  afterAll(() => world.close());

  const document = (attributes: object, of = id) => ({
    data: { type: 'group_membership', id: of, attributes },
  });
  const patch = (caller: Caller, attributes: object, of = id) =>
    caller.api.patch(`/group_memberships/${of}`, document(attributes, of));
  const row = (of = id) => world.row('group_memberships', of);

  async function refused(caller: Caller, attributes: object, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient])
      expect((await api.patch(`/group_memberships/${id}`, document(attributes))).refusal).toEqual({
        status,
        errors,
      });
    expect(await world.everything()).toBe(before);
  }

  async function notDeleted(caller: Caller, of: string, status: number, code: string) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient])
      expect((await api.delete(`/group_memberships/${of}`)).refusal).toEqual({
        status,
        errors: [[code, undefined]],
      });
    expect(await world.everything()).toBe(before);
  }

  it('changes the role, and remembers it', async () => {
    const answer = await patch(admin, { role: 'user' });
    expect([answer.status, answer.one.attributes?.['role']]).toEqual([200, 'user']);
    const [change] = await world.database.query(
      sql`select action, before, after from person_changes where person_id = ${carl}::bigint`,
    );
    const membership = { id, group_id: north, external_ref: null, archived_at: null };
    expect(change).toEqual({
      action: 'updated',
      before: { group_memberships: [{ ...membership, role: 'contact' }] },
      after: { group_memberships: [{ ...membership, role: 'user' }] },
    });
  });

  it('archives: the person is out of the group and out of sight, her membership stays', async () => {
    await world.database.query(sql`update people set created_by_id = null where id = ${carl}::bigint`);
    const answer = await patch(admin, { archived_at: '2026-01-31T12:00:00+01:00' });
    expect(answer.one.attributes?.['archived_at']).toBe('2026-01-31T11:00:00.000Z');
    expect((await user.api.get(`/people/${carl}`)).status).toBe(404);
    expect((await user.api.get(`/group_memberships/${id}`)).status).toBe(404);
    expect((await admin.api.get(`/group_memberships/${id}`)).status).toBe(200);
  });

  it('gives nobody whom it archives back to her maker, who is in the group no more', async () => {
    const maker = await world.caller('Maker');
    const made = await world.person({ first_name: 'Made', created_by_id: maker.personId });
    const email = `made.${made}@example.org`;
    await world.email(made, email, true);
    expect((await maker.api.get(`/people/${made}`)).status).toBe(200);
    id = await world.member(made, north);
    expect((await patch(admin, { archived_at: '2026-01-01T00:00:00Z' })).status).toBe(200);
    const before = await world.everything();
    const changed = { data: { type: 'person', id: made, attributes: { first_name: 'Mine' } } };
    for (const api of [maker.api, maker.api.lenient]) {
      expect((await api.get(`/people/${made}`)).status).toBe(404);
      expect((await api.get(`/people?filter[id]=${made}`)).many).toEqual([]);
      expect((await api.patch(`/people/${made}`, changed)).status).toBe(404);
      expect((await api.delete(`/people/${made}`)).status).toBe(404);
    }
    const dry = { data: { type: 'person', attributes: { first_name: 'Made' } } };
    const included = [{ type: 'email_address', attributes: { email } }];
    const tried = await maker.api.lenient.post('/people?dry_run=true', { ...dry, included });
    expect(tried.document.meta?.['match']).toMatchObject({ outcome: 'created', candidates: [] });
    expect(await world.everything()).toBe(before);
    expect((await patch(admin, { archived_at: null })).status).toBe(200);
    expect((await user.api.get(`/people/${made}`)).status).toBe(200);
    // Without a trace of a group she is her maker's again.
    expect((await admin.api.delete(`/group_memberships/${id}`)).status).toBe(204);
    expect((await maker.api.delete(`/people/${made}`)).status).toBe(204);
  });

  it('brings back from the archive who is nowhere else, with the role that she had', async () => {
    await world.database.query(sql`update people set created_by_id = null where id = ${carl}::bigint`);
    await world.database.query(sql`
      update group_memberships set archived_at = now(), role = 'user' where id = ${id}::bigint`);
    const { one } = await admin.api.get(`/group_memberships/${id}`);
    const before = await world.everything();
    expect((await patch(admin, { archived_at: one.attributes?.['archived_at'] })).one).toEqual(one);
    expect(await world.everything()).toBe(before);
    const answer = await patch(admin, { archived_at: null });
    expect(answer.one.attributes).toMatchObject({ archived_at: null, role: 'user' });
    expect((await user.api.get(`/people/${carl}`)).status).toBe(200);
  });

  it('archives a person who is known by nothing but her reference: it waits with the membership', async () => {
    await world.database.query(sql`delete from email_addresses where person_id = ${carl}::bigint`);
    await world.database.query(
      sql`update group_memberships set external_ref = ${`only-${carl}`} where id = ${id}::bigint`,
    );
    expect((await patch(admin, { archived_at: '2026-01-31' })).status).toBe(200);
    expect(await row()).toMatchObject({ external_ref: `only-${carl}` });
  });

  it('does not bring back a reference that somebody else has by now', async () => {
    const ref = `gone-${carl}`;
    await world.database.query(sql`
      update group_memberships set archived_at = now(), external_ref = ${ref} where id = ${id}::bigint`);
    await world.member(await world.person('Other'), north, 'contact', { external_ref: ref });
    await refused(admin, { archived_at: null }, 409, ['external_ref_taken', '/data']);
  });

  it('writes nothing when the whole resource comes back as it was shown', async () => {
    const { one } = await admin.api.get(`/group_memberships/${id}`);
    const before = await world.everything();
    const answer = await admin.api.patch(`/group_memberships/${id}`, { data: one });
    expect([answer.status, answer.one]).toEqual([200, one]);
    expect(await world.everything()).toBe(before);
  });

  it('is for administrators, up to their own role', async () => {
    await refused(user, { role: 'contact', archived_at: '2026-01-31' }, 403, ['forbidden', undefined]);
    await refused(admin, { role: 'owner' }, 403, ['forbidden', '/data']);
    expect((await patch(owner, { role: 'owner' })).status).toBe(200);
    await refused(admin, { role: 'user' }, 403, ['forbidden', '/data']);
    await notDeleted(admin, id, 403, 'forbidden');
    await notDeleted(user, ownership, 403, 'forbidden');
    expect((await patch(owner, { role: 'contact' })).status).toBe(200);
  });

  it('is not for the member herself, who reads it', async () => {
    const contact = await world.caller('Contact', { [north]: 'contact' });
    const own = (await contact.api.get('/group_memberships')).ids[0] as string;
    const before = await world.everything();
    expect((await patch(contact, { role: 'admin' }, own)).refusal.status).toBe(403);
    expect((await contact.api.delete(`/group_memberships/${own}`)).refusal.status).toBe(403);
    expect(await world.everything()).toBe(before);
  });

  it('is not there for strangers', async () => {
    const eve = await world.caller('Eve', { [await world.group('South')]: 'owner' });
    await refused(eve, { role: 'user' }, 404, ['not_found', undefined]);
    await notDeleted(eve, id, 404, 'not_found');
  });

  it('leaves a group its last owner', async () => {
    const before = await world.everything();
    for (const attributes of [{ role: 'admin' }, { archived_at: '2026-01-31' }])
      expect((await patch(owner, attributes, ownership)).refusal).toEqual({
        status: 422,
        errors: [['last_owner', '/data']],
      });
    expect(await world.everything()).toBe(before);
    await notDeleted(owner, ownership, 422, 'last_owner');
    const other = await world.member(await world.person('Other'), north, 'owner');
    await world.database.query(
      sql`update group_memberships set archived_at = now() where id = ${other}::bigint`,
    );
    await notDeleted(owner, ownership, 422, 'last_owner');
  });

  it('leaves one owner, when two leave at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const group = await world.group('Pair');
      const first = await world.member(owner.personId, group, 'owner');
      const second = await world.member(admin.personId, group, 'owner');
      const answers = await Promise.all([
        owner.api.delete(`/group_memberships/${first}`),
        patch(admin, { role: 'user' }, second),
      ]);
      // Whoever comes second is the last one; or has no right any more, when the first has taken it.
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(
        await world.value(sql`
          select count(*)::int from group_memberships
          where group_id = ${group}::bigint and role = 'owner' and archived_at is null`),
      ).toBe(1);
    }
  });

  it('stays with its person and in its group', async () => {
    const south = await world.group('South');
    await world.member(admin.personId, south, 'admin');
    await refused(admin, { group_id: south }, 403, ['read_only', '/data/attributes/group_id']);
    await refused(admin, { person_id: admin.personId }, 403, ['read_only', '/data/attributes/person_id']);
    const refusal = (await patch(admin, { group_external_ref: 'south' })).refusal;
    expect(refusal).toEqual({
      status: 403,
      errors: [['read_only', '/data/attributes/group_external_ref']],
    });
  });

  it.each([
    [{ role: 'chief' }, 'role'],
    [{ role: null }, 'role'],
    [{ archived_at: 'yesterday' }, 'archived_at'],
    [{ archived_at: 7 }, 'archived_at'],
    [{ archived_at: '2026-02-30' }, 'archived_at'],
    [{ archived_at: '0001-01-01T00:00:00+15:00' }, 'archived_at'],
  ])('refuses %j', async (attributes, name) => {
    await refused(admin, attributes, 422, ['invalid_attribute', `/data/attributes/${name}`]);
  });

  it('deletes it, once, and remembers', async () => {
    const answer = await admin.api.delete(`/group_memberships/${id}`);
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    expect(await row()).toBeUndefined();
    expect((await admin.api.delete(`/group_memberships/${id}`)).status).toBe(404);
    const [change] = await world.database.query(
      sql`select before, after from person_changes where person_id = ${carl}::bigint`,
    );
    expect(change).toMatchObject({
      before: { group_memberships: [{ id, group_id: north, role: 'contact' }] },
      after: { group_memberships: [] },
    });
  });

  it('deletes one from the archive too', async () => {
    await world.database.query(
      sql`update group_memberships set archived_at = now() where id = ${id}::bigint`,
    );
    expect((await admin.api.delete(`/group_memberships/${id}`)).status).toBe(204);
  });
});
