import { createHash } from 'node:crypto';
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
        query: async <R = Row>(statement: Sql) => (await client.query(this.named(statement))).rows as R[],
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

/** The SQLSTATE of an error of the driver or of TypeORM around it. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
