import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import sql, { raw } from 'sql-template-tag';
import { createApp } from '../../src/app.setup.js';
import { ensureFirstAdministrator } from '../../src/auth/index.js';
import { readEnv } from '../../src/config/index.js';
import { createDataSource, Database, requireMigrated, sqlState } from '../../src/database/index.js';
import { ApiClient } from '../support/api-client.js';
import { ADMIN } from '../support/boot-app.js';
import { ATOMIC_TYPE } from '../support/operations-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const SCRIPT = readFileSync(new URL('../../scripts/server-role.sql', import.meta.url), 'utf8');
const TIMEOUT_MS = 1500;

/** The server on connections of the role that scripts/server-role.sql makes; the tables are the owner's. */
describe('A role that reads and writes rows, and no more', () => {
  const role = `kith_server_${randomBytes(4).toString('hex')}`;
  const dataDir = join(tmpdir(), role);
  let own: TestDatabase;
  let owner: Client;
  let database: Database;
  let app: NestFastifyApplication;
  let api: ApiClient;

  beforeAll(async () => {
    own = await createTestDatabase();
    owner = new Client({ connectionString: own.url });
    await owner.connect();
    await owner.query(SCRIPT.replaceAll('kith_server', role));
    const url = new URL(own.url);
    url.username = role;
    url.password = 'a password of your own';
    const dataSource = await createDataSource(url.href, [], TIMEOUT_MS).initialize();
    database = new Database(dataSource);
    await requireMigrated(dataSource);
    const env = readEnv({
      ...{
        LOG_LEVEL: 'silent',
        JWT_SECRET: 'a secret of the tests that is long enough',
        DATABASE_URL: url.href,
      },
      ...{ ADMIN_PASSWORD: ADMIN.password, DATA_DIR: dataDir },
    });
    await ensureFirstAdministrator(database, env);
    app = await createApp(env, database);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const session = await new ApiClient(app).post('/sessions', {
      data: { type: 'session', attributes: ADMIN },
    });
    api = new ApiClient(app, session.header('x-mh-session'));
  });
  afterAll(async () => {
    await app.close();
    await database.dataSource.destroy();
    await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await own.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const person = (first_name: string) => ({
    data: { type: 'person', attributes: { first_name } },
    included: [{ type: 'email_address', attributes: { email: `${first_name.toLowerCase()}@example.org` } }],
  });

  it('is enough to serve with: people, groups, batches, operations, logins, clients, keys', async () => {
    const made = await api.post('/people', person('Nora'), { 'idempotency-key': 'once' });
    expect(made.status).toBe(201);
    const { id } = made.one;
    const change = { data: { type: 'person', id, attributes: { last_name: 'Helmer' } } };
    expect((await api.patch(`/people/${id}`, change)).status).toBe(200);
    const login = {
      data: {
        ...{ type: 'user', attributes: { email: 'nora@example.org' } },
        relationships: { person: { data: { type: 'person', id } } },
      },
    };
    expect((await api.post('/users', login)).status).toBe(201);
    expect(
      (await api.post('/api_clients', { data: { type: 'api_client', attributes: { name: 'Sync' } } })).status,
    ).toBe(201);
    const group = { type: 'group', lid: 'g', attributes: { name: 'New' } };
    const operations = { 'atomic:operations': [{ op: 'add', data: group }] };
    const spoken = { 'content-type': ATOMIC_TYPE, accept: ATOMIC_TYPE };
    expect((await api.post('/operations', operations, spoken)).status).toBe(200);
    const persons = Array.from({ length: 700 }, (_, i) => ({
      first_name: `P${i}`,
      email_address: `p${i}@example.org`,
    }));
    const batch = await app.inject({
      ...{ method: 'POST', url: '/persons/multiple', payload: { persons } },
      headers: { ...api.authorization, 'content-type': 'application/json' },
    });
    expect(batch.json<{ success: boolean }>().success).toBe(true);
    expect((await api.get('/people?filter[q]=helmer&include=group_memberships.group')).ids).toEqual([id]);
    expect((await api.delete(`/people/${id}`)).status).toBe(204);
  });

  it.each([
    'create table public.mine (id int)',
    'create schema mine',
    'drop table people',
    'truncate people',
    'alter table people add column mine int',
    'create index on people (gender)',
    'alter table people disable trigger all',
    'insert into migrations (timestamp, name) values (1, $$x$$)',
    'select * from pg_authid',
    'create role mine',
    `copy people to program 'cat'`,
    `select pg_read_file('/etc/passwd')`,
  ])('may not: %s', async (statement) => {
    const refusal = await database.query(sql`${raw(statement)}`).catch((error: unknown) => sqlState(error));
    expect(refusal).toBe('42501');
  });

  it('ends statements that take too long, which is 503 to whoever asked', async () => {
    const refusal = await database.query(sql`select pg_sleep(10)`).catch((error: unknown) => sqlState(error));
    expect(refusal).toBe('57014');
    await owner.query('begin; lock table people in access exclusive mode');
    const answer = await api.get('/people').finally(() => owner.query('rollback'));
    expect([answer.refusal, answer.header('retry-after')]).toEqual([
      { status: 503, errors: [['unavailable', undefined]] },
      '2',
    ]);
    expect((await api.get('/people')).status).toBe(200);
  });
});
