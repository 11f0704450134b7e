import sql, { join, raw } from 'sql-template-tag';
import type { SqlRunner } from '../../../src/database/index.js';

/** Writes one row as it is, past every rule of the program. @returns its id */
export async function insert(
  database: SqlRunner,
  table: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string> {
  const columns = Object.keys(values).map((name) => raw(`"${name}"`));
  const [row] = await database.query<{ id: string }>(sql`
    insert into ${raw(`"${table}"`)} (${join(columns)}) values (${join(Object.values(values))}) returning id`);
  return (row as { id: string }).id;
}
