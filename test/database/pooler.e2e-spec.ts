import { jest } from '@jest/globals';
import pg from 'pg';
import { createDataSource, migrate, requireMigrated } from '../../src/database/index.js';
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
});
