import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from '../database/query.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { KithServer } from './kith-server.js';
import { StartWorld } from './start-world.js';

const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));
const PASSWORD = 'correct horse battery';
const CONNECTIONS = 3;

/** Whoever has no PgBouncer can do without: test/database/pooler asks for the same of the statements that are sent. */
const whereInstalled = PGBOUNCER ? describe : describe.skip;

whereInstalled('Two servers behind a real PgBouncer in transaction mode', () => {
  let world: StartWorld;
  let own: TestDatabase;
  let pooler: ChildProcess;
  let servers: KithServer[];
  let token: string;

  beforeAll(async () => {
    world = new StartWorld();
    own = await createTestDatabase();
    const pooled = new URL(own.url);
    const folder = world.folder('pooler');
    pooler = await startPooler(pooled, folder);
    pooled.searchParams.set('host', folder);
    const settings = {
      DATABASE_URL: pooled.href,
      PREPARED_STATEMENTS: 'false',
      ADMIN_PASSWORD: PASSWORD,
      JWT_SECRET: 'a secret of the tests that is long enough',
      DATA_DIR: world.folder('data'),
    };
    servers = [await KithServer.start({ settings }), await KithServer.start({ settings })];
    ({ token } = await servers[0]!.signIn(PASSWORD));
  });
  afterAll(async () => {
    await world.endProcesses();
    pooler.kill();
    await own.drop();
    await world.remove();
  });

  const post = (n: number, path: string, body: object, type?: string): Promise<Response> =>
    servers[n % servers.length]!.post(path, body, token, type);
  const person = (email: string): object => ({
    data: {
      ...{ type: 'person', attributes: { first_name: 'Ada' } },
      relationships: { groups: { data: [{ type: 'group', id: '1' }] } },
    },
    included: [{ type: 'email_address', attributes: { email } }],
  });

  it('many clients that post one person at once find one person', async () => {
    const emails = Array.from({ length: 40 }, (_, i) => (i % 2 ? 'ada@example.org' : `ADA@Example.org`));
    const answers = await Promise.all(emails.map((email, i) => post(i, '/apis/v4/people', person(email))));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(39).fill(200), 201]);
    expect(
      await query(own.url, `select count(*)::int as people from people where first_name = 'Ada'`),
    ).toEqual([{ people: 1 }]);
  });

  it('batches in opposite orders, from both of them at once, make each person once', async () => {
    const persons = Array.from({ length: 500 }, (_, i) => ({
      external_ref: `R-${i}`,
      email_address: `r${i}@example.org`,
      first_name: 'Rosa',
      group_ids: ['1'],
    }));
    const answers = await Promise.all(
      [persons, persons.toReversed(), persons, persons.toReversed()].map((sent, i) =>
        post(i, '/persons/multiple', { persons: sent }, 'application/json'),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [counted] = await query(
      own.url,
      `select count(*)::int as people, count(distinct m.external_ref)::int as refs
       from people p join group_memberships m on m.person_id = p.id where p.first_name = 'Rosa'`,
    );
    expect(counted).toEqual({ people: 500, refs: 500 });
  });

  it('have no more connections to the database than the pooler has', async () => {
    const [counted] = await query(
      own.url,
      `select count(*)::int as connections from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    expect(counted?.connections).toBeLessThanOrEqual(CONNECTIONS);
  });
});

const NOBODY = { uid: 65_534, gid: 65_534 };

/** Listens on a socket in `folder`. It refuses to run as root, and has to reach the socket of the database. */
async function startPooler(to: URL, folder: string): Promise<ChildProcess> {
  const socket = to.searchParams.get('host');
  const { uid, gid } = socket ? statSync(socket) : NOBODY;
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(
    config,
    `[databases]
* = host=${socket ?? to.hostname} port=${to.port || '5432'} user=${to.username}${to.password && ` password=${to.password}`}
[pgbouncer]
listen_addr =
listen_port = ${to.port || '5432'}
unix_socket_dir = ${folder}
auth_type = any
pool_mode = transaction
default_pool_size = ${CONNECTIONS}
`,
  );
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(folder, uid, gid);
  const child = spawn(PGBOUNCER!, [config], {
    ...(asRoot && { uid, gid }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ready = /process up/;
  for (let said = ''; !ready.test(said);) {
    const [bytes] = (await Promise.race([
      once(child.stderr, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`PgBouncer did not start:\n${said}`))),
    ])) as [Buffer];
    said += bytes.toString();
  }
  return child;
}
