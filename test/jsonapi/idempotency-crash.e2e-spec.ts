import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect, query } from '../database/query.js';
import { KithServer, MEDIA_TYPE } from '../start/kith-server.js';
import { StartWorld } from '../start/start-world.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const PASSWORD = 'correct horse battery';

describe('A write with an Idempotency-Key whose process is killed', () => {
  let world: StartWorld;
  let own: TestDatabase;
  let dying: KithServer;
  let living: KithServer;
  let lock: Client;
  let token: string;

  beforeAll(async () => {
    world = new StartWorld();
    own = await createTestDatabase();
    const settings = { ...world.embedded('.kith'), ADMIN_PASSWORD: PASSWORD, DATABASE_URL: own.url };
    dying = await KithServer.start({ settings });
    living = await KithServer.start({ settings });
    ({ token } = await dying.signIn(PASSWORD));
    lock = await connect(own.url);
  });
  afterAll(async () => {
    await lock.end();
    await world.remove();
    await own.drop();
  });

  const count = async (from: string): Promise<number> => {
    const [row] = await query(own.url, `select count(*)::int as count from ${from}`);
    return row?.['count'] as number;
  };

  it('is not done, and is done once when the lease is over, by another process', async () => {
    const key = randomUUID();
    const post = (kith: KithServer): Promise<Response> =>
      fetch(`${kith.url}/apis/v4/groups`, {
        method: 'POST',
        headers: { 'Content-Type': MEDIA_TYPE, Authorization: `Bearer ${token}`, 'Idempotency-Key': key },
        body: JSON.stringify({ data: { type: 'group', attributes: { name: 'Survivor' } } }),
      });
    const groups = await count('groups');

    await lock.query('begin; lock table group_memberships in share mode');
    const cut = post(dying).catch((error: Error) => error);
    const working = `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (const end = Date.now() + 10_000; (await count(working)) === 0 && Date.now() < end;) await delay(20);
    await dying.kill();
    expect(await cut).toMatchObject({ message: 'fetch failed' });

    const refused = await post(living);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([409, '1']);
    await lock.query('rollback');
    await query(own.url, `update idempotency_keys set leased_until = now() - interval '1 second'`);

    const done = await post(living);
    const again = await post(living);
    expect([done.status, done.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await again.text()).toBe(await done.text());
    expect(await count('groups')).toBe(groups + 1);
  });
});
