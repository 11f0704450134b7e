import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clusterOf, copyProject, KithServer, postmasterOf, PROJECT } from './kith-server.js';
import { StartWorld } from './start-world.js';

const NOBODY = { uid: 65534, gid: 65534 };
const SYSTEM_FOLDER = '/var/lib/kith';
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
// A clone below a closed home cannot be read by others; nothing but a full copy of it could be run by them.
const asRootInTheOpen =
  isRoot && spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', PROJECT], NOBODY).status === 0 ? it : it.skip;

describe('The user who starts it', () => {
  let world: StartWorld;

  beforeAll(() => {
    world = new StartWorld();
  });
  afterEach(() => world.endProcesses());
  afterAll(() => world.remove());

  it('gets a data folder in the folder of the project, where nothing else says so', async () => {
    const project = copyProject(world.folder('project'));
    const dataDir = join(project, '.kith');
    world.watch(dataDir);
    const settings = { TMPDIR: join(world.root, 'tmp') };
    const kith = await KithServer.start({ settings, project });
    expect(kith.output).toContain('PostgreSQL in .kith/');
    expect(postmasterOf(dataDir)).toBeDefined();
    expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
    expect(await kith.end()).toBe(0);
  });

  asRootInTheOpen('may be an ordinary one when this is root', async () => {
    const home = world.folder('home-of-nobody', 0o700);
    chownSync(home, NOBODY.uid, NOBODY.gid);
    const settings = { ...world.embedded('home-of-nobody/.kith'), HOME: home };
    const kith = await KithServer.start({ settings, ...NOBODY });
    expect((await kith.signIn(kith.password!)).status).toBe(201);
    expect(statSync(`/proc/${postmasterOf(settings.DATA_DIR)}`).uid).toBe(NOBODY.uid);
    expect(statSync(settings.DATA_DIR).mode & 0o777).toBe(0o700);
    expect(await kith.end()).toBe(0);
    const again = await KithServer.start({ settings, ...NOBODY });
    expect(await again.end()).toBe(0);
  });

  asRoot('may be root with the project below a closed home', async () => {
    const existed = existsSync(SYSTEM_FOLDER);
    const home = world.folder('home-of-root', 0o700);
    const project = join(home, 'project');
    mkdirSync(project);
    copyProject(project);
    const dataDir = join(project, '.kith');
    world.watch(dataDir);
    const settings = { TMPDIR: join(world.root, 'tmp'), ADMIN_PASSWORD: 'correct horse battery' };
    try {
      const kith = await KithServer.start({ settings, project });
      expect(dirname(clusterOf(dataDir))).toBe(SYSTEM_FOLDER);
      const { token } = await kith.signIn(settings.ADMIN_PASSWORD);
      await kith.createGroup('Kept', token);
      expect(await kith.end()).toBe(0);

      const again = await KithServer.start({ settings, project });
      expect(await again.groupNames(token)).toEqual(['Home', 'Kept']);
      expect(await again.end()).toBe(0);
      expect(statSync(home).mode & 0o777).toBe(0o700);
    } finally {
      await world.endProcesses();
      const cluster = clusterOf(dataDir);
      if (dirname(cluster) === SYSTEM_FOLDER)
        for (const path of [cluster, `${cluster}.log`]) rmSync(path, { recursive: true, force: true });
      if (!existed && existsSync(SYSTEM_FOLDER) && readdirSync(SYSTEM_FOLDER).length === 0)
        rmSync(SYSTEM_FOLDER, { recursive: true });
    }
  });
});
