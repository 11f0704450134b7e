import sql from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import type { Database } from './database.js';

const MIGRATION_LOCK = 0x6b697468; // "kith"

/** Runs what is missing; processes that start together wait for each other. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/** Whether all migrations of this version have run. */
export async function isMigrated(database: Database): Promise<boolean> {
  const names = database.dataSource.migrations.map(({ name }) => name);
  const [row] = await database.query<{ done: number }>(
    sql`select count(*)::int as done from migrations where name = any(${names}::text[])`,
  );
  return row?.done === names.length;
}
