import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../../src/database/index.js';
import { createTestDatabase } from '../support/test-database.js';

type Column = {
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly is_nullable: string;
};

const TYPES: Record<string, string> = { 'timestamp with time zone': 'timestamptz', ARRAY: 'bigint' };

describe('The migrations', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>;
  let dataSource: DataSource;

  beforeEach(async () => {
    own = await createTestDatabase();
    dataSource = await createDataSource(own.url).initialize();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await own.drop();
  });

  const undoAll = async (): Promise<void> => {
    for (let left = dataSource.migrations.length; left > 0; left -= 1)
      await dataSource.undoLastMigration({ transaction: 'each' });
  };

  const tables = async (): Promise<string[]> =>
    (
      await dataSource.query<{ name: string }[]>(
        `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
      )
    )
      .map(({ name }) => name)
      .filter((name) => name !== 'migrations');

  test('lead back to nothing, from data, and forward again', async () => {
    await dataSource.query(`insert into people (first_name) values ('Ada')`);
    await dataSource.query(
      `insert into email_addresses (person_id, email, normal_form) select id, 'a', 'a' from people`,
    );
    const before = await tables();
    expect(before).toEqual(expect.arrayContaining(dataSource.entityMetadatas.map((of) => of.tableName)));
    await undoAll();
    expect(await tables()).toEqual([]);
    await migrate(dataSource);
    expect(await tables()).toEqual(before);
  });

  test('leave the oldest of the personal assignments that are one again without their makers', async () => {
    const undoDownTo = async (name: string): Promise<void> => {
      const names = dataSource.migrations.map((one) => one.name ?? '');
      for (let left = names.length - names.indexOf(name); left > 0; left -= 1)
        await dataSource.undoLastMigration({ transaction: 'each' });
    };
    await dataSource.query(`
      insert into people (id, first_name) overriding system value values (1, 'a'), (2, 'b'), (3, 'c');
      insert into groups (id, name) overriding system value values (1, 'g');
      insert into contact_assignments (person_id, assigned_to_id, assigned_by_id, group_id, note) values
        (1, 2, 2, null, 'first'), (1, 2, 3, null, 'second'), (1, 2, null, null, 'nobody''s'),
        (1, 2, 2, 1, 'of the group'), (2, 1, 3, null, 'another')`);
    const notes = async (): Promise<string[]> =>
      (await dataSource.query<{ note: string }[]>(`select note from contact_assignments order by id`)).map(
        ({ note }) => note,
      );
    await undoDownTo('KeepPersonalAssignmentsApart1764002200000');
    expect(await notes()).toEqual(['first', 'of the group', 'another']);
    await expect(
      dataSource.query(
        `insert into contact_assignments (person_id, assigned_to_id, assigned_by_id) values (1, 2, 3)`,
      ),
    ).rejects.toMatchObject({ driverError: { constraint: 'contact_assignments_once' } });
    await migrate(dataSource);
    await dataSource.query(
      `insert into contact_assignments (person_id, assigned_to_id, assigned_by_id, note) values (1, 2, 3, 'again')`,
    );
    expect(await notes()).toEqual(['first', 'of the group', 'another', 'again']);
  });

  test('run once, whoever starts at the same moment', async () => {
    await undoAll();
    const others = await Promise.all([1, 2, 3].map(() => createDataSource(own.url).initialize()));
    await Promise.all(others.map(migrate));
    await Promise.all(others.map((other) => other.destroy()));
    expect(await dataSource.query('select count(*)::int as ran from migrations')).toEqual([
      { ran: dataSource.migrations.length },
    ]);
  });

  test('do without pg_trgm for a role that may not have it, and index the search for one that may', async () => {
    const searchIndexes = () =>
      dataSource.query<{ name: string }[]>(
        `select indexname as name from pg_indexes where indexname like '%\\_search\\_idx' order by 1`,
      );
    expect((await searchIndexes()).map(({ name }) => name)).toEqual([
      'email_addresses_search_idx',
      'people_names_search_idx',
      'phone_numbers_search_idx',
    ]);
    await undoAll();
    await dataSource.query('drop table migrations; drop extension pg_trgm');
    const role = `kith_plain_${randomBytes(4).toString('hex')}`;
    await dataSource.query(`create role ${role}; grant create, usage on schema public to ${role}`);
    const url = new URL(own.url);
    url.searchParams.set('options', `-c role=${role}`);
    const plain = await createDataSource(url.href.replaceAll('+', '%20')).initialize();
    try {
      await migrate(plain);
      expect(await tables()).not.toEqual([]);
      expect(await searchIndexes()).toEqual([]);
      for (let left = plain.migrations.length; left > 0; left -= 1)
        await plain.undoLastMigration({ transaction: 'each' });
    } finally {
      await plain.destroy();
      await dataSource.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  test('and the entities name the same columns, types and nulls', async () => {
    const stored = await dataSource.query<Column[]>(
      `select table_name, column_name, data_type, is_nullable
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'public' and table_name <> 'migrations' and table_type = 'BASE TABLE'`,
    );
    const inTables = stored.map(({ table_name, column_name, data_type, is_nullable }) =>
      [
        table_name,
        column_name,
        TYPES[data_type] ?? data_type,
        is_nullable === 'YES' ? 'null' : 'not null',
      ].join(' '),
    );
    const inEntities = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
      columns.map((column) =>
        [tableName, column.databaseName, String(column.type), column.isNullable ? 'null' : 'not null'].join(
          ' ',
        ),
      ),
    );
    expect(inEntities.sort()).toEqual(inTables.sort());
  });

  test('can be asked about by the TypeORM command line', async () => {
    const env = { ...process.env, DATABASE_URL: own.url, NODE_OPTIONS: '' };
    const { stdout } = await promisify(execFile)('npm', ['run', 'typeorm', '--', 'migration:show'], { env });
    expect(stdout).toMatch(/\[X\].*CreatePeople1764000000000/);
  });

  test('name every constraint so that a person can read it', async () => {
    const names = await dataSource.query<{ name: string }[]>(
      `select conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid::regclass::text <> 'migrations'`,
    );
    expect(names.filter(({ name }) => !/^[a-z][a-z0-9_]+$/.test(name) || /\d$/.test(name))).toEqual([]);
  });

  test.each([
    [
      `insert into email_addresses (person_id, email, normal_form) values (1, 'x', 'x'), (1, 'X', 'x')`,
      'email_addresses_once_per_person',
    ],
    [
      `insert into email_addresses (person_id, email, normal_form, is_primary) values (1, 'x', 'x', true), (1, 'y', 'y', true)`,
      'email_addresses_one_primary',
    ],
    [
      `insert into phone_numbers (person_id, number, normal_form, is_primary) values (1, '1', '1', true), (1, '2', '2', true)`,
      'phone_numbers_one_primary',
    ],
    [
      `insert into group_memberships (person_id, group_id) values (1, 1), (1, 1)`,
      'group_memberships_once_per_person',
    ],
    [
      `insert into group_memberships (person_id, group_id, external_ref) values (1, 1, 'r'), (2, 1, 'r')`,
      'group_memberships_external_ref_once',
    ],
    [
      `insert into group_memberships (person_id, group_id, role) values (1, 1, 'king')`,
      'group_memberships_role_known',
    ],
    [
      `insert into contact_assignments (person_id, assigned_to_id, group_id, assigned_by_id) values (1, 2, 1, 1), (1, 2, 1, 2)`,
      'contact_assignments_once',
    ],
    [
      `insert into contact_assignments (person_id, assigned_to_id) values (1, 2), (1, 2)`,
      'contact_assignments_once_per_maker',
    ],
    [
      `insert into contact_assignments (person_id, assigned_to_id, assigned_by_id) values (1, 2, 1), (1, 2, 2), (1, 2, 1)`,
      'contact_assignments_once_per_maker',
    ],
    [
      `insert into contact_assignments (person_id, assigned_to_id) values (1, 1)`,
      'contact_assignments_not_to_oneself',
    ],
    [`update groups set parent_id = id`, 'groups_not_own_parent'],
    [
      `insert into groups (id, name, external_ref) overriding system value values (7, 'a', 'r'), (8, 'b', 'r')`,
      'groups_external_ref_once',
    ],
    [
      `insert into email_addresses (person_id, email, normal_form) values (99, 'x', 'x')`,
      'email_addresses_person_fkey',
    ],
  ])('%s meets its constraint', async (statement, constraint) => {
    await dataSource.query(
      `insert into people (id, first_name) overriding system value values (1, 'a'), (2, 'b')`,
    );
    await dataSource.query(`insert into groups (id, name) overriding system value values (1, 'g')`);
    await expect(dataSource.query(statement)).rejects.toMatchObject({ driverError: { constraint } });
  });
});
