import sql from 'sql-template-tag';
import type { ApiAnswer, ApiClient, ApiRequest } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf } from './person-rows.js';

describe('/people/:id/relationships/groups', () => {
  let world: World;
  let [north, south, west]: string[] = [];
  let admin: Caller;
  let user: Caller;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
    [north, south, west] = [
      await world.group('North'),
      await world.group('South'),
      await world.group('West'),
    ];
    const roles = (role: 'admin' | 'user') => ({ [north!]: role, [south!]: role, [west!]: role });
    admin = await world.caller('Admin', roles('admin'));
    user = await world.caller('User', roles('user'));
  });
  beforeEach(async () => {
    carl = await world.contact('Carl', north!);
    await world.email(carl, `carl.${carl}@example.org`, true);
  });
  afterAll(() => world.close());

  const path = () => `/people/${carl}/relationships/groups`;
  const groups = (...ids: (string | undefined)[]) => ({ data: ids.map((id) => ({ type: 'group', id })) });
  const send = (api: ApiClient, method: ApiRequest['method'], ...ids: (string | undefined)[]) =>
    api.send({ method, path: path(), body: groups(...ids) });
  const members = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (
        await world.database.query<{ group_id: string; state: string }>(sql`
          select group_id, case when archived_at is null then role else 'archived' end as state
          from group_memberships where person_id = ${carl}::bigint`)
      ).map((row) => [row.group_id, row.state]),
    );

  async function refused(
    caller: Caller,
    method: ApiRequest['method'],
    ids: (string | undefined)[],
    status: number,
    ...errors: unknown[]
  ) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient])
      expect((await send(api, method, ...ids)).refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('POST adds, as a contact, and remembers; those she is in are no fault', async () => {
    const answer = await send(user.api, 'POST', south, north, south);
    expect([answer.status, answer.document.data]).toEqual([200, groups(north, south).data]);
    expect(answer.document.links).toMatchObject({ self: `/apis/v4${path()}` });
    expect(await members()).toEqual({ [north!]: 'contact', [south!]: 'contact' });
    const history = await historyOf(world, carl);
    expect(history).toMatchObject([
      {
        action: 'updated',
        actor_id: user.personId,
        request_id: answer.header('x-request-id'),
        before: { group_memberships: [] },
        after: { group_memberships: [{ group_id: south, role: 'contact' }] },
      },
    ]);
    const before = await world.everything();
    expect((await send(user.api.lenient, 'POST', south)).status).toBe(200);
    expect(await world.everything()).toBe(before);
  });

  it('POST brings back from the archive, without the old rights', async () => {
    const id = await world.member(carl, south!, 'admin', { archived_at: new Date() });
    expect((await send(user.api, 'POST', south)).status).toBe(200);
    expect(await world.row('group_memberships', id)).toMatchObject({ role: 'contact', archived_at: null });
  });

  it('POST takes the reference along, and says where somebody else has it', async () => {
    const ref = `ref-${carl}`;
    await world.database.query(
      sql`update group_memberships set external_ref = ${ref} where person_id = ${carl}::bigint`,
    );
    const holder = await world.person('Holder');
    await world.member(holder, west!, 'contact', { external_ref: ref });
    const answer = await send(user.api, 'POST', south, west);
    expect([answer.status, answer.document.data]).toEqual([200, groups(north, south).data]);
    expect(answer.document.meta).toEqual({
      warnings: [
        { code: 'membership_conflict', detail: expect.stringContaining(`group ${west}`), pointer: '/data' },
      ],
    });
    expect(
      await world.value(sql`
        select external_ref from group_memberships
        where person_id = ${carl}::bigint and group_id = ${south}::bigint`),
    ).toBe(ref);
    const [pair] = await world.database.query(
      sql`select kind, candidate_ids, group_id from person_duplicates where person_id = ${carl}::bigint`,
    );
    expect(pair).toEqual({ kind: 'pair', candidate_ids: [holder], group_id: west });
    await refused(user, 'PATCH', [north, south, west], 409, ['external_ref_taken', '/data']);
  });

  it('POST and PATCH are for groups that the caller reads: else nothing happens', async () => {
    const foreign = await world.group('Foreign');
    for (const method of ['POST', 'PATCH'] as const)
      for (const id of [foreign, '999999', 'abc', '9'.repeat(30)])
        await refused(admin, method, [south, id], 404, ['not_found', '/data/1']);
  });

  it('DELETE takes out; those she is not in, or that there are not, are no fault', async () => {
    await world.member(carl, south!);
    const foreign = await world.group('Foreign');
    await world.member(carl, foreign);
    const answer = await send(admin.api, 'DELETE', south, west, foreign, '999999', 'abc');
    expect([answer.status, answer.document.data]).toEqual([200, groups(north).data]);
    expect(await members()).toEqual({ [north!]: 'contact', [foreign]: 'contact' });
    expect(await historyOf(world, carl)).toMatchObject([
      {
        before: { group_memberships: [{ group_id: south, role: 'contact' }] },
        after: { group_memberships: [] },
      },
    ]);
    const before = await world.everything();
    expect((await send(admin.api.lenient, 'DELETE', south)).status).toBe(200);
    expect(await world.everything()).toBe(before);
  });

  it('DELETE leaves what is in the archive there', async () => {
    await world.member(carl, south!, 'user', { archived_at: new Date() });
    expect((await send(admin.api, 'DELETE', south)).status).toBe(200);
    expect(await members()).toEqual({ [north!]: 'contact', [south!]: 'archived' });
  });

  it('DELETE is for administrators, up to their own role; the last owner stays', async () => {
    await refused(user, 'DELETE', [north], 403, ['forbidden', '/data']);
    await world.database.query(
      sql`update group_memberships set role = 'owner' where person_id = ${carl}::bigint`,
    );
    await refused(admin, 'DELETE', [north], 403, ['forbidden', '/data']);
    const root = await world.caller('Root', {}, { superAdmin: true });
    await refused(root, 'DELETE', [north], 422, ['last_owner', '/data']);
    await refused(root, 'PATCH', [south], 422, ['last_owner', '/data']);
  });

  describe('of a person who is known by nothing but her reference', () => {
    const ref = () => `only-${carl}`;
    const own = (): Promise<string | null> =>
      world.value(sql`select external_ref from people where id = ${carl}::bigint`);
    beforeEach(async () => {
      await world.database.query(sql`delete from email_addresses where person_id = ${carl}::bigint`);
      await world.database.query(
        sql`update group_memberships set external_ref = ${ref()} where person_id = ${carl}::bigint`,
      );
    });

    it('DELETE and PATCH do not take it away as long as she is in another group', async () => {
      await world.member(carl, south!);
      await refused(admin, 'DELETE', [north], 422, ['insufficient_information', '/data']);
      await refused(admin, 'PATCH', [south!], 422, ['insufficient_information', '/data']);
    });

    it.each(['DELETE', 'PATCH'] as const)(
      '%s leaves it to herself when she leaves the last one',
      async (verb) => {
        const answer = await send(admin.api, verb, ...(verb === 'DELETE' ? [north] : []));
        expect([answer.status, await own()]).toEqual([200, ref()]);
        const [change] = await historyOf(world, carl);
        expect(change).toMatchObject({
          before: { external_ref: null, group_memberships: [{ external_ref: ref() }] },
          after: { external_ref: ref(), group_memberships: [] },
        });
        // She is found by it again, by whom she is the concern of.
        await world.database.query(
          sql`update people set created_by_id = ${admin.personId} where id = ${carl}`,
        );
        const again = await admin.api.lenient.post('/people', {
          data: { type: 'person', attributes: { external_ref: ref(), first_name: 'Found' } },
        });
        expect([again.status, again.one.id, again.one.attributes?.['external_ref']]).toEqual([
          200,
          carl,
          ref(),
        ]);
      },
    );

    it('the deletion of her last group leaves it to herself', async () => {
      const short = await world.group('Short');
      const owner = await world.caller('Owner', { [short]: 'owner' });
      const dora = await world.contact('Dora', short);
      await world.database.query(sql`
        update group_memberships set external_ref = ${ref()} where person_id = ${dora}::bigint`);
      expect((await owner.api.delete(`/groups/${short}`)).status).toBe(204);
      expect(await world.value(sql`select external_ref from people where id = ${dora}::bigint`)).toBe(ref());
      expect(await historyOf(world, dora)).toMatchObject([
        {
          before: { external_ref: null, group_memberships: [{ external_ref: ref() }] },
          after: { external_ref: ref(), group_memberships: [] },
        },
      ]);
    });

    it('the deletion of herself leaves it to who has a login', async () => {
      const login = await world.caller('Login', { [north!]: 'contact' });
      await world.database.query(sql`
        update group_memberships set external_ref = ${`${ref()}-2`} where person_id = ${login.personId}::bigint`);
      expect((await admin.api.delete(`/people/${login.personId}`)).status).toBe(204);
      expect((await login.api.get('/people/me')).one.attributes?.['external_ref']).toBe(`${ref()}-2`);
      expect(await historyOf(world, login.personId)).toMatchObject([
        {
          action: 'left_groups',
          before: { external_ref: null, group_memberships: [{ group_id: north }] },
          after: { external_ref: `${ref()}-2` },
        },
      ]);
    });

    it('PATCH takes it along into another group', async () => {
      expect((await send(admin.api, 'PATCH', south)).status).toBe(200);
      expect(
        await world.value(sql`select external_ref from group_memberships where person_id = ${carl}::bigint`),
      ).toBe(ref());
      expect(await own()).toBeNull();
    });
  });

  it('PATCH replaces what the caller sees, in one change', async () => {
    const foreign = await world.group('Foreign');
    await world.member(carl, foreign);
    const answer = await send(admin.api, 'PATCH', south, west);
    expect([answer.status, answer.document.data]).toEqual([200, groups(south, west).data]);
    expect(await members()).toEqual({ [foreign]: 'contact', [south!]: 'contact', [west!]: 'contact' });
    expect(await historyOf(world, carl)).toMatchObject([
      {
        before: { group_memberships: [{ group_id: north }] },
        after: { group_memberships: [{ group_id: south }, { group_id: west }] },
      },
    ]);
    const before = await world.everything();
    expect((await send(admin.api.lenient, 'PUT', west, south)).status).toBe(200);
    expect(await world.everything()).toBe(before);
  });

  it('PATCH with nothing takes her out of all groups, and out of sight', async () => {
    const answer = await send(admin.api, 'PATCH');
    expect([answer.status, answer.document.data]).toEqual([200, []]);
    expect(await members()).toEqual({});
    expect((await admin.api.get(`/people/${carl}`)).status).toBe(404);
  });

  it('PATCH is complete or nothing: it may not take out of one, so it adds to none', async () => {
    const east = await world.group('East');
    const mixed = await world.caller('Mixed', { [north!]: 'user', [east]: 'admin' });
    await refused(mixed, 'PATCH', [east], 403, ['forbidden', '/data']);
    expect((await send(mixed.api, 'POST', east)).status).toBe(200);
  });

  it('is reached by PATCH of the person as well, beside her attributes', async () => {
    const body = (relationships: object) => ({
      data: { type: 'person', id: carl, attributes: { last_name: 'Nielsen' }, relationships },
    });
    const answer = await admin.api.patch(`/people/${carl}?include=groups`, body({ groups: groups(south) }));
    expect([answer.status, answer.includedKeys]).toEqual([200, [`group:${south}`]]);
    expect(await historyOf(world, carl)).toHaveLength(1);
    const before = await world.everything();
    expect((await user.api.patch(`/people/${carl}`, body({ groups: groups() }))).refusal).toEqual({
      status: 403,
      errors: [['forbidden', '/data']],
    });
    const shown = (await admin.api.lenient.get(`/people/${carl}`)).one;
    const { groups: linkage } = shown.relationships ?? {};
    expect((await admin.api.patch(`/people/${carl}`, body({ groups: linkage }))).status).toBe(200);
    expect(await world.everything()).toBe(before);
  });

  it('is for who may change the person; of others there is none', async () => {
    const stranger = await world.caller('Stranger', { [await world.group('East')]: 'owner' });
    for (const method of ['POST', 'PATCH', 'DELETE'] as const)
      await refused(stranger, method, [north], 404, ['not_found', undefined]);
    const east = await world.group('East');
    const assignee = await world.caller('Assignee', { [east]: 'owner' });
    await world.assignment(assignee.personId, carl);
    await refused(assignee, 'POST', [east], 403, ['forbidden', undefined]);
  });

  it('adds once, when two add at the same moment, and neither adds nor takes twice', async () => {
    const answers = await Promise.all(
      // She stays in one of them: who is in none is out of sight.
      Array.from({ length: 9 }, (_, i) =>
        i % 3 === 2
          ? send(admin.api, 'PATCH', north, south)
          : send(admin.api, i % 3 ? 'DELETE' : 'POST', south),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
    expect(await send(admin.api, 'PATCH', south)).toMatchObject({ status: 200 });
    expect(await members()).toEqual({ [south!]: 'contact' });
  });

  it('PATCH makes the groups what was sent, when others send theirs at the same moment', async () => {
    const replaced = (id: string) =>
      admin.api.patch(`/people/${carl}?include=groups`, {
        data: { type: 'person', id: carl, relationships: { groups: groups(id) } },
      });
    const sent = Array.from({ length: 12 }, (_, i) => (i % 2 ? south! : west!));
    const shown = await Promise.all(
      sent.map(async (id, i) =>
        i % 3 ? (await send(admin.api, 'PATCH', id)).ids : await idsOf(replaced(id)),
      ),
    );
    expect(shown).toEqual(sent.map((id) => [id]));
    expect(Object.values(await members())).toEqual(['contact']);
  });

  const idsOf = async (answer: Promise<ApiAnswer>): Promise<string[]> =>
    (await answer).includedKeys.map((key) => key.replace('group:', ''));
});
