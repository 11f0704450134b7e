import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { email, person, phone } from './person-document.js';

describe('PATCH and DELETE of a person', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let user: Caller;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'owner' });
    user = await world.caller('Ulla', { [north]: 'user' });
  });

  afterAll(() => world.close());

  const make = async (): Promise<string> =>
    (
      await ada.api.post(
        '/people',
        person({ first_name: 'Made' }, [email(`m${Math.random()}@example.org`), phone('+14155552671')]),
      )
    ).one.id;

  const document = (
    id: string,
    attributes: Record<string, unknown>,
    included?: unknown[],
  ): Record<string, unknown> => ({
    data: { type: 'person', id, attributes },
    ...(included && { included }),
  });

  test('PATCH changes what is sent and leaves the rest', async () => {
    const id = await world.contact('Old', north);
    const answer = await user.api.patch(`/people/${id}`, document(id, { last_name: 'Name', gender: null }));
    expect(answer.status).toBe(200);
    expect(answer.one.attributes).toMatchObject({ first_name: 'Old', last_name: 'Name' });
    expect(await world.row('people', id)).toMatchObject({ first_name: 'Old', last_name: 'Name' });
    expect(await world.value(sql`select action from person_changes where person_id = ${id}`)).toBeDefined();
  });

  test('PATCH with included adds, changes by id, and keeps one primary', async () => {
    const id = await make();
    const first = await world.value(sql`select id from email_addresses where person_id = ${id}`);
    const answer = await ada.api.patch(
      `/people/${id}?include=email_addresses`,
      document(id, {}, [
        { type: 'email_address', attributes: { email: 'second@example.org' } },
        { type: 'email_address', id: first, attributes: { email: 'first@example.org' } },
      ]),
    );
    expect(answer.status).toBe(200);
    expect(answer.included.map(({ attributes }) => attributes?.['email']).sort()).toEqual([
      'first@example.org',
      'second@example.org',
    ]);
    expect(
      await world.value(
        sql`select count(*)::int from email_addresses where person_id = ${id} and is_primary`,
      ),
    ).toBe(1);
  });

  test('PATCH does not take away what makes a person findable', async () => {
    const { one } = await ada.api.post('/people', person({ external_ref: 'only-ref' }));
    const refused = await ada.api.patch(`/people/${one.id}`, document(one.id, { external_ref: null }));
    expect(refused.refusal).toMatchObject({
      status: 422,
      errors: [['insufficient_information', expect.any(String)]],
    });
  });

  test('a reference that somebody else of the group has is 409', async () => {
    await ada.api.post('/people', person({ external_ref: 'taken' }));
    const id = await world.contact('Late', north);
    const refused = await ada.api.patch(`/people/${id}`, document(id, { external_ref: 'taken' }));
    expect(refused.refusal).toEqual({
      status: 409,
      errors: [['external_ref_taken', '/data/attributes/external_ref']],
    });
  });

  test('the names of somebody with a login are changed by nobody else', async () => {
    const path = `/people/${ada.personId}`;
    const refused = await user.api.patch(path, document(ada.personId, { first_name: 'Not Ada' }));
    expect(refused.refusal).toEqual({
      status: 403,
      errors: [['protected_person', '/data/attributes/first_name']],
    });
    // The sentence that the apps know.
    const told = await user.api.lenient.put(path, document(ada.personId, { first_name: 'Not Ada' }));
    expect(told.document.errors).toMatchObject([
      { status: '403', detail: 'You are not allowed to edit first names of other MissionHub users' },
    ]);
    expect((await ada.api.patch('/people/me', document(ada.personId, { middle_name: 'King' }))).status).toBe(
      200,
    );
  });

  test('DELETE is for admins; a person without a group left is gone', async () => {
    const id = await make();
    const before = await world.everything();
    expect((await user.api.delete(`/people/${id}`)).status).toBe(403);
    expect(await world.everything()).toBe(before);
    expect((await ada.api.delete(`/people/${id}`)).status).toBe(204);
    expect((await ada.api.get(`/people/${id}`)).status).toBe(404);
    expect((await ada.api.delete(`/people/${id}`)).status).toBe(404);
    expect(await world.row('people', id)).toMatchObject({ deleted_at: expect.any(String) });
    expect(await world.value(sql`select count(*)::int from group_memberships where person_id = ${id}`)).toBe(
      0,
    );
  });

  test('a deleted person is never matched again; her keys are free', async () => {
    const address = 'gone@example.org';
    const first = await ada.api.post(
      '/people',
      person({ first_name: 'Gone', external_ref: 'gone' }, [email(address)]),
    );
    await ada.api.delete(`/people/${first.one.id}`);
    const second = await ada.api.post(
      '/people',
      person({ first_name: 'Gone', external_ref: 'gone' }, [email(address)]),
    );
    expect(second.status).toBe(201);
    expect(second.one.id).not.toBe(first.one.id);
  });

  test('DELETE leaves memberships in groups that the caller does not administer', async () => {
    const south = await world.group('South');
    const id = await world.contact('Both', north);
    await world.member(id, south);
    expect((await ada.api.delete(`/people/${id}`)).status).toBe(204);
    expect(
      await world.database.query(sql`select group_id from group_memberships where person_id = ${id}`),
    ).toEqual([{ group_id: south }]);
    expect(await world.row('people', id)).toMatchObject({ deleted_at: null });
  });

  test('the last owner of a group stays', async () => {
    const refused = await ada.api.delete(`/people/${ada.personId}`);
    expect(refused.refusal.errors).toEqual([['last_owner', undefined]]);
  });
});
