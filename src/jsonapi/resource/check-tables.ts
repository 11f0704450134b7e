import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import type { Resource } from './registry.js';

type Columns = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Holds the types against the tables as they are once everything is migrated: what a migration has forgotten shows at
 * the start, not in the first request. @throws Error with every fault, each saying what to do
 */
export async function checkTables(resources: readonly Resource[], database: SqlRunner): Promise<void> {
  const rows = await database.query<{ table_name: string; columns: string[] }>(sql`
    select table_name, array_agg(column_name::text) as columns from information_schema.columns
    where table_schema = any(current_schemas(false)) group by table_name`);
  const stored = new Map(rows.map(({ table_name, columns }) => [table_name, new Set(columns)]));
  const faults = resources.flatMap((resource) => [
    ...faultsIn(stored, resource.table, resource.columns).map((text) => `  - ${resource.type}: ${text}`),
    ...linkFaults(stored, resource).map((text) => `  - ${resource.type}: ${text}`),
  ]);
  if (faults.length > 0) throw new Error(`The tables are not those of the resources:\n${faults.join('\n')}`);
}

function linkFaults(stored: Columns, { relationships }: Resource): string[] {
  return Object.entries(relationships).flatMap(([name, relationship]) => {
    if (relationship.kind !== 'to-many' || !relationship.through) return [];
    const { table, from, to } = relationship.through;
    return faultsIn(stored, table, [from, to]).map((text) => `"${name}": ${text}`);
  });
}

function faultsIn(stored: Columns, table: string, columns: readonly string[]): string[] {
  const there = stored.get(table);
  if (!there) return [`there is no table "${table}"; list its migration in src/database/migrations.ts`];
  return columns
    .filter((column) => !there.has(column))
    .map((column) => {
      const cure =
        column === 'version' ? `let its migration call keep_version('${table}')` : 'add it in its migration';
      return `the table "${table}" has no column "${column}"; ${cure}`;
    });
}
