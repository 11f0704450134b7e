import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

const LIMIT = 3;

describe('Asking by writing is limited, also what is undone', () => {
  let world: World;
  let choir: string;
  let carl: string;
  let count = 0;

  beforeAll(async () => {
    world = await World.boot({ RATE_LIMIT_SIGN_IN_PER_MINUTE: String(LIMIT) });
    choir = await world.group('Choir', { external_ref: 'choir' });
    carl = await world.contact('Carl', choir);
  });
  afterAll(() => world.close());

  /** The minutes are those of the clock: within one, or two, there are no more than so many. */
  const among = (statuses: readonly number[], status: number): number =>
    statuses.filter((one) => one === status).length;
  const caller = (): Promise<Caller> => world.caller(`Owner${(count += 1)}`, { [choir]: 'owner' });
  const user = (email: string) => ({
    data: {
      type: 'user',
      attributes: { email },
      relationships: { person: { data: { type: 'person', id: carl } } },
    },
  });

  it('invites one address so many times a minute, whoever asks, and says when to come again', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 3 * LIMIT; i += 1) {
      const { api } = await caller();
      const answer = await api.post('/users', user('Victim@example.org'));
      statuses.push(answer.status);
      if (answer.status === 201) expect((await api.delete(`/users/${answer.one.id}`)).status).toBe(204);
      else
        expect([answer.refusal.errors[0]?.[0], Number(answer.header('retry-after')) > 0]).toEqual([
          'too_many_requests',
          true,
        ]);
    }
    expect(among(statuses, 201)).toBeGreaterThanOrEqual(LIMIT);
    expect(among(statuses, 201)).toBeLessThanOrEqual(2 * LIMIT);
    expect(among(statuses, 201) + among(statuses, 429)).toBe(3 * LIMIT);
    expect(await world.count('users')).toBe(1 + count);
  });

  it('makes ten times as many logins for one caller, each operation by itself, undone or not', async () => {
    const { api } = await caller();
    const operations = new OperationsClient(api);
    const ask = (n: number) =>
      operations.send([
        { op: 'add', ...user(`nobody.${n}@example.org`) },
        { op: 'remove', ref: { type: 'group', id: '999999999' } },
      ]);
    const statuses: number[] = [];
    for (let n = 0; n <= 20 * LIMIT; n += 1) statuses.push((await ask(n)).status);
    expect(among(statuses, 404)).toBeGreaterThanOrEqual(10 * LIMIT);
    expect(among(statuses, 429)).toBeGreaterThan(0);
    expect(among(statuses, 404) + among(statuses, 429)).toBe(statuses.length);
  });

  it('tells so many times that the reference of a group is taken, by POST, PATCH and operations', async () => {
    const { api } = await caller();
    const group = (id?: string) => ({
      data: { type: 'group', ...(id && { id }), attributes: { name: 'Mine', external_ref: 'choir' } },
    });
    const own = (await api.post('/groups', { data: { type: 'group', attributes: { name: 'Own' } } })).one.id;
    const doors = [
      () => api.post('/groups', group()),
      () => api.patch(`/groups/${own}`, group(own)),
      () => new OperationsClient(api).send([{ op: 'add', ...group() }]),
    ];
    const statuses: number[] = [];
    for (let i = 0; i <= LIMIT; i += 1) for (const door of doors) statuses.push((await door()).status);
    expect(among(statuses, 409)).toBeGreaterThanOrEqual(LIMIT);
    expect(among(statuses, 409)).toBeLessThanOrEqual(2 * LIMIT);
    expect(among(statuses, 409) + among(statuses, 429)).toBe(statuses.length);
    const other = await caller();
    expect((await other.api.post('/groups', group())).status).toBe(409);
  });
});
