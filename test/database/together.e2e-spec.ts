import sql from 'sql-template-tag';
import { createDataSource, Database, sqlState, together } from '../../src/database/index.js';
import { createTestDatabase } from '../support/test-database.js';

describe('Statements that are sent together', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    database = new Database(await createDataSource(own.url).initialize());
    await database.query(sql`create table things (id integer primary key)`);
  });
  beforeEach(() => database.query(sql`truncate things`));
  afterAll(async () => {
    await database.dataSource.destroy();
    await own.drop();
  });

  const add = (tx: Pick<Database, 'query'>, id: number) =>
    tx.query(sql`insert into things values (${id}::int)`);
  const ids = async (): Promise<unknown[]> =>
    (await database.query<{ id: number }>(sql`select id from things order by id`)).map(({ id }) => id);

  it('are done in their order, each seeing what those before it did', async () => {
    const count = (tx: Pick<Database, 'query'>) => tx.query(sql`select count(*)::int as n from things`);
    const counted = await database.transaction((tx) =>
      together(count(tx), add(tx, 1), count(tx), add(tx, 2), count(tx)),
    );
    expect(counted).toEqual([[{ n: 0 }], [], [{ n: 1 }], [], [{ n: 2 }]]);
    expect(await ids()).toEqual([1, 2]);
  });

  it('throw what went wrong, not that the rest could not be done', async () => {
    const slow = async (tx: Pick<Database, 'query'>): Promise<void> => {
      await add(tx, 2);
      await add(tx, 3);
    };
    const failed = database.transaction((tx) => together(slow(tx), tx.query(sql`select 1 / 0`), add(tx, 4)));
    await expect(failed.catch(sqlState)).resolves.toBe('22012');
    expect(await ids()).toEqual([]);
  });

  it('leave nothing behind when they fail, not even what was to follow one that went well', async () => {
    const follow = async (tx: Pick<Database, 'query'>, first: number): Promise<void> => {
      for (let id = first; id < first + 5; id += 1) await add(tx, id);
    };
    for (let i = 0; i < 20; i += 1) {
      const failed = database.transaction((tx) =>
        together(follow(tx, 10), tx.query(sql`select pg_sleep(0.001), 1 / 0`), follow(tx, 20)),
      );
      await expect(failed.catch(sqlState)).resolves.toBe('22012');
    }
    expect(await ids()).toEqual([]);
  });

  it('go out together where statements are limited in time as well', () => {
    expect(createDataSource(own.url, [], 5000).options).toMatchObject({
      extra: { pipeline: true, statement_timeout: 5000, idle_in_transaction_session_timeout: 5000 },
    });
  });

  it('may have the same name before PostgreSQL knows it', async () => {
    const fresh = (tx: Pick<Database, 'query'>, n: number) => tx.query(sql`select ${n}::int as fresh_of_all`);
    const found = await database.transaction((tx) => together(fresh(tx, 1), fresh(tx, 2), fresh(tx, 3)));
    expect(found).toEqual([[{ fresh_of_all: 1 }], [{ fresh_of_all: 2 }], [{ fresh_of_all: 3 }]]);
  });

  it('are tried again as a whole when another connection won', async () => {
    let attempts = 0;
    await database.transaction(async (tx) => {
      attempts += 1;
      await together(add(tx, attempts), attempts === 1 ? raise(tx, '40P01') : add(tx, 9), add(tx, 7));
    });
    expect(attempts).toBe(2);
    expect(await ids()).toEqual([2, 7, 9]);
  });

  const raise = (tx: Pick<Database, 'query'>, state: '40P01') => tx.query(sql`select raise_state(${state})`);
  beforeAll(() =>
    database.query(sql`create function raise_state(state text) returns void language plpgsql as
      $$ begin raise exception using errcode = state; end $$`),
  );
});
