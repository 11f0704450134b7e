import { hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import { SharedConnection } from './shared-connection.js';
import { StatementQuery, type Row } from './statement-query.js';
import { holdBack, OpenTransaction, together, type SqlRunner, type Transaction } from './transaction.js';

/**
 * Another connection won: PostgreSQL asks to run the whole transaction again, or a key was taken, or what a row names was
 * deleted (23503), between looking and writing. Looking again finds it as it is now, and answers accordingly.
 */
const RETRYABLE = new Set(['40001', '40P01', '23505', '23503']);
const MAX_ATTEMPTS = 8;
/** Each named statement costs memory on every connection, so callers cannot be allowed to make any number of them. */
const MAX_NAMED_STATEMENTS = 500;

/** Reads on the pool; writes in {@link Database.transaction}, the only place where one starts. */
export class Database implements SqlRunner {
  /** For reads by keys that every request begins with: they never wait, for a lock or for the disk. */
  readonly brief: Pick<SqlRunner, 'query'>;

  private readonly names = new Map<string, string>();

  /** @param prepared false: no statement gets a name, for poolers that hand out another connection for each transaction */
  constructor(
    readonly dataSource: DataSource,
    private readonly prepared = true,
  ) {
    const shared = new SharedConnection(() => this.connect(), release);
    this.brief = { query: async <R>(statement: Sql) => (await shared.run(this.queryOf(statement))) as R[] };
  }

  async query<R = Row>(statement: Sql): Promise<R[]> {
    const query = this.queryOf(statement);
    await (this.pool.query(query) as unknown as Promise<void>);
    return query.found as R[];
  }

  async queries(statements: readonly Sql[]): Promise<Row[][]> {
    const [first] = statements;
    if (first && statements.length === 1) return [await this.query(first)];
    const client = await this.connect();
    let lost = true;
    try {
      holdBack(client);
      const rows = await together(...statements.map((statement) => this.queryOf(statement).runOn(client)));
      lost = false;
      return rows;
    } finally {
      release(client, lost);
    }
  }

  /**
   * Runs `work` in one READ COMMITTED transaction, and the whole of it again from the top on a serialization failure,
   * a deadlock, or a lost race for a unique key or for a row that is named. `work` must not keep anything from a failed attempt.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.connect();
    const tx = new OpenTransaction(client, (statement) => this.queryOf(statement));
    try {
      const result = await work(tx);
      await tx.commit();
      return result;
    } finally {
      await tx.rollback();
      release(client, !tx.isOver);
    }
  }

  private async connect(): Promise<PoolClient> {
    return (await this.pool.connect()).on('error', ignore);
  }

  private queryOf(statement: Sql): StatementQuery {
    const { text, values } = bound(statement);
    if (!this.prepared) return new StatementQuery({ text, values });
    let name = this.names.get(text);
    if (name === undefined && this.names.size < MAX_NAMED_STATEMENTS) {
      name = hash('sha1', text, 'base64url');
      this.names.set(text, name);
    }
    return new StatementQuery({ name, text, values });
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

/** A list, such as the groups of the caller, is sent once, however often a statement names it. */
function bound({ strings, values: given }: Sql): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  let text = strings[0] as string;
  given.forEach((value, i) => {
    const known = Array.isArray(value) ? values.indexOf(value) : -1;
    text += `$${known < 0 ? values.push(value) : known + 1}${strings[i + 1]}`;
  });
  return { text, values };
}

/** A lost connection fails the statements; an error that nobody listens to would end the process. */
const ignore = (): void => undefined;

function release(client: PoolClient, lost: boolean): void {
  client.off('error', ignore);
  client.release(lost);
}

/** The SQLSTATE of an error of the driver or of TypeORM around it. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
