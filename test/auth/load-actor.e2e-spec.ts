import sql from 'sql-template-tag';
import { atLeast } from '../../src/auth/index.js';
import { loadActor } from '../../src/auth/load-actor.js';
import { recorded, SignedInWorld, type Login } from './signed-in-world.js';

const TTL = 1000;

describe('loadActor', () => {
  let world: SignedInWorld;
  let ada: Login;
  let sessionId: string;
  const load = () => loadActor(world.database, { userId: ada.userId, sessionId }, TTL);

  beforeAll(async () => {
    world = await SignedInWorld.create();
  });
  afterAll(() => world.drop());
  beforeEach(async () => {
    await world.database.query(sql`truncate people, groups, sessions, users cascade`);
    ada = await world.login('ada');
    sessionId = await world.session(ada.userId);
  });

  it('reads who asks, with rights in descendants, the highest role winning, in one query', async () => {
    const root = await world.group('root');
    const child = await world.group('child', root);
    const grandchild = await world.group('grandchild', child);
    const elsewhere = await world.group('elsewhere');
    const former = await world.group('former');
    const beside = await world.group('beside');
    await world.member(ada.personId, root, 'user');
    await world.member(ada.personId, child, 'owner');
    await world.member(ada.personId, elsewhere, 'contact');
    await world.member(ada.personId, former, 'owner', true);
    await world.member((await world.login('bob')).personId, beside, 'owner');

    const runner = recorded(world.database);
    const actor = await loadActor(runner, { userId: ada.userId, sessionId }, TTL);
    expect(runner.statements).toHaveLength(1);
    expect(actor).toEqual({
      userId: ada.userId,
      personId: ada.personId,
      sessionId,
      superAdmin: false,
      roles: new Map([
        [root, 'user'],
        [child, 'owner'],
        [grandchild, 'owner'],
      ]),
      ownGroupIds: [root, child],
      reachesMany: false,
    });
    expect(atLeast(actor?.roles.get(elsewhere), 'user')).toBe(false);
  });

  it('gives a right in a child none in the parent, and ends when groups go round in a circle', async () => {
    const parent = await world.group('parent');
    const child = await world.group('child', parent);
    await world.member(ada.personId, child, 'admin');
    expect([...((await load())?.roles.keys() ?? [])]).toEqual([child]);
    await world.database.query(sql`update groups set parent_id = ${child} where id = ${parent}`);
    expect((await load())?.roles).toEqual(
      new Map([
        [parent, 'admin'],
        [child, 'admin'],
      ]),
    );
  });

  it('knows a super administrator, and somebody without any group', async () => {
    const root = await world.login('root', true);
    const actor = await loadActor(
      world.database,
      { userId: root.userId, sessionId: await world.session(root.userId) },
      TTL,
    );
    expect(actor).toMatchObject({ superAdmin: true, ownGroupIds: [] });
    expect(actor?.roles.size).toBe(0);
  });

  it("knows nobody by a session that is revoked, over, another's or gone, nor a deleted person", async () => {
    const bob = await world.login('bob');
    await expect(loadActor(world.database, { userId: bob.userId, sessionId }, TTL)).resolves.toBeNull();
    await world.database.query(sql`update sessions set expires_at = now() where id = ${sessionId}`);
    await expect(load()).resolves.toBeNull();
    await world.database.query(
      sql`update sessions set expires_at = now() + interval '1 hour', revoked_at = now() where id = ${sessionId}`,
    );
    await expect(load()).resolves.toBeNull();
    await world.database.query(sql`update sessions set revoked_at = null where id = ${sessionId}`);
    await expect(load()).resolves.not.toBeNull();
    await world.database.query(sql`update people set deleted_at = now() where id = ${ada.personId}`);
    await expect(load()).resolves.toBeNull();
    await world.database.query(sql`delete from sessions`);
    await expect(load()).resolves.toBeNull();
  });

  it('notes the use of a session once a minute, and lets it live as long as a token made until the next note', async () => {
    await world.database.query(sql`
      update sessions set last_used_at = now() - interval '61 seconds', expires_at = now() + interval '1 second'`);
    const runners = Array.from({ length: 8 }, () => recorded(world.database));
    await Promise.all(runners.map((runner) => loadActor(runner, { userId: ada.userId, sessionId }, TTL)));
    const [session] = await world.database.query<{ used: number; left: number; version: string }>(sql`
      select extract(epoch from now() - last_used_at)::float as used, extract(epoch from expires_at - now())::float as left
      from sessions where id = ${sessionId}`);
    expect(session?.used).toBeLessThan(10);
    expect(session?.left).toBeGreaterThan(TTL + 60 - 10);

    const later = recorded(world.database);
    await loadActor(later, { userId: ada.userId, sessionId }, TTL);
    expect(later.statements).toHaveLength(1);
  });

  it('never shortens a session, and tells when the note cannot be written', async () => {
    await world.database.query(sql`
      update sessions set last_used_at = now() - interval '1 day', expires_at = now() + interval '1 year'`);
    await load();
    await expect(
      world.value<boolean>(sql`select expires_at > now() + interval '300 days' from sessions`),
    ).resolves.toBe(true);
    await world.database.query(sql`update sessions set last_used_at = now() - interval '1 day'`);
    const failing = {
      queries: () => Promise.reject(new Error('not asked')),
      query: <R>(statement: ReturnType<typeof sql>) =>
        statement.text.includes('update')
          ? Promise.reject(new Error('no'))
          : world.database.query<R>(statement),
    };
    await expect(loadActor(failing, { userId: ada.userId, sessionId }, TTL)).rejects.toThrow('no');
  });
});
