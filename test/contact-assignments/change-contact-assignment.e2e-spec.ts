import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

describe('PATCH and DELETE /contact_assignments/:id', () => {
  let world: World;
  let choir: string;
  let altos: string;
  let ada: Caller;
  let eve: Caller;
  let bob: string;
  let carl: string;
  let id: string;

  beforeAll(async () => {
    world = await World.boot();
    choir = await world.group('Choir');
    altos = await world.group('Altos', { parent_id: choir });
    ada = await world.caller('Ada', { [choir]: 'user' });
    eve = await world.caller('Eve', { [choir]: 'user' });
  });
  beforeEach(async () => {
    bob = await world.contact('Bob', choir);
    carl = await world.contact('Carl', choir);
    const values = { group_id: choir, assigned_by_id: ada.personId, note: 'first' };
    id = await world.assignment(bob, carl, values);
  });
  afterAll(() => world.close());

  const end = (type: string, endId: string | null) => ({ data: endId === null ? null : { type, id: endId } });
  const change = (relationships: object, attributes: object = {}) => ({
    data: { type: 'contact_assignment', id, attributes, relationships },
  });

  async function refused(caller: Caller, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const answer = await caller.api.patch(`/contact_assignments/${id}`, body);
    expect(answer.refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('changes the note, the assignee and the group, and keeps the rest', async () => {
    const before = await world.row('contact_assignments', id);
    const answer = await eve.api.patch(
      `/contact_assignments/${id}`,
      change({ assigned_to: end('person', eve.personId), group: end('group', altos) }, { note: null }),
    );
    expect(answer.status).toBe(200);
    expect(answer.one.attributes).toMatchObject({
      assigned_to_id: eve.personId,
      group_id: altos,
      note: null,
    });
    expect(await world.row('contact_assignments', id)).toEqual({
      ...before,
      assigned_to_id: eve.personId,
      group_id: altos,
      note: null,
      updated_at: expect.any(String),
      version: 2,
    });
  });

  it('takes the `*_id` attributes as well', async () => {
    const answer = await ada.api.patch(
      `/contact_assignments/${id}`,
      change({}, { assigned_to_id: ada.personId }),
    );
    expect(answer.one.relationships?.['assigned_to']?.data).toEqual({ type: 'person', id: ada.personId });
  });

  it('writes nothing when the whole resource comes back as it was shown', async () => {
    const { one } = await ada.api.get(`/contact_assignments/${id}`);
    const before = await world.everything();
    const answer = await ada.api.patch(`/contact_assignments/${id}`, { data: one });
    expect([answer.status, answer.one]).toEqual([200, one]);
    expect(await world.everything()).toBe(before);
  });

  it('refuses another person and another maker', async () => {
    await refused(ada, change({ person: end('person', ada.personId) }), 403, [
      'read_only',
      '/data/relationships/person/data',
    ]);
    await refused(ada, change({}, { person_id: ada.personId, note: 'x' }), 403, [
      'read_only',
      '/data/attributes/person_id',
    ]);
    await refused(ada, change({ assigned_by: end('person', eve.personId) }), 403, [
      'read_only',
      '/data/relationships/assigned_by/data',
    ]);
  });

  it('refuses nobody, and the person herself, as assignee', async () => {
    for (const assignee of [null, carl])
      await refused(ada, change({ assigned_to: end('person', assignee) }), 422, [
        'invalid_assignment',
        '/data',
      ]);
  });

  it('says 409 when it would become one that there is', async () => {
    await world.assignment(ada.personId, carl, { group_id: choir });
    await refused(ada, change({ assigned_to: end('person', ada.personId) }), 409, [
      'conflict',
      '/data/relationships/assigned_to/data',
    ]);
    await refused(ada, change({}, { assigned_to_id: ada.personId }), 409, [
      'conflict',
      '/data/attributes/assigned_to_id',
    ]);
  });

  it('says 404 to ends that are not there and to those that the caller cannot read, alike', async () => {
    const foreign = await world.group('Foreign');
    const stranger = await world.contact('Stranger', foreign);
    for (const other of [stranger, '999999'])
      await refused(ada, change({ assigned_to: end('person', other) }), 404, [
        'not_found',
        '/data/relationships/assigned_to/data',
      ]);
    for (const other of [foreign, '999999'])
      await refused(ada, change({ group: end('group', other) }), 404, [
        'not_found',
        '/data/relationships/group/data',
      ]);
  });

  it('opens nobody who is out of sight: handing on takes reading both people', async () => {
    const other = await world.group('Other');
    const [gone, left] = [await world.contact('Gone', other), await world.contact('Left', other)];
    const own = { group_id: choir, assigned_by_id: ada.personId };
    const mine = { data: { type: 'person', id: eve.personId } };
    for (const ends of [[bob, gone] as const, [left, carl] as const]) {
      id = await world.assignment(...ends, own);
      const to = change({ assigned_to: mine });
      for (const caller of [ada, eve]) {
        await refused(caller, to, 404, ['not_found', '/data/relationships/assigned_to/data']);
        await refused(caller, change({}, { assigned_to_id: eve.personId }), 404, [
          'not_found',
          '/data/attributes/assigned_to_id',
        ]);
        await refused(caller, change({ group: end('group', altos) }), 404, [
          'not_found',
          '/data/relationships/group/data',
        ]);
      }
      const before = await world.everything();
      const path = `/contact_assignments/${id}/relationships/assigned_to`;
      expect((await eve.api.patch(path, mine)).refusal.status).toBe(404);
      expect((await eve.api.lenient.patch(`/contact_assignments/${id}`, to)).status).toBe(404);
      const many = await new OperationsClient(eve.api).send([{ op: 'update', ...to }]);
      expect(many.refusal.status).toBe(404);
      const along = { ...to.data, relationships: { assigned_to: mine } };
      const within = await eve.api.patch(`/people/${ends[0] === bob ? bob : carl}`, {
        data: { type: 'person', id: ends[0] === bob ? bob : carl },
        included: [along],
      });
      expect(within.status).toBeGreaterThanOrEqual(400);
      expect(await world.everything()).toBe(before);
      expect((await eve.api.get(`/people/${gone}`)).status).toBe(404);
      expect((await eve.api.patch(`/contact_assignments/${id}`, change({}, { note: 'kept' }))).status).toBe(
        200,
      );
      expect((await eve.api.delete(`/contact_assignments/${id}`)).status).toBe(204);
    }
  });

  it('gives a former member nothing back by her own personal one', async () => {
    const former = await world.caller('Former');
    id = await world.assignment(bob, carl, { assigned_by_id: former.personId });
    const to = change({ assigned_to: end('person', former.personId) });
    await refused(former, to, 404, ['not_found', '/data/relationships/assigned_to/data']);
    expect((await former.api.get(`/people/${carl}`)).status).toBe(404);
  });

  it('is for users of the group; who only is an end of it reads it', async () => {
    const assignee = await world.caller('Assignee');
    await world.database.dataSource.query(
      'update contact_assignments set assigned_to_id = $1 where id = $2',
      [assignee.personId, id],
    );
    expect((await assignee.api.get(`/contact_assignments/${id}`)).status).toBe(200);
    await refused(assignee, change({}, { note: 'mine' }), 403, ['forbidden', undefined]);
    const before = await world.everything();
    expect((await assignee.api.delete(`/contact_assignments/${id}`)).refusal.status).toBe(403);
    expect(await world.everything()).toBe(before);
  });

  it('leaves a personal one to its maker and its assignee', async () => {
    id = await world.assignment(eve.personId, carl, { assigned_by_id: ada.personId });
    for (const caller of [ada, eve])
      expect(
        (await caller.api.patch(`/contact_assignments/${id}`, change({}, { note: caller.name }))).status,
      ).toBe(200);
    const other = await world.caller('Other', { [choir]: 'owner' });
    await refused(other, change({}, { note: 'x' }), 404, ['not_found', undefined]);
    expect((await other.api.delete(`/contact_assignments/${id}`)).status).toBe(404);
    expect((await eve.api.delete(`/contact_assignments/${id}`)).status).toBe(204);
  });

  it('deletes it, once', async () => {
    const answer = await eve.api.delete(`/contact_assignments/${id}`);
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    expect(await world.row('contact_assignments', id)).toBeUndefined();
    expect((await eve.api.delete(`/contact_assignments/${id}`)).status).toBe(404);
  });

  it('takes PUT from the apps that exist, with numbers for ids', async () => {
    const answer = await ada.api.lenient.put(`/contact_assignments/${id}`, {
      data: { attributes: { assigned_to_id: Number(ada.personId), pathway_stage_id: 5 } },
    });
    expect(answer.status).toBe(200);
    expect(answer.one.attributes?.['assigned_to_id']).toBe(ada.personId);
    expect(answer.one.relationships?.['person']?.data).toEqual({ type: 'person', id: carl });
  });
});
