import sql from 'sql-template-tag';
import type { ApiAnswer } from '../support/api-client.js';
import { PlainClient } from '../people/plain-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';

/** The group is deleted after the other request has found it, and before that has written. */
describe('DELETE /groups/:id while somebody writes into the group', () => {
  let world: World;
  let ada: Caller;
  let eve: Caller;
  let choir: string;
  let away: string;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
  });
  beforeEach(async () => {
    [choir, away] = [await world.group('Choir'), await world.group('Away')];
    ada = await world.caller('Ada', { [choir]: 'owner', [await world.group('Home')]: 'owner' });
    eve = await world.caller('Eve', { [away]: 'owner' });
    carl = await world.contact('Carl', String((await homeOf(ada))[0]));
  });
  afterAll(() => world.close());

  const homeOf = async ({ personId }: Caller): Promise<string[]> =>
    (
      await world.database.query<{ id: string }>(
        sql`select group_id as id from group_memberships where person_id = ${personId}::bigint and group_id <> ${choir}::bigint`,
      )
    ).map(({ id }) => id);

  const end = (type: string, id: string) => ({ data: { type, id } });

  const meanwhile = async <T>(write: () => Promise<T>): Promise<T> => {
    let writing: Promise<T> | undefined;
    await world.database.transaction(async (tx) => {
      await tx.query(sql`delete from groups where id = ${choir}::bigint`);
      writing = write();
      await untilSomebodyWaits();
    });
    return writing as Promise<T>;
  };

  async function untilSomebodyWaits(): Promise<void> {
    const waiting = sql`
      select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await world.value<number>(waiting)) === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** What is told of a group that was never there. */
  const without = async (write: (group: string) => Promise<ApiAnswer>): Promise<unknown> =>
    (await write('999999999')).refusal;

  it.each([
    [
      'POST /people',
      (group: string) =>
        ada.api.post('/people', {
          data: {
            type: 'person',
            attributes: { first_name: 'New' },
            relationships: { groups: { data: [{ type: 'group', id: group }] } },
          },
        }),
    ],
    [
      'POST /group_memberships',
      (group: string) =>
        ada.api.post('/group_memberships', {
          data: {
            type: 'group_membership',
            relationships: { person: end('person', carl), group: end('group', group) },
          },
        }),
    ],
    [
      'POST /people/:id/relationships/groups',
      (group: string) =>
        ada.api.post(`/people/${carl}/relationships/groups`, { data: [{ type: 'group', id: group }] }),
    ],
    [
      'POST /contact_assignments',
      (group: string) =>
        ada.api.post('/contact_assignments', {
          data: {
            type: 'contact_assignment',
            relationships: {
              person: end('person', carl),
              assigned_to: end('person', ada.personId),
              group: end('group', group),
            },
          },
        }),
    ],
  ])('%s is refused as for a group that was never there, and writes nothing', async (_name, write) => {
    const expected = await without(write);
    const people = await world.count('people');
    const answer = await meanwhile(() => write(choir));
    expect([400, 403, 404, 422]).toContain(answer.status);
    expect((expected as { status: number }).status).toBe(answer.status);
    expect(await world.count('people')).toBe(people);
    expect(
      await world.value(sql`select count(*)::int from group_memberships where person_id = ${carl}`),
    ).toBe(1);
    expect(await world.count('contact_assignments')).toBe(0);
  });

  it('POST /persons/multiple leaves it out of an entry that names it beside another', async () => {
    const [home] = await homeOf(ada);
    const plain = new PlainClient(world.app, ada.token);
    const entry = { first_name: 'New', email_address: 'new@example.org', group_ids: [choir, home] };
    const body = { persons: [entry] };
    const answer = await meanwhile(() => plain.post('/persons/multiple', body));
    expect([answer.status, answer.persons]).toEqual([
      200,
      [
        expect.objectContaining({
          groups_added: [home],
          warnings: [expect.objectContaining({ code: 'skipped_groups' })],
        }),
      ],
    ]);
  });

  it('a new person of somebody who names no group goes into the own groups that are left', async () => {
    const answer = await meanwhile(() =>
      ada.api.post('/people', {
        data: { type: 'person', attributes: { first_name: 'Only', last_name: 'One' } },
      }),
    );
    expect(answer.status).toBe(201);
    const groups = await world.database.query(
      sql`select group_id as id from group_memberships where person_id = ${answer.one.id}::bigint`,
    );
    expect(groups).toEqual((await homeOf(ada)).map((id) => ({ id })));
  });

  it('somebody of another group is told the same before and after', async () => {
    const write = () =>
      eve.api.post('/people', {
        data: {
          type: 'person',
          attributes: { first_name: 'New' },
          relationships: { groups: { data: [{ type: 'group', id: choir }] } },
        },
      });
    const before = await write();
    await ada.api.delete(`/groups/${choir}`);
    expect((await write()).refusal).toEqual(before.refusal);
  });
});
