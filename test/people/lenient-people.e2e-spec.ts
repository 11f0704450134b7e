import sql from 'sql-template-tag';
import type { Warning } from '../../src/people/merge/index.js';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { matchOf } from './person-document.js';

describe('People, spoken to in plain JSON as the apps do', () => {
  let world: World;
  let north: string;
  let ada: Caller;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'admin' });
  });

  afterAll(() => world.close());

  test('a PATCH whose groups are all unknown takes her out of none; with one that is known it replaces', async () => {
    const south = await world.group('South');
    await world.member(ada.personId, south, 'admin');
    const foreign = await world.group('Foreign');
    const id = await world.contact('Grace', north);
    await world.member(id, south);
    const groups = (...ids: string[]) => ({
      groups: { data: ids.map((one) => ({ type: 'group', id: one })) },
    });
    const along = { type: 'group_membership', attributes: { group_id: north } };
    const patch = (relationships: object, included?: object[]) => ({
      ...{ data: { type: 'person', id, relationships }, ...(included && { included }) },
    });
    const before = await world.everything();
    for (const unknown of ['999999', foreign])
      for (const body of [patch(groups(unknown)), patch(groups(unknown, 'abc'), [along])]) {
        const lenient = await ada.api.lenient.patch(`/people/${id}`, body);
        expect(lenient.refusal).toEqual({
          status: 422,
          errors: [['no_accessible_group', '/data/relationships/groups']],
        });
        const strict = await ada.api.patch(`/people/${id}`, body);
        expect([strict.status, strict.refusal.errors[0]?.[0]]).toEqual([404, 'not_found']);
        const linkage = groups(unknown).groups;
        expect((await ada.api.lenient.patch(`/people/${id}/relationships/groups`, linkage)).status).toBe(404);
      }
    expect(await world.everything()).toBe(before);
    const groupsNow = async () => (await ada.api.get(`/people/${id}/groups`)).ids;
    expect((await ada.api.lenient.patch(`/people/${id}`, patch(groups('999999', south)))).status).toBe(200);
    expect(await groupsNow()).toEqual([south]);
    // A membership that comes along names its group as well.
    expect((await ada.api.patch(`/people/${id}`, patch(groups(south), [along]))).status).toBe(200);
    expect((await ada.api.patch(`/people/${id}`, patch(groups(south), [along]))).status).toBe(200);
    expect((await groupsNow()).sort()).toEqual([north, south].sort());
  });

  test('a person of the web app: null ids, unknown members, unlinked children', async () => {
    const answer = await ada.api.lenient.post(
      '/people?include=email_addresses,phone_numbers,reverse_contact_assignments',
      {
        data: {
          type: 'person',
          id: null,
          attributes: { first_name: 'Web', student_status: 'collegiate', $valid: true },
        },
        included: [
          { type: 'group_membership', attributes: { group_id: Number(north) } },
          {
            type: 'contact_assignment',
            attributes: { assigned_to_id: Number(ada.personId), group_id: north },
          },
          {
            type: 'email_address',
            attributes: { person_id: null, email: 'web@example.org', primary: true, $valid: true },
          },
          { type: 'organizational_label', attributes: { label_id: 1 } },
        ],
      },
    );
    expect(answer.status).toBe(201);
    expect(answer.includedKeys.map((key) => key.split(':')[0])).toEqual([
      'contact_assignment',
      'email_address',
    ]);
    expect(answer.one.relationships?.['phone_numbers']?.data).toEqual([]);
    expect(warningsOf(answer)).toEqual([
      'unknown_attribute /data/attributes/student_status',
      'unknown_attribute /data/attributes/$valid',
      'unknown_attribute /included/2/attributes/person_id',
      'unknown_attribute /included/2/attributes/$valid',
    ]);
  });

  const warningsOf = (answer: ApiAnswer): string[] =>
    (matchOf(answer)['warnings'] as Warning[]).map(({ code, pointer }) => `${code} ${pointer}`);

  test('groups that nobody knows are left out, and named where they stand', async () => {
    const groups = (...ids: string[]) => ({ data: ids.map((id) => ({ type: 'group', id })) });
    const data = { type: 'person', attributes: { first_name: 'Grouped', external_ref: 'L-1' } };
    const some = await ada.api.lenient.post('/people', {
      data: { ...data, relationships: { groups: groups('999999', north) } },
      included: [{ type: 'group_membership', attributes: { group_external_ref: 'nowhere' } }],
    });
    expect(some.status).toBe(201);
    expect(matchOf(some)).toMatchObject({ skipped_groups: ['999999', 'nowhere'], groups_added: [north] });
    expect(warningsOf(some)).toEqual([
      'skipped_groups /data/relationships/groups/data/0',
      'skipped_groups /included/0',
    ]);
    const none = await ada.api.lenient.post('/people', {
      data: { ...data, relationships: { groups: groups('999998', '999999') } },
    });
    expect(none.document.errors).toMatchObject([
      { status: '422', code: 'no_accessible_group', source: { pointer: '/data/relationships/groups' } },
    ]);
    expect(none.document.errors?.[0]?.detail).toMatch(/group 999998, group 999999/);
    const along = await ada.api.lenient.post('/people', {
      data,
      included: [{ type: 'group_membership', attributes: { group_id: '999999' } }],
    });
    expect(along.document.errors).toMatchObject([
      { code: 'no_accessible_group', source: { pointer: '/included/0' } },
    ]);
    expect(await world.value(sql`select count(*)::int from people where first_name = 'Grouped'`)).toBe(1);
  });

  test('a personal contact of the mobile app: no group, assigned to me, `email` for `email_address`', async () => {
    const answer = await ada.api.lenient.post('/people', {
      data: { type: 'person', attributes: { first_name: 'Mobile' } },
      included: [
        { type: 'contact_assignment', attributes: { assigned_to_id: ada.personId } },
        { type: 'email', attributes: { email: 'mobile@example.org' } },
      ],
    });
    expect(answer.status).toBe(201);
    const { id } = answer.one;
    expect(await world.value(sql`select count(*)::int from group_memberships where person_id = ${id}`)).toBe(
      0,
    );
    const again = await ada.api.lenient.post('/people', {
      data: { type: 'person', attributes: { first_name: 'Mobile' } },
      included: [{ type: 'email', attributes: { email: 'MOBILE@example.org' } }],
    });
    expect([again.status, again.one.id]).toEqual([200, id]);
  });

  test('PUT means PATCH, with or without data, id and type', async () => {
    const id = await world.contact('Put', north);
    expect(
      (await ada.api.lenient.put(`/people/${id}`, { data: { attributes: { last_name: 'Changed' } } })).status,
    ).toBe(200);
    const added = await ada.api.lenient.put(`/people/${id}?include=phone_numbers`, {
      included: [{ type: 'phone_number', attributes: { number: '+1 415 555 2671', location: 'mobile' } }],
    });
    expect(added.status).toBe(200);
    expect(added.included).toHaveLength(1);
    expect(await world.row('people', id)).toMatchObject({ first_name: 'Put', last_name: 'Changed' });
    expect(
      (await ada.api.put(`/people/${id}`, { data: { type: 'person', id, attributes: {} } })).status,
    ).toBe(405);
  });
});
