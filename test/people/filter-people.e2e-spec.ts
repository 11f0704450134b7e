import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';

describe('People are found', () => {
  let world: World;
  let both: Caller;
  let south: Caller;
  let vera: string;

  beforeAll(async () => {
    world = await World.boot();
    const groups = { north: await world.group('North'), south: await world.group('South') };
    both = await world.caller('Both', { [groups.north]: 'admin', [groups.south]: 'admin' });
    south = await world.caller('South', { [groups.south]: 'admin' });
    vera = await world.person('Vera');
    await world.member(vera, groups.north, 'contact', { external_ref: 'N-1' });
    await world.member(vera, groups.south, 'contact', { external_ref: 'S-1' });
    await world.email(vera, 'Vera@Example.org', true);
    await world.email(vera, 'second@example.org', false);
  });
  afterAll(() => world.close());

  const found = async ({ api }: Caller, filter: string): Promise<string[]> =>
    (await api.get(`/people?${filter}`)).ids;

  it('by every reference that the reader may read, of which one is shown', async () => {
    const answer = await both.api.get('/people?filter[external_ref]=S-1');
    expect(answer.ids).toEqual([vera]);
    expect(answer.many[0]?.attributes?.['external_ref']).toBe('N-1');
    expect(await found(both, 'filter[external_ref][in]=N-1,X-9')).toEqual([vera]);
    expect((await both.api.lenient.get('/people?filter[external_ref]=S-1')).total).toBe(1);
  });

  it('by no reference of a group out of reach', async () => {
    expect(await found(south, 'filter[external_ref]=S-1')).toEqual([vera]);
    expect(await found(south, 'filter[external_ref]=N-1')).toEqual([]);
  });

  it('by a reference of their own only where it is the one that is shown', async () => {
    await world.database.query(sql`update people set external_ref = 'P-1' where id = ${vera}::bigint`);
    expect(await found(both, 'filter[external_ref]=P-1')).toEqual([]);
    const [own] = await world.database.query<{ id: string }>(sql`
      insert into people (first_name, external_ref, created_by_id)
      values ('Own', 'P-2', ${both.personId}::bigint) returning id::text`);
    expect(await found(both, 'filter[external_ref]=P-2')).toEqual([own?.id]);
    expect(await found(south, 'filter[external_ref]=P-2')).toEqual([]);
  });

  it('by their first e-mail address as it is written, and by any along the way', async () => {
    expect(await found(both, 'filter[primary_email_address]=Vera@Example.org')).toEqual([vera]);
    expect(await found(both, 'filter[primary_email_address]=vera@example.org')).toEqual([]);
    expect(await found(both, 'filter[primary_email_address]=second@example.org')).toEqual([]);
    expect(await found(both, 'filter[email_addresses.email]=second@example.org')).toEqual([vera]);
    expect(await found(both, 'filter[email_addresses.email][ne]=second@example.org')).not.toContain(vera);
  });

  it('by no text that is no e-mail address, which is no fault', async () => {
    expect(await found(both, 'filter[primary_email_address]=@')).toEqual([]);
    expect((await both.api.get('/email_addresses?filter[email]=%00x')).status).toBe(400);
    expect((await both.api.get('/email_addresses?filter[email]=nobody')).many).toEqual([]);
  });
});
