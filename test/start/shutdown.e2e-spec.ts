import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect } from '../database/query.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { KithServer, postmasterOf } from './kith-server.js';
import { StartWorld } from './start-world.js';

const PASSWORD = 'correct horse battery';

describe('Ending', () => {
  let world: StartWorld;
  let settings: { DATA_DIR: string; TMPDIR: string; ADMIN_PASSWORD: string };

  beforeAll(() => {
    world = new StartWorld();
    settings = { ...world.embedded('.kith'), ADMIN_PASSWORD: PASSWORD };
  });
  afterEach(() => world.endProcesses());
  afterAll(() => world.remove());

  it('npm start ends the server and the database, with code 0', async () => {
    const kith = await KithServer.start({ settings, npm: true });
    expect(postmasterOf(settings.DATA_DIR)).toBeDefined();
    const began = Date.now();
    expect(await kith.end('SIGTERM')).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
    await expect(fetch(kith.url)).rejects.toThrow('fetch failed');
  });

  it('by Ctrl-C does the same, although npm hands the signal on a second time', async () => {
    const kith = await KithServer.start({ settings, npm: true });
    expect(await kith.pressCtrlC()).toBe(0);
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
  });

  it('while it still starts leaves no database behind', async () => {
    const fresh = { ...settings, ...world.embedded('.fresh') };
    const kith = KithServer.launch({ settings: fresh });
    await until(() => existsSync(fresh.DATA_DIR) && readdirSync(fresh.DATA_DIR).length > 0);
    expect(await kith.end()).toBe(0);
    expect(postmasterOf(fresh.DATA_DIR)).toBeUndefined();
    expect(kith.output).toBe('');
  });

  describe('with requests that run', () => {
    let own: TestDatabase;
    let lock: Client;
    let kith: KithServer;
    let running: Promise<Response | Error>;

    beforeEach(async () => {
      own = await createTestDatabase();
      kith = await KithServer.start({ settings: { ...settings, DATABASE_URL: own.url } });
      const { token } = await kith.signIn(PASSWORD);
      lock = await connect(own.url);
      await lock.query('begin; lock table groups in access exclusive mode');
      running = kith.get('/apis/v4/groups', token).catch((error: Error) => error);
      await delay(300);
    });
    afterEach(async () => {
      await kith.kill();
      await lock.end();
      await own.drop();
    });

    it('lets them end, and takes no others', async () => {
      const ended = kith.end();
      await delay(500);
      await expect(fetch(kith.url)).rejects.toThrow('fetch failed');
      await lock.query('rollback');
      expect(await running).toMatchObject({ status: 200 });
      expect(await ended).toBe(0);
    });

    it('waits less than ten seconds for them', async () => {
      const began = Date.now();
      expect(await kith.end()).toBe(0);
      expect(Date.now() - began).toBeLessThan(10_000);
      expect(await running).toMatchObject({ message: 'fetch failed' });
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await delay(5)) {
    if (Date.now() > deadline) throw new Error('It did not come about within 10 s');
  }
}
