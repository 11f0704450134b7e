import { jest } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';

/** A statement as it reached PostgreSQL. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Does `work` and keeps the statements with bound values that reached PostgreSQL meanwhile. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls.flatMap(([given]) => {
      const { text, values = [] } = given as unknown as Partial<Statement>;
      return text === undefined ? [] : [{ text, values }];
    });
  } finally {
    query.mockRestore();
  }
}

/** How PostgreSQL would go about it for these very values. */
export async function planOf(dataSource: DataSource, { text, values }: Statement): Promise<string> {
  const rows = await dataSource.query<{ 'QUERY PLAN': string }[]>(`explain ${text}`, [...values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
