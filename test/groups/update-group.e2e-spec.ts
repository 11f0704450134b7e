import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

describe('PATCH /groups/:id', () => {
  let world: World;
  let choir: string;
  let altos: string;
  let solo: string;
  let owner: Caller;
  let admin: Caller;

  beforeAll(async () => {
    world = await World.boot();
    owner = await world.caller('Owner');
    admin = await world.caller('Admin');
  });
  beforeEach(async () => {
    choir = await world.group('Choir', { phone_region: 'DE' });
    altos = await world.group('Altos', { parent_id: choir });
    solo = await world.group('Solo', { parent_id: altos });
    await world.member(owner.personId, choir, 'owner');
    await world.member(admin.personId, choir, 'admin');
  });
  afterAll(() => world.close());

  const group = (id: string, attributes: object = {}, relationships: object = {}) => ({
    data: { type: 'group', id, attributes, relationships },
  });
  const under = (id: string | null) => ({ parent: { data: id === null ? null : { type: 'group', id } } });
  const PARENT = '/data/relationships/parent/data';

  async function refused(caller: Caller, id: string, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const answer = await caller.api.patch(`/groups/${id}`, body);
    expect(answer.refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('changes what is sent and leaves the rest, and answers the resource', async () => {
    const before = await world.row('groups', choir);
    const answer = await owner.api.patch(`/groups/${choir}`, group(choir, { name: 'Big choir' }));
    expect(answer.status).toBe(200);
    expect(answer).toBeJsonApiDocument();
    expect(answer.one).toMatchObject({ id: choir, attributes: { name: 'Big choir', phone_region: 'DE' } });
    const after = await world.row('groups', choir);
    expect(after).toEqual({ ...before, name: 'Big choir', updated_at: expect.any(String), version: 2 });
    expect(after?.['updated_at']).not.toEqual(before?.['updated_at']);
    expect((await owner.api.get(`/groups/${choir}`)).one).toEqual(answer.one);
  });

  it('takes no child from a parent that its owner does not administer, whether she sees it or not', async () => {
    const head = await world.caller('Head', { [altos]: 'owner' });
    const own = String(
      (await head.api.post('/groups', { data: { type: 'group', attributes: { name: 'Own' } } })).one.id,
    );
    const taken: [string, string] = ['forbidden', PARENT];
    expect((await head.api.get(`/groups/${altos}`)).one.relationships?.['parent']?.data).toBeNull();
    for (const role of [undefined, 'user'] as const) {
      if (role) await world.member(head.personId, choir, role);
      // What is not shown is no change, when it comes back as it was shown.
      const before = await world.everything();
      if (!role)
        expect((await head.api.patch(`/groups/${altos}`, group(altos, {}, under(null)))).status).toBe(200);
      expect(await world.everything()).toBe(before);
      for (const to of role ? [own, null] : [own]) {
        await refused(head, altos, group(altos, {}, under(to)), 403, taken);
        const path = `/groups/${altos}/relationships/parent`;
        expect((await head.api.patch(path, under(to).parent)).refusal.status).toBe(403);
        expect((await head.api.lenient.patch(`/groups/${altos}`, group(altos, {}, under(to)))).status).toBe(
          403,
        );
        const update = { op: 'update', ...group(altos, {}, under(to)) };
        expect((await new OperationsClient(head.api).send([update])).refusal.status).toBe(403);
        expect(await world.everything()).toBe(before);
      }
    }
    expect((await head.api.patch(`/groups/${altos}`, group(altos, { name: 'Alti' }))).status).toBe(200);
    const root = await world.caller('Root', {}, { superAdmin: true });
    expect((await root.api.patch(`/groups/${altos}`, group(altos, {}, under(null)))).status).toBe(200);
    expect((await head.api.patch(`/groups/${altos}`, group(altos, {}, under(own)))).status).toBe(200);
  });

  it('clears what is sent as null', async () => {
    const answer = await owner.api.patch(`/groups/${choir}`, group(choir, { phone_region: null }));
    expect(answer.one.attributes?.['phone_region']).toBeNull();
    expect(await world.row('groups', choir)).toMatchObject({ phone_region: null });
  });

  it('writes nothing when nothing changes: the whole resource sent back as it was shown', async () => {
    const before = await world.everything();
    const shown = await owner.api.get(`/groups/${altos}`);
    const { type, id, attributes, relationships, links } = shown.one;
    const parent = relationships?.['parent'];
    for (const data of [
      { type, id },
      { type, id, links, attributes, relationships: { parent } },
      { type, id, attributes: { ...attributes, people_count: 0 } },
    ]) {
      const answer = await owner.api.patch(`/groups/${altos}`, { data });
      expect(answer.status).toBe(200);
      expect(answer.one).toEqual(shown.one);
    }
    expect(await world.everything()).toBe(before);
  });

  it('refuses another value for what is read only, and then changes nothing else', async () => {
    for (const [name, value] of [
      ['people_count', 77],
      ['people_count', '0'],
      ['created_at', '2001-01-01T00:00:00.000Z'],
      ['updated_at', null],
    ] as const)
      await refused(owner, choir, group(choir, { name: 'Other', [name]: value }), 403, [
        'read_only',
        `/data/attributes/${name}`,
      ]);
  });

  it('is for owners: an admin reads it and gets 403', async () => {
    await refused(admin, choir, group(choir, { name: 'Mine' }), 403, ['forbidden', undefined]);
    const user = await world.caller('User', { [choir]: 'user' });
    await refused(user, altos, group(altos, { name: 'Mine' }), 403, ['forbidden', undefined]);
  });

  it('is for owners of a group above as well', async () => {
    expect((await owner.api.patch(`/groups/${solo}`, group(solo, { name: 'Solo 2' }))).status).toBe(200);
  });

  it('says 404 to whoever cannot read it, and to what there is not', async () => {
    const stranger = await world.caller('Stranger');
    const contact = await world.caller('Contact', { [choir]: 'contact' });
    for (const caller of [stranger, contact])
      await refused(caller, choir, group(choir, { name: 'Mine' }), 404, ['not_found', undefined]);
    await refused(owner, '999999', group('999999', { name: 'Mine' }), 404, ['not_found', undefined]);
  });

  it('says 409 to an external_ref that another group has', async () => {
    const ref = `ref-${choir}`;
    await world.group('Other', { external_ref: ref });
    await refused(owner, choir, group(choir, { external_ref: ref }), 409, [
      'external_ref_taken',
      '/data/attributes/external_ref',
    ]);
  });

  describe('moves a group', () => {
    it('to another parent, and to the top', async () => {
      const moved = await owner.api.patch(`/groups/${solo}?include=parent`, group(solo, {}, under(choir)));
      expect(moved.includedKeys).toEqual([`group:${choir}`]);
      expect(await world.row('groups', solo)).toMatchObject({ parent_id: choir });
      const top = await owner.api.patch(`/groups/${solo}`, group(solo, {}, under(null)));
      expect(top.status).toBe(200);
      expect(top.one.relationships?.['parent']?.data).toBeNull();
      expect(await world.row('groups', solo)).toMatchObject({ parent_id: null });
    });

    it('not below itself, near or far', async () => {
      for (const parent of [choir, altos, solo])
        await refused(owner, choir, group(choir, {}, under(parent)), 422, ['contradiction', PARENT]);
    });

    it('never in a circle, when two moves at the same time would close one', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [a, b] = [await world.group('A'), await world.group('B')];
        for (const id of [a, b]) await world.member(owner.personId, id, 'owner');
        const answers = await Promise.all([
          owner.api.patch(`/groups/${a}`, group(a, {}, under(b))),
          owner.api.patch(`/groups/${b}`, group(b, {}, under(a))),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
        const parents = [await world.row('groups', a), await world.row('groups', b)];
        expect(parents.filter((row) => row?.['parent_id'] === null)).toHaveLength(1);
      }
    });

    it('only below a parent that the owner administers', async () => {
      const other = await world.group('Other');
      await world.member(owner.personId, other, 'user');
      await refused(owner, choir, group(choir, {}, under(other)), 403, ['forbidden', PARENT]);
    });

    it('not below one that she cannot read, told like one that there is not', async () => {
      const foreign = await world.group('Foreign');
      for (const parent of [foreign, '999999'])
        await refused(owner, choir, group(choir, {}, under(parent)), 404, ['not_found', PARENT]);
    });

    it('not away from a parent that the owner does not see, when she sends back the null she was shown', async () => {
      const child = await world.group('Child', { parent_id: choir });
      const childOwner = await world.caller('ChildOwner', { [child]: 'owner' });
      const { one } = await childOwner.api.get(`/groups/${child}`);
      expect(one.relationships?.['parent']?.data).toBeNull();
      const parent = one.relationships?.['parent'];
      const body = { data: { ...group(child, { name: 'Renamed' }).data, relationships: { parent } } };
      expect((await childOwner.api.patch(`/groups/${child}`, body)).status).toBe(200);
      expect(await world.row('groups', child)).toMatchObject({ name: 'Renamed', parent_id: choir });
    });

    it('not at all, when an attribute beside it is refused', async () => {
      await refused(owner, solo, group(solo, { name: '' }, under(choir)), 422, [
        'invalid_attribute',
        '/data/attributes/name',
      ]);
    });
  });

  it('keeps each of two changes that come at the same time', async () => {
    await Promise.all([
      owner.api.patch(`/groups/${choir}`, group(choir, { name: 'Left' })),
      owner.api.patch(`/groups/${choir}`, group(choir, { phone_region: 'SE' })),
    ]);
    expect(await world.row('groups', choir)).toMatchObject({ name: 'Left', phone_region: 'SE' });
  });
});
