import { jest } from '@jest/globals';
import pg from 'pg';

/** Does `work` and counts the statements that reached PostgreSQL meanwhile, on whichever connection. */
export async function countQueries<T>(work: () => Promise<T>): Promise<{ result: T; statements: string[] }> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    const result = await work();
    return { result, statements: query.mock.calls.map(([statement]) => textOf(statement)) };
  } finally {
    query.mockRestore();
  }
}

function textOf(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : (statement as { text?: string }).text;
  return (text ?? '').replace(/\s+/g, ' ').trim();
}
