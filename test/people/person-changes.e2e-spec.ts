import sql from 'sql-template-tag';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import { email, matchOf, person } from './person-document.js';

describe('The history of people', () => {
  let c: Choir;
  let id: string;

  beforeAll(async () => {
    c = await bootChoir();
    const relationships = { groups: { data: [{ type: 'group', id: c.choir }] } };
    const made = person({ first_name: 'Ida', last_name: 'Berg' }, [email('ida@example.org')], {
      relationships,
    });
    const created = await c.ada.api.post('/people', made);
    expect(created.status).toBe(201);
    id = created.one.id;
    const changed = await c.ada.api.patch(`/people/${id}`, {
      data: { type: 'person', id, attributes: { gender: 'female' } },
    });
    expect(changed.status).toBe(200);
  });
  afterAll(() => c.world.close());

  const changesOf = (api = c.ada.api) =>
    api.get(`/person_changes?filter[person]=${id}&sort=id&include=actor&fields[person]=first_name`);

  it('says who changed what, before and after, and through which request', async () => {
    const answer = await changesOf();
    expect(answer.many.map(({ attributes }) => attributes)).toMatchObject([
      {
        action: 'created',
        before: { first_name: null, email_addresses: [] },
        after: {
          first_name: 'Ida',
          email_addresses: [{ email: 'ida@example.org', primary: true }],
          group_memberships: [{ group_id: c.choir, role: 'contact' }],
        },
        request_id: expect.any(String),
      },
      { action: 'updated', before: { gender: null }, after: { gender: 'female' } },
    ]);
    expect(answer.includedKeys).toEqual([`person:${c.ada.personId}`]);
  });

  it('is listed from a time on', async () => {
    const [first, second] = (await changesOf()).many;
    const since = async (time: unknown) =>
      (await c.ada.api.get(`/person_changes?filter[person]=${id}&filter[since]=${time as string}`)).ids;
    expect(await since(second?.attributes?.['created_at'])).toEqual([second?.id]);
    expect(await since(first?.attributes?.['created_at'])).toEqual([first?.id, second?.id]);
    expect(await since('2999-01-01')).toEqual([]);
    expect((await c.ada.api.get('/person_changes?filter[since]=yesterday')).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', 'filter[since]']],
    });
  });

  it('is not written by anybody', async () => {
    const [change] = (await changesOf()).many;
    const one = { type: 'person_change', id: change?.id, attributes: { action: 'nothing' } };
    const before = await c.world.everything();
    for (const answer of [
      await c.ada.api.post('/person_changes', { data: { type: 'person_change', attributes: {} } }),
      await c.ada.api.patch(`/person_changes/${change?.id}`, { data: one }),
      await c.ada.api.delete(`/person_changes/${change?.id}`),
    ])
      expect(answer.status).toBe(403);
    expect(await c.world.everything()).toBe(before);
  });

  it('of somebody out of sight does not exist', async () => {
    const [change] = (await changesOf()).many;
    const stranger = await c.world.caller('Stranger', { [await c.world.group('Elsewhere')]: 'owner' });
    expect((await changesOf(stranger.api)).ids).toEqual([]);
    expect((await stranger.api.get('/person_changes?page[total]=true')).total).toBe(0);
    expect((await stranger.api.get(`/person_changes/${change?.id}`)).status).toBe(404);
  });

  it('keeps the memberships of other groups, and that they changed at all, to those', async () => {
    const secret = await c.world.group('Secret');
    const root = await c.world.caller('Root', {}, { superAdmin: true });
    const membership = { type: 'group_membership', attributes: { group_id: secret } };
    const patch = { data: { type: 'person', id }, included: [membership] };
    expect((await root.api.patch(`/people/${id}`, patch)).status).toBe(200);
    const both = { type: 'person', id, attributes: { middle_name: 'M' } };
    await c.world.database.query(sql`
      insert into person_changes (person_id, actor_id, action, before, after) values
      (${id}, null, 'updated', '{"middle_name": null, "group_memberships": []}',
        ${JSON.stringify({ middle_name: both.attributes.middle_name, group_memberships: [{ id: '1', group_id: secret, external_ref: 'S-1' }] })}::jsonb)`);
    const seen = await changesOf();
    expect(seen.text).not.toContain('S-1');
    expect(seen.many.map(({ attributes }) => attributes?.['after'])).toMatchObject([
      { first_name: 'Ida' },
      { gender: 'female' },
      { middle_name: 'M' },
    ]);
    expect(seen.many.at(-1)?.attributes?.['after']).toEqual({ middle_name: 'M' });
    const all = await changesOf(root.api);
    expect(all.many).toHaveLength(4);
    expect(all.text).toContain('S-1');
  });

  it('shows a person her own memberships wherever they are', async () => {
    const group = await c.world.group('Hidden');
    const self = await c.world.caller('Self');
    await c.world.member(self.personId, group);
    await c.world.database.query(sql`
      insert into person_changes (person_id, action, before, after) values
      (${self.personId}, 'matched', '{"group_memberships": []}',
        ${JSON.stringify({ group_memberships: [{ id: '1', group_id: group }] })}::jsonb)`);
    const [change] = (await self.api.get('/person_changes')).many;
    // Of a group that she does not read there is nothing but that she is in one, as in the linkage of her membership.
    expect(change?.attributes?.['after']).toEqual({ group_memberships: [{ id: '1', group_id: null }] });
  });

  it('hides ends out of sight in what is told of an assignment that came along, as the history does', async () => {
    const user = await c.world.caller('User', { [c.choir]: 'user' });
    const [maker, far] = [await c.world.person('Maker'), await c.world.person('Far')];
    const gus = await c.world.contact('Gus', c.choir);
    await c.world.email(gus, 'gus@example.org', true);
    const assignment = await c.world.assignment(far, gus, { group_id: c.choir, assigned_by_id: maker });
    const sent = (note: string) => ({
      data: { type: 'person', attributes: { first_name: 'Gus' } },
      included: [
        { type: 'email_address', attributes: { email: 'gus@example.org' } },
        { type: 'contact_assignment', id: assignment, attributes: { note } },
      ],
    });
    const hidden = { id: expect.anything(), assigned_to_id: null, assigned_by_id: null };
    for (const [path, note] of [
      ['/people?dry_run=true', 'tried'],
      ['/people', 'told'],
    ] as const) {
      const answer = await user.api.post(path, sent(note));
      expect(answer.status).toBe(200);
      expect(matchOf(answer)['changes']).toMatchObject({
        contact_assignments: [[{ ...hidden, note: null }], [{ ...hidden, note }]],
      });
    }
  });

  it('shows what stands in the archive of a group to its administrators only', async () => {
    const user = await c.world.caller('Reader', { [c.choir]: 'user', [c.altos]: 'user' });
    const [hal, maker] = [await c.world.contact('Hal', c.choir), c.ada];
    const membership = await c.world.member(hal, c.altos, 'user');
    const document = (attributes: object) => ({
      data: { type: 'group_membership', id: membership, attributes },
    });
    const archived = { archived_at: '2024-01-01T00:00:00Z' };
    expect((await maker.api.patch(`/group_memberships/${membership}`, document(archived))).status).toBe(200);
    const path = `/person_changes?filter[person]=${hal}&sort=id`;
    const sides = async (api: typeof user.api) =>
      (await api.get(path)).many.map(({ attributes }) => attributes);
    expect(await sides(maker.api)).toMatchObject([
      {
        before: { group_memberships: [{ id: membership, archived_at: null }] },
        after: { group_memberships: [{ id: membership, role: 'user' }] },
      },
    ]);
    const [seen] = (await sides(user.api)) as [{ after: object; before: object }];
    expect(seen.before).toMatchObject({ group_memberships: [{ archived_at: null }] });
    expect(seen.after).toEqual({});
    expect((await user.api.get(`/group_memberships/${membership}`)).status).toBe(404);
  });
});
