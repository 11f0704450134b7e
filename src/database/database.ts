import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { Sql } from 'sql-template-tag';
import type { DataSource, EntityManager } from 'typeorm';

export type Row = Record<string, unknown>;

/** Something that runs a statement with bound parameters: the pool, or the connection of a transaction. */
export interface SqlRunner {
  query<R = Row>(statement: Sql): Promise<R[]>;
}

/** A running transaction: hot statements by `query`, plain writes by TypeORM's `manager`, on one connection. */
export interface Transaction extends SqlRunner {
  readonly manager: EntityManager;
  /** Calls `work` once what is written here is there for everybody; never when it is undone. */
  afterCommit(work: () => void): void;
}

/** Another connection won; PostgreSQL asks to run the whole transaction again. */
const RETRYABLE = new Set(['40001', '40P01', '23505']);
const MAX_ATTEMPTS = 8;
/** Said of every statement behind the one that failed. */
const IN_FAILED_TRANSACTION = '25P02';
/** Each named statement costs memory on every connection, so callers cannot be allowed to make any number of them. */
const MAX_NAMED_STATEMENTS = 500;

/** Reads on the pool; writes in {@link Database.transaction}, the only place where one starts. */
export class Database implements SqlRunner {
  private readonly names = new Map<string, string>();

  /** @param prepared false: no statement gets a name, for poolers that hand out another connection for each transaction */
  constructor(
    readonly dataSource: DataSource,
    private readonly prepared = true,
  ) {}

  async query<R = Row>(statement: Sql): Promise<R[]> {
    return (await this.pool.query(this.named(statement))).rows as R[];
  }

  /**
   * Runs `work` in one READ COMMITTED transaction, and the whole of it again from the top on a serialization failure,
   * a deadlock or a lost race for a unique key. `work` must not keep anything from a failed attempt.
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
    const runner = this.dataSource.createQueryRunner();
    const afterwards: (() => void)[] = [];
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      const result = await work({
        manager: runner.manager,
        afterCommit: (then) => void afterwards.push(then),
        query: async <R = Row>(statement: Sql) => {
          holdBack(client);
          return (await client.query(this.named(statement))).rows as R[];
        },
      });
      await runner.commitTransaction();
      for (const then of afterwards) then();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private named(statement: Sql): QueryConfig {
    const { text, values } = statement;
    if (!this.prepared) return { text, values };
    let name = this.names.get(text);
    if (name === undefined && this.names.size < MAX_NAMED_STATEMENTS) {
      name = createHash('sha1').update(text).digest('base64url');
      this.names.set(text, name);
    }
    return { name, text, values };
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

/**
 * Statements that do not wait for each other's rows, sent at once; PostgreSQL still does them one after the other, in this
 * order, each seeing what those before it did. Of several statements in a row the first alone is sent at once.
 * @throws what the first one threw that failed by itself, when all have come to their end: whatever is sent after a
 *   failure, such as the end of the transaction, must come behind them
 */
export async function together<T extends readonly unknown[]>(
  ...statements: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const settled = await Promise.allSettled(statements);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0)
    throw failures.find((error) => sqlState(error) !== IN_FAILED_TRANSACTION) ?? failures[0];
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

/** What is sent in one go is one write to the socket, the dearest thing that a statement does here. */
function holdBack(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** The SQLSTATE of an error of the driver or of TypeORM around it. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
