import type { Writable } from 'node:stream';
import type { PoolClient } from 'pg';
import type { Sql } from 'sql-template-tag';
import { StatementQuery, type Row } from './statement-query.js';

/** Something that runs statements with bound parameters: the pool, or the connection of a transaction. */
export interface SqlRunner {
  /** @returns the rows; times in them are texts as JSON has them */
  query<R = Row>(statement: Sql): Promise<R[]>;
  /** Several that do not wait for each other's rows, sent {@link together}. @returns the rows of each */
  queries(statements: readonly Sql[]): Promise<Row[][]>;
}

/** A running transaction on one connection. */
export interface Transaction extends SqlRunner {
  /**
   * A statement whose rows nobody reads, such as a write or a lock: it goes out with the next one that is waited for, and
   * is done before that. What it fails with is thrown by the next one, or at the end.
   */
  send(statement: Sql): void;
  /** Calls `work` once what is written here is there for everybody; never when it is undone. */
  afterCommit(work: () => void): void;
}

/**
 * Its statements are keys and ids, and the values of one are as good as those of another: a plan for each text, instead of
 * one for each time, which costs as much as doing it.
 */
const BEGIN = 'begin; set local plan_cache_mode = force_generic_plan';
const WRITES = /\b(?:insert|update|delete)\b/i;

/**
 * What is sent in one go is one write to the socket, the dearest thing that a statement does here. So `begin` goes out with
 * the first statement and `commit` with the last ones: behind one that failed PostgreSQL does nothing, and takes `commit` for
 * `rollback`.
 */
export class OpenTransaction implements Transaction {
  /** What the first one threw that failed; whatever comes behind it fails because of it. */
  private failure: unknown;
  private begun = false;
  private ended = false;
  /** True once PostgreSQL has said that it is: before, the connection is nobody else's. */
  isOver = false;
  private waiting = 0;
  private readonly beginning: Promise<unknown>;
  private readonly afterwards: (() => void)[] = [];

  constructor(
    private readonly client: PoolClient,
    private readonly queryOf: (statement: Sql) => StatementQuery,
  ) {
    this.beginning = this.put(plain(BEGIN)).then(() => (this.begun = true));
    this.beginning.catch(() => undefined);
  }

  async query<R = Row>(statement: Sql): Promise<R[]> {
    return (await this.run(this.queryOf(statement))) as R[];
  }

  queries(statements: readonly Sql[]): Promise<Row[][]> {
    return together(...statements.map((statement) => this.query(statement)));
  }

  send(statement: Sql): void {
    this.run(this.queryOf(statement)).catch(() => undefined);
  }

  afterCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  async commit(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const done = this.run(plain('commit'));
    this.ended = true;
    await done;
    this.isOver = true;
    if (this.failure !== undefined) throw this.failure;
    for (const work of this.afterwards) work();
  }

  /** Nothing when it has ended. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    const done = this.run(plain('rollback'));
    this.ended = true;
    this.isOver = await done.then(
      () => true,
      () => false,
    );
  }

  /** A write waits for the beginning, and all that follow it: if there were no transaction, it would stand by itself. */
  private run(statement: StatementQuery): Promise<Row[]> {
    if (this.ended) return Promise.reject(new Error('The transaction has ended.'));
    if (this.waiting === 0 && (this.begun || !WRITES.test(statement.text))) return this.put(statement);
    this.waiting += 1;
    return this.beginning.then(() => {
      this.waiting -= 1;
      return this.put(statement);
    });
  }

  private put(statement: StatementQuery): Promise<Row[]> {
    holdBack(this.client);
    return statement.runOn(this.client).catch((error: unknown) => {
      throw (this.failure ??= error);
    });
  }
}

/**
 * Statements that do not wait for each other's rows, sent at once; PostgreSQL still does them one after the other, in this
 * order, each seeing what those before it did. Of several statements in a row the first alone is sent at once.
 * @throws what went wrong first, when all have come to their end
 */
export async function together<T extends readonly unknown[]>(
  ...statements: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  await Promise.allSettled(statements);
  return Promise.all(statements) as unknown as Promise<T>;
}

const plain = (text: string): StatementQuery => new StatementQuery({ text, values: [] });

/** What is written to the connection by now goes out at once, when this turn of the loop has ended. */
export function holdBack(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
