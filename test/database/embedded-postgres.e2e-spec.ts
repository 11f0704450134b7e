import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killLeftovers, KithProcess, type Identity, type Surroundings } from './kith-process.js';
import { connect, query } from './query.js';

const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kith-embedded-'));
  await chmod(root, 0o755);
  mkdirSync(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const users: [string, Identity][] = isRoot
  ? [
      ['started by root', {}],
      ['started by an ordinary user', NOBODY],
    ]
  : [['started by an ordinary user', {}]];

describe.each(users)('The embedded PostgreSQL, %s', (user, as) => {
  let dataDir: string;
  let around: Surroundings;
  const start = (settings?: Record<string, string>) => KithProcess.start({ dataDir, settings }, around);

  beforeAll(async () => {
    const home = join(root, user.replaceAll(' ', '-'));
    mkdirSync(home);
    if (as.uid !== undefined) await chown(home, as.uid, as.gid!);
    dataDir = join(home, '.kith');
    around = { as, tmp: join(root, 'tmp') };
  });

  beforeAll(async () => {
    const kith = await start();
    await query(kith.report.url, 'create table kept (id int)');
    await kith.stop();
  });

  // Whatever a failed test leaves running must not reach into the next one.
  afterEach(() => killLeftovers(readdirSync(dirname(dataDir)).map((name) => join(dirname(dataDir), name))));

  test('makes one cluster at the first start when processes begin at the same instant', async () => {
    const fresh = `${dataDir}-at-once`;
    const begin = () => KithProcess.start({ dataDir: fresh, settings: { fsync: 'off' } }, around);
    const all = await Promise.all([begin(), begin(), begin()]);
    expect(all.filter(({ report }) => report.adopted)).toHaveLength(2);
    expect(new Set(await Promise.all(all.map(postmasterStart))).size).toBe(1);
    expect(readdirSync(fresh).sort()).toEqual(['postgres', 'postgres.log']);
    await Promise.all(all.map((each) => each.stop()));
    expect(isRunning(fresh)).toBe(false);
  });

  test('keeps its data between starts, and is durable unless settings say otherwise', async () => {
    const kith = await start();
    expect(kith.report.adopted).toBe(false);
    expect(await query(kith.report.url, 'table kept')).toEqual([]);
    expect(await query(kith.report.url, `select current_setting('fsync') as fsync`)).toEqual([
      { fsync: 'on' },
    ]);
    expect(await query(kith.report.url, `select lower('ÉÄ') as text`)).toEqual([{ text: 'éä' }]);
    await kith.stop();
    const careless = await start({ fsync: 'off' });
    expect(await query(careless.report.url, 'show fsync')).toEqual([{ fsync: 'off' }]);
    await careless.stop();
  });

  test('ends up with one server when two processes start an existing cluster at the same instant', async () => {
    const both = await Promise.all([start(), start()]);
    expect(new Set(await Promise.all(both.map(postmasterStart))).size).toBe(1);
    await Promise.all(both.map((each) => each.stop()));
    expect(isRunning(dataDir)).toBe(false);
  });

  test('is shared by a second process, and ended by the last one only', async () => {
    const [first, second] = [await start(), await start()];
    expect([first.report.adopted, second.report.adopted]).toEqual([false, true]);
    await first.stop();
    await query(second.report.url, 'table kept');
    await second.stop();
    expect(isRunning(dataDir)).toBe(false);
  });

  test('is left running for a session of another program', async () => {
    const kith = await start();
    const psql = await connect(kith.report.url.replace(/application_name=[^&]*/, 'application_name=psql'));
    await kith.stop();
    await psql.query('table kept');
    await psql.end();
    await (await start()).stop();
    expect(isRunning(dataDir)).toBe(false);
  });

  test('is adopted after the process that started it was killed', async () => {
    await (await start()).kill();
    const next = await start();
    expect(next.report.adopted).toBe(true);
    await next.stop();
    expect(isRunning(dataDir)).toBe(false);
  });

  test('survives Ctrl-C in the terminal of the process that started it', async () => {
    await (await start()).pressCtrlC();
    const next = await start();
    expect(next.report.adopted).toBe(true);
    await next.stop();
  });

  test('does not keep Node from ending', async () => {
    const idle = await KithProcess.start({ dataDir }, around, { IDLE: '1' });
    expect(await idle.exit()).toBe(0);
    await (await start()).stop();
  });

  test('recovers after PostgreSQL itself was killed', async () => {
    const kith = await start();
    await query(kith.report.url, 'insert into kept values (1)');
    process.kill(postmaster(dataDir), 'SIGKILL');
    await kith.kill();
    const next = await start();
    expect(next.report.adopted).toBe(false);
    expect(await query(next.report.url, 'table kept')).toEqual([{ id: 1 }]);
    await next.stop();
  });

  test('holds on to a cluster whose server restarted its sessions after a crash', async () => {
    const [crashed, other] = [await start(), await start()];
    const sessions = `select pid from pg_stat_activity where application_name ^@ 'kith-'`;
    const [victim] = await query(other.report.url, `${sessions} and pid <> pg_backend_pid() limit 1`);
    process.kill(Number(victim?.pid), 'SIGKILL');
    await until(async () => {
      const live = await query(other.report.url, sessions).catch(() => []);
      return live.length >= 3 && live.every(({ pid }) => pid !== victim?.pid);
    });
    await crashed.stop();
    await query(other.report.url, 'table kept');
    await other.stop();
    expect(isRunning(dataDir)).toBe(false);
  });

  test('starts although the number in a left-over lock file now belongs to another program', async () => {
    const bystander = KithProcess.launch({ dataDir: '/nowhere' }, { ...around, as: ownerOf(dataDir) });
    const lines = `${bystander.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n/nowhere\n\n`;
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), lines);
    bystander.kill('SIGSTOP'); // alive, and doing nothing, for as long as we look
    const kith = await start();
    expect(kith.report.adopted).toBe(false);
    await kith.stop();
    bystander.kill('SIGKILL');
  });

  test('starts although a crash of the machine left an empty lock file', async () => {
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(file, '');
    utimesSync(file, 1_000_000_000, 1_000_000_000);
    await (await start()).stop();
    expect(isRunning(dataDir)).toBe(false);
  });

  test('never takes the work of an interrupted initdb for a cluster', async () => {
    const fresh = `${dataDir}-interrupted`;
    const child = KithProcess.launch({ dataDir: fresh }, around);
    await until(() => halfMade(fresh).some((name) => existsSync(join(fresh, name, 'PG_VERSION'))));
    process.kill(-child.pid!, 'SIGKILL');
    expect(readdirSync(fresh)).not.toContain('postgres');
    const kith = await KithProcess.start({ dataDir: fresh }, around);
    expect(halfMade(fresh)).toEqual([]);
    await kith.stop();
  });

  test('works below a path that is too long for a socket', async () => {
    const deep = join(`${dataDir}-${'long-'.repeat(20)}`, 'and-longer-'.repeat(10));
    const kith = await KithProcess.start({ dataDir: deep, settings: { fsync: 'off' } }, around);
    expect(await query(kith.report.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await kith.stop();
  });

  test('cuts its log when that has grown past ten megabytes', async () => {
    truncateSync(join(dataDir, 'postgres.log'), 11 * 1024 * 1024);
    await (await start()).stop();
    expect(statSync(join(dataDir, 'postgres.log')).size).toBeLessThan(10_000);
  });

  test('says why when PostgreSQL does not start', async () => {
    const failure = KithProcess.failure({ dataDir, settings: { shared_buffers: 'lots' } }, around);
    expect(await failure).toMatch(/^EmbeddedPostgresError: PostgreSQL did not start .*shared_buffers/s);
  });

  test('refuses a cluster of another major version with a way out', async () => {
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const good = readFileSync(version);
    writeFileSync(version, '17\n');
    const failure = await KithProcess.failure({ dataDir }, around);
    writeFileSync(version, good);
    expect(failure).toMatch(/made by PostgreSQL 17.*pg_dump/);
  });
});

function halfMade(dataDir: string): string[] {
  return existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.includes('.init-')) : [];
}

function ownerOf(dataDir: string): Identity {
  const { uid, gid } = statSync(join(dataDir, 'postgres'));
  return isRoot ? { uid, gid } : {};
}

function postmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function isRunning(dataDir: string): boolean {
  return existsSync(join(dataDir, 'postgres', 'postmaster.pid'));
}

async function postmasterStart({ report }: KithProcess): Promise<string> {
  return JSON.stringify(await query(report.url, 'select pg_postmaster_start_time() as at'));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await delay(5)) {
    if (Date.now() > deadline) throw new Error('It did not come about within 10 s');
  }
}
