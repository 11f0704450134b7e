import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { createTestDatabase } from '../support/test-database.js';
import { KithServer, postmasterOf } from './kith-server.js';
import { StartWorld } from './start-world.js';

/** A line of a stack, or the name of a class of ours: nothing that a person who starts a server wants to read. */
const STACK = /\n\s+at |Error:/;

describe('A start that cannot be', () => {
  let world: StartWorld;
  let settings: { DATA_DIR: string; TMPDIR: string };
  let taken: Server;
  let port: string;

  beforeAll(async () => {
    world = new StartWorld();
    settings = world.embedded('.kith');
    // Takes connections and never answers.
    taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    port = String((taken.address() as AddressInfo).port);
  });
  afterEach(() => world.endProcesses());
  afterAll(async () => {
    taken.close();
    await world.remove();
  });

  it('tells every problem of the settings at once, before it touches anything', async () => {
    const bad = {
      ...settings,
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://h/d',
      NODE_ENV: 'production',
    };
    const { code, said } = await KithServer.refusal({ settings: bad });
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toEqual([
      'The settings cannot be used:',
      expect.stringContaining('PORT: '),
      expect.stringContaining('DATABASE_URL: '),
      expect.stringContaining('LOG_LEVEL: '),
      expect.stringContaining('JWT_SECRET: it is required when NODE_ENV=production'),
    ]);
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
  });

  it('does so through npm start as well', async () => {
    const { code, said } = await KithServer.refusal({ settings: { ...settings, PORT: 'x' }, npm: true });
    expect(code).toBe(1);
    expect(said).toContain('  - PORT: a whole number from 0 to 65535 is wanted');
  });

  it('says that the port is in use, shows the password all the same, and leaves no database behind', async () => {
    const { code, said } = await KithServer.refusal({ settings: { ...settings, PORT: port } });
    expect(code).toBe(1);
    expect(said).toContain(`Port ${port} of 127.0.0.1 is in use`);
    expect(said).not.toMatch(STACK);
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();

    const password = /Password\s+(\S+)/.exec(said)?.[1] ?? '';
    const next = await KithServer.start({ settings });
    expect(next.password).toBeUndefined();
    expect((await next.signIn(password)).status).toBe(201);
  });

  it('says that HOST is no address of this machine', async () => {
    const { code, said } = await KithServer.refusal({ settings: { ...settings, HOST: '192.0.2.1' } });
    expect(code).toBe(1);
    expect(said).toContain('HOST: 192.0.2.1 is no address of this machine.');
    expect(said).not.toMatch(STACK);
  });

  it.each([
    [
      'refuses connections',
      'postgres://kith:hush@127.0.0.1:1/people',
      '127.0.0.1:1/people cannot be used: connect ECONNREFUSED',
    ],
    [
      'has no such host',
      'postgres://kith:hush@kith.invalid/people',
      'kith.invalid/people cannot be used: getaddrinfo ',
    ],
  ])('says that a DATABASE_URL %s', async (_, url, sentence) => {
    const began = Date.now();
    const { code, said } = await KithServer.refusal({ settings: { ...settings, DATABASE_URL: url } });
    expect(code).toBe(1);
    expect(said).toContain(`The database ${sentence}`);
    expect(said).not.toMatch(STACK);
    expect(said).not.toContain('hush');
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('says that a DATABASE_URL does not answer', async () => {
    const url = `postgres://kith:hush@127.0.0.1:${port}/people`;
    const began = Date.now();
    const { code, said } = await KithServer.refusal({ settings: { ...settings, DATABASE_URL: url } });
    expect(code).toBe(1);
    expect(said.trim()).toBe(
      `The database 127.0.0.1:${port}/people cannot be used: it has not answered for 10 seconds.`,
    );
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  it('says that a DATABASE_URL names no database', async () => {
    const own = await createTestDatabase();
    await own.drop();
    const { code, said } = await KithServer.refusal({ settings: { ...settings, DATABASE_URL: own.url } });
    expect(code).toBe(1);
    expect(said.trim()).toMatch(/^The database \S+ cannot be used: database "\w+" does not exist$/);
  });

  it('leaves no database behind when the app cannot be made', async () => {
    const damaged = world.embedded('.damaged');
    await (await KithServer.start({ settings: damaged })).end();
    writeFileSync(join(damaged.DATA_DIR, 'jwt-secret'), 'short\n');
    const { code, said } = await KithServer.refusal({ settings: damaged });
    expect(code).toBe(1);
    expect(said).toContain('The signing key kept in');
    expect(postmasterOf(damaged.DATA_DIR)).toBeUndefined();
  });
});
