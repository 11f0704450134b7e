import sql from 'sql-template-tag';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import { email, person } from './person-document.js';

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
});
