import sql from 'sql-template-tag';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import type { Caller } from '../support/factories/world.factory.js';
import { email, person } from './person-document.js';

describe('The duplicate queue', () => {
  let c: Choir;
  let admin: Caller;
  let user: Caller;
  let twins: string[];
  let held: string;

  beforeAll(async () => {
    c = await bootChoir();
    admin = await c.world.caller('Admin', { [c.choir]: 'admin' });
    user = await c.world.caller('User', { [c.choir]: 'user' });
    twins = [await c.world.contact('Twin', c.choir), await c.world.contact('Twin', c.altos)];
    for (const id of twins) await c.world.email(id, 'twins@example.org', true);
    const refused = await user.api.post(
      '/people',
      person({ first_name: 'Twin' }, [email('twins@example.org')]),
    );
    expect(refused.status).toBe(409);
    held = refused.document.errors?.[0]?.meta?.['duplicate_id'] as string;
  });
  afterAll(() => c.world.close());

  it('shows an admin of the groups of all candidates what was held, and whom it may mean', async () => {
    const answer = await admin.api.get(
      `/person_duplicates/${held}?include=candidates&fields[person]=first_name`,
    );
    expect(answer.one.attributes).toMatchObject({
      kind: 'held_entry',
      status: 'open',
      verdict: null,
      times_seen: 1,
      evidence: { keys: { email_addresses: ['twins@example.org'] } },
    });
    expect(answer.one.relationships?.['candidates']?.data).toEqual(
      twins.map((id) => ({ type: 'person', id })),
    );
    expect(answer.includedKeys).toEqual(twins.map((id) => `person:${id}`).sort());
  });

  it('is listed by kind, status, group and person', async () => {
    const of = async (query: string) => (await admin.api.get(`/person_duplicates?${query}`)).ids;
    expect(await of('filter[kind]=held_entry&filter[status]=open')).toEqual([held]);
    expect(await of('filter[kind]=pair')).toEqual([]);
    expect(await of('filter[status]=resolved')).toEqual([]);
    expect(await of(`filter[candidates]=${twins[1]}`)).toEqual([held]);
    expect(await of(`filter[group]=${c.choir}`)).toEqual([held]);
    expect(await of(`filter[group]=${c.altos}`)).toEqual([]);
  });

  it('does not exist for a user, nor for an admin of a part of it', async () => {
    const part = await c.world.caller('Part', { [c.altos]: 'owner' });
    for (const { api } of [user, part]) {
      expect((await api.get('/person_duplicates?page[total]=true')).total).toBe(0);
      expect((await api.get(`/person_duplicates/${held}`)).status).toBe(404);
    }
  });

  it('keeps the evidence to the admins of the group where it was found', async () => {
    const [one, other] = [await c.world.group('One'), await c.world.group('Other')];
    const both = await c.world.caller('Both', { [one]: 'user', [other]: 'user' });
    const made = (group: string, ref: string) =>
      both.api.post(
        '/people',
        person({ first_name: 'Kim', external_ref: ref }, [email('kim@example.org')], {
          relationships: { groups: { data: [{ type: 'group', id: group }] } },
        }),
      );
    const first = await made(one, 'K-1');
    const second = await made(other, 'K-2');
    expect([first.status, second.status]).toEqual([201, 201]);
    const [pair] = await c.world.database.query<{ id: string; group_id: string; kind: string }>(
      sql`select id, group_id, kind from person_duplicates where person_id = ${second.one.id}`,
    );
    expect(pair?.kind).toBe('cross_group');
    const found = pair?.group_id as string;
    const third = await c.world.group('Third');
    for (const { one: shown } of [first, second]) await c.world.member(shown.id, third);
    const inFound = await c.world.caller('InFound', { [found]: 'admin', [third]: 'admin' });
    const inThird = await c.world.caller('InThird', { [third]: 'admin' });
    const path = `/person_duplicates/${pair?.id}`;
    expect((await inFound.api.get(path)).one.attributes?.['evidence']).toMatchObject({
      reason: 'in_another_group',
    });
    expect((await inThird.api.get(path)).one.attributes?.['evidence']).toBeNull();
    expect((await inThird.api.get(path)).one.relationships?.['group']?.data).toBeNull();
  });

  describe('evidence of several groups', () => {
    let one: string;
    let other: string;
    let sender: Caller;
    let inOne: Caller;
    let inBoth: Caller;

    beforeAll(async () => {
      [one, other] = [await c.world.group('First'), await c.world.group('Second')];
      sender = await c.world.caller('Sender', { [one]: 'user', [other]: 'user' });
      inOne = await c.world.caller('InOne', { [one]: 'admin' });
      inBoth = await c.world.caller('InBoth', { [one]: 'owner', [other]: 'owner' });
      for (const name of ['Lea', 'Lea']) {
        const id = await c.world.contact(name, one);
        await c.world.email(id, 'lea@example.org', true);
      }
    });

    const evidenceFor = async ({ api }: Caller, id: string): Promise<unknown> =>
      (await api.get(`/person_duplicates/${id}`)).one.attributes?.['evidence'];
    const newest = (): Promise<string> => c.world.value(sql`select max(id) as id from person_duplicates`);
    const groups = (...ids: string[]) => ({
      relationships: { groups: { data: ids.map((id) => ({ type: 'group', id })) } },
    });
    const lea = (more: Record<string, unknown>, included: [string, Record<string, unknown>][] = []) =>
      person({ first_name: 'Lea' }, [email('lea@example.org'), ...included], more);

    it('is for who administers all of them', async () => {
      expect((await sender.api.post('/people', lea(groups(one, other)))).status).toBe(409);
      const id = await newest();
      expect(await evidenceFor(inOne, id)).toBeNull();
      expect(await evidenceFor(inBoth, id)).toMatchObject({ group_ids: [one, other] });
    });

    it('counts the group of an assignment that came along', async () => {
      const along: [string, Record<string, unknown>] = [
        'contact_assignment',
        { assigned_to_id: sender.personId, group_id: other, note: 'for the second only' },
      ];
      expect((await sender.api.post('/people', lea(groups(one), [along]))).status).toBe(409);
      const id = await newest();
      expect(await evidenceFor(inOne, id)).toBeNull();
      expect(await evidenceFor(inBoth, id)).toMatchObject({ group_ids: [one, other] });
    });

    it('goes with the group where it was found', async () => {
      const third = await c.world.group('Third');
      await c.world.member(sender.personId, third, 'user');
      await c.world.member(inBoth.personId, third, 'owner');
      for (const id of await idsOfLea()) await c.world.member(id, third);
      expect((await sender.api.post('/people', lea(groups(third)))).status).toBe(409);
      const id = await newest();
      expect(await evidenceFor(inOne, id)).toBeNull();
      expect((await inBoth.api.delete(`/groups/${third}`)).status).toBe(204);
      expect(await evidenceFor(inOne, id)).toBeNull();
      expect(await c.world.row('person_duplicates', id)).toMatchObject({ group_id: null, evidence: {} });
    });

    it('without a group it is for who sent it, whoever puts the candidates into a group of his own', async () => {
      await sender.api.lenient.post('/people', lea({}));
      const id = await newest();
      expect(await c.world.row('person_duplicates', id)).toMatchObject({ group_id: null });
      const own = await c.world.group('Own');
      for (const candidate of await idsOfLea()) await c.world.member(candidate, own);
      const thief = await c.world.caller('Thief', { [own]: 'owner' });
      await c.world.member(sender.personId, own, 'admin');
      expect(await evidenceFor(thief, id)).toBeNull();
      expect(await evidenceFor(sender, id)).toMatchObject({ actor_id: sender.personId });
    });

    const idsOfLea = async (): Promise<string[]> =>
      (
        await c.world.database.query<{ id: string }>(
          sql`select person_id as id from email_addresses where normal_form = 'lea@example.org'`,
        )
      ).map(({ id }) => id);
  });
});
