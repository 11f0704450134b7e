import { jest } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';

/** A statement as it reached PostgreSQL. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** In a transaction, where each text has one plan, whatever the values are. */
  readonly inTransaction: boolean;
}

/** Does `work` and keeps the statements with bound values that reached PostgreSQL meanwhile. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    let inTransaction = false;
    return query.mock.calls.flatMap(([given]) => {
      const { text, values = [] } = given as unknown as Partial<Statement>;
      if (text === undefined) return [];
      inTransaction = text.startsWith('begin') || (inTransaction && text !== 'commit');
      return [{ text, values, inTransaction }];
    });
  } finally {
    query.mockRestore();
  }
}

/** How PostgreSQL would go about it for these very values, or, in a transaction, for any. */
export async function planOf(dataSource: DataSource, statement: Statement): Promise<string> {
  const { text, values, inTransaction } = statement;
  const rows = inTransaction
    ? await keptPlanOf(dataSource, statement)
    : await dataSource.query<PlanLine[]>(`explain ${text}`, [...values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

interface PlanLine {
  readonly 'QUERY PLAN': string;
}

const keptPlanOf = (dataSource: DataSource, { text, values }: Statement): Promise<PlanLine[]> =>
  dataSource.transaction(async (manager) => {
    const given = values.length > 0 ? `(${values.map(literal).join()})` : '';
    await manager.query('set local plan_cache_mode = force_generic_plan');
    await manager.query(`prepare kept as ${text}`);
    const lines = await manager.query<PlanLine[]>(`explain execute kept ${given}`);
    await manager.query('deallocate kept');
    return lines;
  });

function literal(value: unknown): string {
  if (value === null) return 'null';
  const list = (items: readonly unknown[]): string =>
    `{${items.map((item) => (item === null ? 'NULL' : JSON.stringify(String(item)))).join()}}`;
  return pg.escapeLiteral(Array.isArray(value) ? list(value) : String(value));
}
