import { jest } from '@jest/globals';
import { Socket } from 'node:net';
import pg from 'pg';
import sql from 'sql-template-tag';
import { createDataSource, Database, sqlState, type Transaction } from '../../src/database/index.js';
import { createTestDatabase } from '../support/test-database.js';

describe('A transaction', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    database = new Database(await createDataSource(own.url).initialize());
    await database.query(sql`create table things (id integer primary key)`);
    await database.query(sql`create function raise_state(state text) returns void language plpgsql as
      $$ begin raise exception using errcode = state; end $$`);
  });
  beforeEach(() => database.query(sql`truncate things`));
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await database.dataSource.destroy();
    await own.drop();
  });

  const adding = (id: number) => sql`insert into things values (${id}::int)`;
  const counting = sql`select count(*)::int as n from things`;
  const raising = (state: string) => sql`select raise_state(${state})`;
  const ids = async (): Promise<unknown[]> =>
    (await database.query<{ id: number }>(sql`select id from things order by id`)).map(({ id }) => id);
  const failing = (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
    database.transaction(work).then(() => 'done', sqlState);

  it('does what is sent before what is asked next, and before its end', async () => {
    const seen = await database.transaction(async (tx) => {
      tx.send(adding(1));
      tx.send(adding(2));
      const counted = await tx.query(counting);
      tx.send(adding(3));
      return counted;
    });
    expect(seen).toEqual([{ n: 2 }]);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('begins with what it asks first, and sends what nobody waits for with what comes next', async () => {
    const { _write, _writev } = Socket.prototype as unknown as Record<'_write' | '_writev', unknown>;
    expect([typeof _write, typeof _writev]).toEqual(['function', 'function']);
    const writes = [
      jest.spyOn(Socket.prototype, '_write'),
      jest.spyOn(Socket.prototype, '_writev' as '_write'),
    ];
    await database.transaction(async (tx) => {
      await tx.query(counting);
      tx.send(adding(1));
      tx.send(adding(2));
      await tx.query(counting);
      tx.send(adding(3));
    });
    expect(writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(3);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('throws what something that was sent failed with, from what is asked next, and undoes all', async () => {
    const state = await failing(async (tx) => {
      tx.send(adding(1));
      tx.send(sql`select 1 / 0`);
      tx.send(adding(2));
      await tx.query(counting);
    });
    expect(state).toBe('22012');
    expect(await ids()).toEqual([]);
  });

  it('throws it at its end when nothing was asked any more', async () => {
    const done: string[] = [];
    const state = await failing(async (tx) => {
      await tx.query(counting);
      tx.afterCommit(() => done.push('committed'));
      tx.send(adding(1));
      tx.send(sql`select 1 / 0`);
    });
    expect([state, done, await ids()]).toEqual(['22012', [], []]);
  });

  it('does not commit what somebody has overlooked the failure of', async () => {
    const state = await failing(async (tx) => {
      await tx.query(adding(1));
      await tx.query(sql`select 1 / 0`).catch(() => undefined);
    });
    expect([state, await ids()]).toEqual(['22012', []]);
  });

  it.each(['40P01', '40001', '23505', '23503'])(
    'is done again as a whole when something sent meets %s',
    async (state) => {
      let attempts = 0;
      await database.transaction(async (tx) => {
        attempts += 1;
        await tx.query(counting);
        tx.send(adding(attempts));
        if (attempts === 1) tx.send(raising(state));
      });
      expect([attempts, await ids()]).toEqual([2, [2]]);
    },
  );

  it('writes nothing when it cannot begin', async () => {
    const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      const [statement] = args as [{ text: string }];
      if (statement.text.startsWith('begin')) statement.text = 'begin what there is not';
      return query.call(this, ...args);
    } as never);
    const states = [
      await failing((tx) => tx.query(adding(1))),
      await failing(async (tx) => tx.send(adding(2))),
      await failing(async (tx) => {
        tx.send(adding(3));
        await tx.query(counting);
      }),
      await failing(async (tx) => {
        await tx.query(counting);
        tx.send(adding(4));
      }),
    ];
    jest.restoreAllMocks();
    expect([states, await ids()]).toEqual([Array(4).fill('42601'), []]);
  });

  it('lets nothing be written after its end', async () => {
    let straggler: Promise<unknown> | undefined;
    const state = await failing(async (tx) => {
      straggler = tx
        .query(sql`select pg_sleep(0.001)`)
        .then(() => tx.query(adding(1)))
        .then(
          () => 'written',
          () => 'refused',
        );
      throw Object.assign(new Error('The work has failed.'), { code: 'own' });
    });
    expect([state, await straggler, await ids()]).toEqual(['own', 'refused', []]);
  });

  it('fails with its connection, which nobody else gets then', async () => {
    const state = await failing(async (tx) => {
      await tx.query(adding(1));
      await tx.query(sql`select pg_terminate_backend(pg_backend_pid())`);
    });
    expect([state, await ids()]).toEqual(['57P01', []]);
    await database.transaction((tx) => tx.query(adding(2)));
    expect(await ids()).toEqual([2]);
  });
});
