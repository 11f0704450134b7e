import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { loadSigningKeys, secretInFile } from '../../src/auth/signing-keys.js';
import { SignedInWorld } from './signed-in-world.js';

const material = (keys: Awaited<ReturnType<typeof loadSigningKeys>>) =>
  keys.map((key) => key.export().toString());

describe('loadSigningKeys', () => {
  let world: SignedInWorld;
  let folder: string;
  beforeAll(async () => {
    world = await SignedInWorld.create();
    folder = await mkdtemp(join(tmpdir(), 'kith-keys-'));
  });
  afterAll(async () => {
    await world.drop();
    await rm(folder, { recursive: true });
  });

  it('takes those of the settings, in their order, and keeps none', async () => {
    const [one, two] = ['1'.repeat(32), '2'.repeat(32)];
    const keys = await loadSigningKeys(world.env({ JWT_SECRET: `${one},${two}` }), world.database);
    expect(material(keys)).toEqual([one, two]);
    expect(await world.database.query(sql`select * from settings`)).toEqual([]);
  });

  it('keeps one in a shared database, the same for all that start at once', async () => {
    const env = world.env({ JWT_SECRET: '' });
    const made = await Promise.all(Array.from({ length: 10 }, () => loadSigningKeys(env, world.database)));
    const secrets = new Set(made.flatMap(material));
    expect(secrets).toEqual(
      new Set([await world.value(sql`select value from settings where name = 'jwt_secret'`)]),
    );
    expect([...secrets].join().length).toBeGreaterThanOrEqual(32);
  });

  it('keeps one in a file of its own otherwise, the same for all that start at once', async () => {
    const env = world.env({ JWT_SECRET: '', DATABASE_URL: '', DATA_DIR: join(folder, 'not', 'yet') });
    const made = await Promise.all(Array.from({ length: 20 }, () => loadSigningKeys(env, world.database)));
    const path = join(env.dataDir, 'jwt-secret');
    expect(new Set(made.flatMap(material))).toEqual(new Set([(await readFile(path, 'utf8')).trim()]));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(env.dataDir)).toEqual(['jwt-secret']);
    expect(material(await loadSigningKeys(env, world.database))).toEqual(made.slice(0, 1).flatMap(material));
  });

  it('says what to do about a damaged one', async () => {
    await writeFile(join(folder, 'jwt-secret'), 'short');
    await expect(secretInFile(folder)).rejects.toThrow(/jwt-secret is damaged.*Remove it/);
  });
});
