import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { pointsOf } from './person-rows.js';

describe('PATCH /people/:id with included', () => {
  let world: World;
  let north: string;
  let south: string;
  let admin: Caller;
  let carl: string;
  let email: string;
  let phone: string;
  let membership: string;
  let assignment: string;
  let dora: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    south = await world.group('South');
    admin = await world.caller('Admin', { [north]: 'admin', [south]: 'user' });
  });
  beforeEach(async () => {
    carl = await world.person({ first_name: 'Carl' });
    membership = await world.member(carl, north);
    email = await world.email(carl, `carl.${carl}@example.org`, true);
    phone = await world.phone(carl, '+4533123456', true);
    assignment = await world.assignment(admin.personId, carl, { group_id: north, note: 'old' });
    dora = await world.contact('Dora', north);
  });
  afterAll(() => world.close());

  const document = (included: unknown[], more: object = {}) => ({
    data: { type: 'person', id: carl, ...more },
    included,
  });
  const patch = (included: unknown[], more?: object) =>
    admin.api.patch(`/people/${carl}`, document(included, more));

  async function refused(included: unknown[], status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const body = document(included, { attributes: { last_name: 'Nielsen' } });
    for (const api of [admin.api, admin.api.lenient])
      expect((await api.patch(`/people/${carl}`, body)).refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('changes the records of this person by their ids, of every kind, and makes new ones', async () => {
    const answer = await patch([
      { type: 'email_address', id: email, attributes: { email: `c.${carl}@example.org` } },
      { type: 'email_address', attributes: { email: `second.${carl}@example.org`, primary: true } },
      { type: 'phone_number', id: phone, attributes: { location: 'home' } },
      { type: 'group_membership', id: membership, attributes: { role: 'user' } },
      { type: 'group_membership', attributes: { group_id: south } },
      { type: 'contact_assignment', id: assignment, attributes: { note: 'new', assigned_to_id: dora } },
      { type: 'contact_assignment', attributes: { person_id: dora, group_id: north } },
    ]);
    expect(answer.status).toBe(200);
    expect(await pointsOf(world, 'email_addresses', carl)).toEqual([
      `c.${carl}@example.org`,
      `second.${carl}@example.org*`,
    ]);
    expect(await world.row('phone_numbers', phone)).toMatchObject({ location: 'home' });
    expect(await world.row('group_memberships', membership)).toMatchObject({ role: 'user' });
    expect(
      await world.value(sql`
        select role from group_memberships where person_id = ${carl}::bigint and group_id = ${south}::bigint`),
    ).toBe('contact');
    expect(await world.row('contact_assignments', assignment)).toMatchObject({
      note: 'new',
      assigned_to_id: dora,
      person_id: carl,
    });
    expect(
      await world.value(sql`
        select count(*)::int from contact_assignments
        where assigned_to_id = ${carl}::bigint and person_id = ${dora}::bigint`),
    ).toBe(1);
  });

  it('tells all that is wrong with the values in one go', async () => {
    const { refusal } = await admin.api.patch(`/people/${carl}`, {
      data: { type: 'person', id: carl, attributes: { first_name: 7, birth_date: '1815-02-30' } },
      included: [
        { type: 'email_address', attributes: { email: 'nobody at home' } },
        { type: 'phone_number', id: phone, attributes: { number: 'none' } },
      ],
    });
    expect(refusal).toEqual({
      status: 422,
      errors: [
        ['invalid_attribute', '/data/attributes/first_name'],
        ['invalid_attribute', '/data/attributes/birth_date'],
        ['invalid_attribute', '/included/0/attributes/email'],
        ['invalid_attribute', '/included/1/attributes/number'],
      ],
    });
  });

  it('archives a membership and brings it back, as the apps do', async () => {
    await world.member(carl, south);
    for (const archived_at of ['2026-01-31T12:00:00Z', null]) {
      const answer = await admin.api.lenient.put(`/people/${carl}?include=group_memberships`, {
        included: [{ type: 'group_membership', id: membership, attributes: { archived_at } }],
      });
      expect(answer.status).toBe(200);
      const stored = await world.row('group_memberships', membership);
      expect(stored?.['archived_at']).toEqual(archived_at && new Date(archived_at).toISOString());
    }
  });

  describe('of who is only in the archive', () => {
    const back = () => ({
      data: { type: 'person', id: carl, attributes: { gender: 'back' } },
      included: [{ type: 'group_membership', id: membership, attributes: { archived_at: null } }],
    });
    const archived = () =>
      world.value(sql`select archived_at from group_memberships where id = ${membership}::bigint`);
    beforeEach(async () => {
      await world.database.query(sql`delete from contact_assignments where person_id = ${carl}::bigint`);
      await world.database.query(sql`update people set created_by_id = null where id = ${carl}::bigint`);
      await world.database.query(
        sql`update group_memberships set archived_at = now() where person_id = ${carl}::bigint`,
      );
    });

    it('brings back, and changes, whom nobody of the group could see until then', async () => {
      expect((await admin.api.get(`/people/${carl}`)).status).toBe(404);
      const answer = await admin.api.patch(`/people/${carl}`, back());
      expect([answer.status, answer.one.attributes?.['gender']]).toEqual([200, 'back']);
      expect(await archived()).toBeNull();
      expect((await admin.api.get(`/people/${carl}`)).status).toBe(200);
    });

    it('does so as the apps do', async () => {
      const { included } = back();
      expect((await admin.api.lenient.put(`/people/${carl}`, { included })).status).toBe(200);
      expect(await archived()).toBeNull();
    });

    it('is not there for who does not administer the group, nor without the membership', async () => {
      const other = await world.caller('Other', { [await world.group('Other')]: 'owner' });
      const user = await world.caller('Plain', { [north]: 'user' });
      for (const { api } of [other, user])
        expect((await api.patch(`/people/${carl}`, back())).status).toBe(404);
      const { data } = back();
      expect((await admin.api.patch(`/people/${carl}`, { data })).status).toBe(404);
      const dora = await world.contact('Elsewhere', await world.group('Elsewhere'));
      const body = { ...back(), data: { type: 'person', id: dora, attributes: { gender: 'x' } } };
      expect((await admin.api.patch(`/people/${dora}`, body)).status).toBe(404);
      expect(await world.row('people', carl)).toMatchObject({ gender: null });
    });
  });

  it('takes what is linked by `lid`, and what names this person', async () => {
    const body = document(
      [
        { type: 'email_address', lid: 'e', attributes: { email: `lid.${carl}@example.org` } },
        {
          type: 'phone_number',
          lid: 'p',
          attributes: { number: '+4533999999' },
          relationships: { person: { data: { type: 'person', id: carl } } },
        },
        {
          type: 'contact_assignment',
          id: assignment,
          relationships: { person: { data: { type: 'person', lid: 'me' } } },
        },
      ],
      { lid: 'me', relationships: { email_addresses: { data: [{ type: 'email_address', lid: 'e' }] } } },
    );
    const answer = await admin.api.patch(`/people/${carl}?include=email_addresses,phone_numbers`, body);
    expect(answer.status).toBe(200);
    expect(answer.included).toHaveLength(4);
  });

  it('says 404 to the records of somebody else, and to those that there are not', async () => {
    const other = {
      email_address: await world.email(dora, `dora.${dora}@example.org`, true),
      phone_number: await world.phone(dora, '+4533000000', true),
      contact_assignment: await world.assignment(admin.personId, dora, { group_id: north }),
    };
    for (const [type, id] of Object.entries(other))
      for (const wrong of [id, '999999', 'abc', '9'.repeat(30)])
        await refused([{ type, id: wrong, attributes: {} }], 404, [
          'not_found',
          expect.stringMatching(/^\/included\/0/),
        ]);
    const theirs = await world.value<string>(
      sql`select id from group_memberships where person_id = ${dora}::bigint`,
    );
    for (const wrong of [theirs, '999999', 'abc'])
      await refused([{ type: 'group_membership', id: wrong, attributes: { role: 'user' } }], 404, [
        'not_found',
        expect.stringMatching(/^\/included\/0/),
      ]);
  });

  it('follows the rights of each', async () => {
    const inSouth = await world.member(carl, south);
    await refused([{ type: 'group_membership', id: inSouth, attributes: { role: 'user' } }], 403, [
      'forbidden',
      '/included/0',
    ]);
    await refused([{ type: 'group_membership', id: membership, attributes: { role: 'owner' } }], 403, [
      'forbidden',
      '/included/0',
    ]);
    const foreign = await world.group('Foreign');
    const far = await world.assignment(admin.personId, carl, { group_id: foreign });
    await refused([{ type: 'contact_assignment', id: far, attributes: { note: 'x' } }], 403, [
      'forbidden',
      undefined,
    ]);
  });

  it('keeps memberships in their group, and what comes along with this person', async () => {
    await refused([{ type: 'group_membership', id: membership, attributes: { group_id: south } }], 403, [
      'read_only',
      '/included/0/attributes/group_id',
    ]);
    const person = { data: { type: 'person', id: dora } };
    await refused(
      [{ type: 'email_address', attributes: { email: 'x@example.org' }, relationships: { person } }],
      422,
      ['contradiction', '/included/0/relationships/person/data'],
    );
  });

  it('writes all of it or nothing', async () => {
    const last = await world.assignment(dora, carl, { group_id: north });
    await refused(
      [
        { type: 'email_address', attributes: { email: `new.${carl}@example.org` } },
        { type: 'contact_assignment', id: assignment, attributes: { note: 'new' } },
        { type: 'contact_assignment', id: last, attributes: { assigned_to_id: carl } },
      ],
      422,
      ['invalid_assignment', '/included/2'],
    );
  });

  it('writes nothing when nothing changes', async () => {
    const before = await world.everything();
    const answer = await patch([
      { type: 'email_address', attributes: { email: `CARL.${carl}@example.org` } },
      { type: 'phone_number', id: phone, attributes: { number: '+4533123456' } },
      { type: 'group_membership', id: membership, attributes: { role: 'contact', archived_at: null } },
      { type: 'contact_assignment', id: assignment, attributes: { note: 'old', group_id: north } },
      { type: 'contact_assignment', attributes: { assigned_to_id: admin.personId, group_id: north } },
    ]);
    expect(answer.status).toBe(200);
    expect(await world.everything()).toBe(before);
  });
});
