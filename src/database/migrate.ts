import type { DataSource } from 'typeorm';
import { sqlState } from './database.js';

const MIGRATION_LOCK = 0x6b697468; // "kith"
const NO_SUCH_TABLE = '42P01';

/**
 * Runs what is missing; processes that start together wait for each other. Where nothing is missing it takes no lock,
 * which is one of the session: behind a pooler it would stay with a connection that is somebody else's by then.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  if (await isMigrated(dataSource)) return;
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

/** @throws Error with a sentence for the operator, instead of migrating */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  if (await isMigrated(dataSource)) return;
  throw new Error(
    'Migrations of this version are missing in the database. With PREPARED_STATEMENTS=false they are not run, since that ' +
      'means a pooler and they need a connection of their own: start once without it, and with a DATABASE_URL that ' +
      'leads to PostgreSQL itself.',
  );
}

/** Whether all migrations of this version have run. */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  const names = dataSource.migrations.map(({ name }) => name);
  const [row] = await dataSource
    .query<{ done: number }[]>('select count(*)::int as done from migrations where name = any($1::text[])', [
      names,
    ])
    .catch((error: unknown) => {
      if (sqlState(error) === NO_SUCH_TABLE) return [];
      throw error;
    });
  return row?.done === names.length;
}
