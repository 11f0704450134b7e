import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { createDataSource, Database, sqlState } from '../../src/database/index.js';
import { createTestDatabase } from '../support/test-database.js';

describe('Brief statements', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    database = new Database(await createDataSource(own.url).initialize());
  });
  afterAll(async () => {
    await database.dataSource.destroy();
    await own.drop();
  });

  const pool = (): Pool => (database.dataSource.driver as unknown as { master: Pool }).master;
  const ask = async (n: number): Promise<[number, number]> => {
    const [row] = await database.brief.query<{ n: number; pid: number }>(
      sql`select ${n}::int as n, pg_backend_pid() as pid`,
    );
    return [row?.n as number, row?.pid as number];
  };
  const many = (): Promise<[number, number][]> => Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));

  it('of many at once share a connection, and each gets its own rows', async () => {
    const answers = await many();
    expect(answers.map(([n]) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(new Set(answers.map(([, pid]) => pid)).size).toBe(1);
  });

  it('give the connection back when nobody asks any more', async () => {
    await many();
    expect([pool().totalCount - pool().idleCount, pool().waitingCount]).toEqual([0, 0]);
  });

  it('fail each by itself', async () => {
    const failing = database.brief.query(sql`select 1 / ${0}::int`).catch(sqlState);
    const answers = await Promise.all([ask(1), failing, ask(2)]);
    expect(answers).toEqual([[1, expect.any(Number)], '22012', [2, expect.any(Number)]]);
    expect((await ask(3))[0]).toBe(3);
  });

  it('are asked on another connection when theirs is lost', async () => {
    const [, pid] = await ask(1);
    const lost = database.brief.query(sql`select pg_terminate_backend(pg_backend_pid())`).catch(sqlState);
    expect(await Promise.all([lost, ask(2).catch(sqlState)])).not.toContainEqual([2, pid]);
    const answers = await many();
    expect(answers.map(([n]) => n)).toHaveLength(50);
    expect(answers[0]?.[1]).not.toBe(pid);
  });
});

describe('A list that a statement names several times', () => {
  it('is bound once, and others that look alike are not', async () => {
    const own = await createTestDatabase();
    const database = new Database(await createDataSource(own.url).initialize());
    try {
      const ids = ['1', '2'];
      const rows = await database.query(
        sql`select ${ids}::bigint[] as one, ${ids}::text[] as two, ${['1', '2']}::text[] as three, ${'x'}::text as x, ${'x'}::text as y`,
      );
      expect(rows).toEqual([{ one: ids, two: ids, three: ids, x: 'x', y: 'x' }]);
    } finally {
      await database.dataSource.destroy();
      await own.drop();
    }
  });
});
