import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';

/** The schema in which the database has the extension pg_trgm; undefined: it does not have it. */
export async function findTrigrams(runner: SqlRunner): Promise<string | undefined> {
  const [row] = await runner.query<{ schema: string }>(sql`
    select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm'`);
  return row?.schema;
}
