import { execFileSync } from 'node:child_process';
import { KithServer, postmasterOf } from './kith-server.js';
import { StartWorld } from './start-world.js';

describe('The first screen', () => {
  let world: StartWorld;
  let settings: { DATA_DIR: string; TMPDIR: string };
  let password: string;
  let token: string;

  beforeAll(() => {
    world = new StartWorld();
    settings = world.embedded('.kith');
  });
  afterEach(() => world.endProcesses());
  afterAll(() => world.remove());

  it('says where it listens and how to sign in, with a line that works when pasted', async () => {
    const kith = await KithServer.start({ settings, npm: true });
    expect(kith.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(kith.output).toContain(`PostgreSQL in ${settings.DATA_DIR}/`);
    expect(kith.output).toContain('Sign in as  admin@example.org');
    expect(kith.password).toMatch(/^\S{16,}$/);
    password = kith.password!;

    token = tokenOf(kith.pasted);
    expect(await kith.groupNames(token)).toEqual(['Home']);
    await kith.createGroup('Kept', token);
    await kith.end();
    expect(postmasterOf(settings.DATA_DIR)).toBeUndefined();
  });

  it('shows no password at the second start, when data and signing key are still there', async () => {
    const kith = await KithServer.start({ settings, npm: true });
    expect(kith.password).toBeUndefined();
    expect(kith.output).not.toContain(password);
    expect(kith.pasted).toContain('YOUR-PASSWORD');
    expect((await kith.signIn(password)).status).toBe(201);
    expect(await kith.groupNames(token)).toEqual(['Home', 'Kept']);
    await kith.end();
  });

  it('is all that is printed, with a line of the log for each request', async () => {
    const kith = await KithServer.start({ settings: { ...settings, LOG_LEVEL: 'info' } });
    await kith.groupNames(token);
    await kith.end();
    const others = kith.output.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
    expect(others.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ method: 'GET', path: '/apis/v4/groups', status: 200 }),
    ]);
  });

  it('shows no password that the settings brought', async () => {
    const own = {
      ...world.embedded('.own'),
      ADMIN_EMAIL: "o'brien@example.org",
      ADMIN_PASSWORD: 'twelve letters',
    };
    const kith = await KithServer.start({ settings: own });
    expect(kith.output).toContain("Sign in as  o'brien@example.org");
    expect(kith.output).not.toContain('twelve letters');
    const pasted = kith.pasted.replace('YOUR-PASSWORD', 'twelve letters');
    expect(await kith.groupNames(tokenOf(pasted))).toEqual(['Home']);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['localhost', '(127.0.0.1|localhost)'],
  ])('with HOST=%s names an address that can be opened', async (host, shown) => {
    const kith = await KithServer.start({ settings: { ...settings, HOST: host } });
    expect(kith.url).toMatch(new RegExp(`^http://${shown}:\\d+$`));
    expect(tokenOf(kith.pasted.replace('YOUR-PASSWORD', password))).not.toBe('');
  });
});

function tokenOf(pasted: string): string {
  const answer = execFileSync('/bin/sh', ['-c', pasted], { encoding: 'utf8' });
  return (JSON.parse(answer) as { data: { attributes: { token: string } } }).data.attributes.token;
}
