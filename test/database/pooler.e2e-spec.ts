import { jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDataSource, migrate, openDataSource, requireMigrated } from '../../src/database/index.js';
import { ADMIN, bootApp } from '../support/boot-app.js';
import { ApiClient } from '../support/api-client.js';
import { createTestDatabase } from '../support/test-database.js';

interface Sent {
  readonly text: string;
  readonly name?: string;
}

/** What reaches PostgreSQL while `work` is done, with the names of statements. */
async function sentBy(work: () => Promise<unknown>): Promise<Sent[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([given]) =>
      typeof given === 'string' ? { text: given } : (given as unknown as Sent),
    );
  } finally {
    query.mockRestore();
  }
}

/** A sign-in, a person made, matched, read and gone again: every kind of statement. */
async function aDay(settings: NodeJS.ProcessEnv): Promise<Sent[]> {
  const server = await bootApp(settings);
  try {
    return await sentBy(async () => {
      const attributes = { email: ADMIN.email, password: ADMIN.password };
      const signedIn = await new ApiClient(server.app).post('/sessions', {
        data: { type: 'session', attributes },
      });
      const api = new ApiClient(server.app, signedIn.header('x-mh-session'));
      const person = {
        data: { type: 'person', attributes: { first_name: 'Ada' } },
        included: [{ type: 'email_address', attributes: { email: 'ada@example.org' } }],
      };
      const made = await api.post('/people', person, { 'idempotency-key': 'one' });
      expect(made.status).toBe(201);
      expect((await api.post('/people', person)).status).toBe(200);
      expect((await api.get('/people?include=email_addresses&filter[q]=ada')).status).toBe(200);
      expect((await api.delete(made.one.links.self)).status).toBe(204);
    });
  } finally {
    await server.close();
  }
}

/** What a connection would keep when its transaction has ended. */
const OF_THE_SESSION =
  /\bset (?!local|first|last|\w+ =|transaction)|pg_advisory_lock|\blisten\b|\btemp(orary)?\b|\bprepare\b|declare .* with hold/i;

describe('Behind a pooler that gives each transaction another connection', () => {
  it('statements have no names when PREPARED_STATEMENTS is false, and have them otherwise', async () => {
    const plain = await aDay({ PREPARED_STATEMENTS: 'false' });
    expect(plain.length).toBeGreaterThan(20);
    expect(plain.filter(({ name }) => name !== undefined)).toEqual([]);
    const named = await aDay({});
    expect(named.filter(({ name }) => name !== undefined).length).toBeGreaterThan(20);
  });

  it('nothing is left with the connection: no lock, no setting, no table of the session', async () => {
    const sent = await aDay({ PREPARED_STATEMENTS: 'false' });
    expect(sent.map(({ text }) => text).filter((text) => OF_THE_SESSION.test(text))).toEqual([]);
  });

  it('a database that is migrated is started on without a lock, and another one only migrated directly', async () => {
    const own = await createTestDatabase();
    const dataSource = await createDataSource(own.url).initialize();
    try {
      const sent = await sentBy(() => migrate(dataSource));
      expect(sent.filter(({ text }) => OF_THE_SESSION.test(text))).toEqual([]);
      await expect(requireMigrated(dataSource)).resolves.toBeUndefined();
      await dataSource.undoLastMigration({ transaction: 'each' });
      await expect(requireMigrated(dataSource)).rejects.toThrow(/start once without it/);
      await dataSource.query('drop table migrations');
      await expect(requireMigrated(dataSource)).rejects.toThrow(/start once without it/);
    } finally {
      await dataSource.destroy();
      await own.drop();
    }
  });

  it('limits of statements are left to the role where the pooler lets no setting through', async () => {
    const own = await createTestDatabase();
    const pooler = await strictPooler(new URL(own.url));
    try {
      const direct = await openDataSource(own.url, 5000);
      expect(await direct.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
      await direct.destroy();
      const pooled = await openDataSource(pooler.url, 5000);
      expect(await pooled.query('show statement_timeout')).toEqual([{ statement_timeout: '0' }]);
      await pooled.destroy();
    } finally {
      await pooler.close();
      await own.drop();
    }
  });
});

/** Refuses what PgBouncer refuses, unless it is told to ignore it, and else hands everything on. */
async function strictPooler(to: URL): Promise<{ readonly url: string; close(): Promise<void> }> {
  const text = (letter: string, value: string): string => `${letter}${value}\0`;
  const fields =
    text('S', 'FATAL') + text('C', '08P01') + text('M', 'unsupported startup parameter: statement_timeout');
  const body = Buffer.from(`${fields}\0`);
  const refusal = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), body]);
  refusal.writeInt32BE(body.length + 4, 1);
  const socket = `.s.PGSQL.${to.port || '5432'}`;
  const real = join(String(to.searchParams.get('host')), socket);
  const server = createServer((client) => {
    client
      .on('error', () => undefined)
      .once('data', (first) => {
        if (first.includes('statement_timeout')) return client.end(refusal);
        const database = connect(real, () => database.write(first));
        return client.pipe(database.on('error', () => undefined)).pipe(client);
      });
  });
  const folder = await mkdtemp(join(tmpdir(), 'kith-pooler-'));
  await new Promise<void>((ready) => server.listen(join(folder, socket), ready));
  const url = new URL(to);
  url.searchParams.set('host', folder);
  const close = async (): Promise<void> => {
    server.close();
    await rm(folder, { recursive: true });
  };
  return { url: url.href, close };
}
