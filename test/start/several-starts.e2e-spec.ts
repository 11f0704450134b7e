import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase } from '../support/test-database.js';
import { query } from '../database/query.js';
import { KithServer, postmasterOf } from './kith-server.js';
import { StartWorld } from './start-world.js';

const PASSWORD = 'correct horse battery';

describe('Several starts', () => {
  let world: StartWorld;

  beforeAll(() => {
    world = new StartWorld();
  });
  afterEach(() => world.endProcesses());
  afterAll(() => world.remove());

  describe('after a crash', () => {
    let settings: { DATA_DIR: string; TMPDIR: string; ADMIN_PASSWORD: string };
    let token: string;

    beforeAll(async () => {
      settings = { ...world.embedded('.crash'), ADMIN_PASSWORD: PASSWORD };
      const kith = await KithServer.start({ settings });
      ({ token } = await kith.signIn(PASSWORD));
      await kith.createGroup('Kept', token);
      await kith.end();
    });

    it('of the server adopt the database that it left behind', async () => {
      const killed = await KithServer.start({ settings });
      const postmaster = postmasterOf(settings.DATA_DIR);
      await killed.kill();
      expect(postmasterOf(settings.DATA_DIR)).toBe(postmaster);

      const next = await KithServer.start({ settings });
      expect(postmasterOf(settings.DATA_DIR)).toBe(postmaster);
      expect(await next.groupNames(token)).toEqual(['Home', 'Kept']);
      expect(await next.end()).toBe(0);
      expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
    });

    it('of the database recover what was written', async () => {
      const kith = await KithServer.start({ settings });
      await kith.createGroup('Written', token);
      process.kill(postmasterOf(settings.DATA_DIR)!, 'SIGKILL');
      await kith.kill();

      const next = await KithServer.start({ settings });
      expect(await next.groupNames(token)).toEqual(['Home', 'Kept', 'Written']);
      expect(await next.end()).toBe(0);
    });

    it('of the database alone leave a server that still ends in order', async () => {
      const kith = await KithServer.start({ settings });
      process.kill(postmasterOf(settings.DATA_DIR)!, 'SIGKILL');
      const answer = await kith.get('/apis/v4/groups', token);
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await kith.end()).toBe(0);
    });
  });

  it('on one data folder at once make one administrator and one signing key, and all serve', async () => {
    const settings = world.embedded('.shared');
    const both = await Promise.all([KithServer.start({ settings }), KithServer.start({ settings })]);
    const [password, ...more] = both.flatMap((kith) => kith.password ?? []);
    expect(more).toEqual([]);
    expect(readFileSync(join(settings.DATA_DIR, 'jwt-secret'), 'utf8')).toHaveLength(65);
    await expectToShare(both, password!);

    const [first, second] = both;
    const { token } = await second!.signIn(password!);
    expect(await first!.end()).toBe(0);
    expect(await second!.groupNames(token)).toEqual(['Home']);
    expect(await second!.end()).toBe(0);
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
  });

  it('on one DATABASE_URL share the key that is kept there, and need no data folder', async () => {
    const own = await createTestDatabase();
    await query(own.url, 'drop schema public cascade; create schema public');
    const begin = (name: string) =>
      KithServer.start({ settings: { ...world.embedded(name), DATABASE_URL: own.url } });
    const both = await Promise.all([begin('.one'), begin('.other')]);
    const [password, ...more] = both.flatMap((kith) => kith.password ?? []);
    expect(more).toEqual([]);
    expect(both[0]?.output).toContain('Database    yours, by DATABASE_URL');
    await expectToShare(both, password!);
    expect(await query(own.url, 'select name from settings')).toEqual([{ name: 'jwt_secret' }]);
    expect(await query(own.url, 'select count(*)::int as users from users')).toEqual([{ users: 1 }]);
    expect(await Promise.all(both.map((kith) => kith.end()))).toEqual([0, 0]);
    expect([postmasterOf(join(world.root, '.one')), postmasterOf(join(world.root, '.other'))]).toEqual([
      undefined,
      undefined,
    ]);
    await own.drop();
  });

  it('with NODE_ENV=production and a key of the settings keep none', async () => {
    const own = await createTestDatabase();
    const production = {
      NODE_ENV: 'production',
      JWT_SECRET: 'a key that is long and as good as random',
      ADMIN_PASSWORD: PASSWORD,
    };
    const settings = { ...world.embedded('.production'), ...production, DATABASE_URL: own.url };
    const kith = await KithServer.start({ settings });
    expect((await kith.signIn(PASSWORD)).status).toBe(201);
    expect(await query(own.url, 'select name from settings')).toEqual([]);
    expect(await kith.end()).toBe(0);
    await own.drop();
  });
});

/** A token of each is good for the others. */
async function expectToShare(servers: readonly KithServer[], password: string): Promise<void> {
  for (const server of servers) {
    const { status, token } = await server.signIn(password);
    expect(status).toBe(201);
    for (const other of servers) expect(await other.groupNames(token)).toEqual(['Home']);
  }
}
