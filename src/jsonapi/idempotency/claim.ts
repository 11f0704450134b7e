import sql, { raw, type Sql } from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import { JsonApiError, type Problem } from '../errors/jsonapi-error.js';

/** What can be given again: an answer as its endpoint makes it. Its `headers` leave out those of the session. */
export interface Repeatable {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the answer of a key is stored as. */
export type Stored<A> =
  { readonly answer: A } | { readonly problems: readonly Problem[]; readonly headers: Repeatable['headers'] };

/** The right to do a write once: of a request that has no key, nobody asks. */
export interface Claim<A extends Repeatable> {
  /**
   * Keeps the outcome with the last transaction of the work: both are there or neither is.
   * @throws JsonApiError 409 when the lease ran out and another has taken the work over; nothing must be committed then
   */
  store(tx: SqlRunner, outcome: A | JsonApiError): Promise<void>;
  /** Begins the lease anew, with every other transaction of the work, as its last statement. @throws like {@link store} */
  renew(tx: SqlRunner): Promise<void>;
}

export const NO_CLAIM: Claim<Repeatable> = {
  store: () => Promise.resolve(),
  renew: () => Promise.resolve(),
};

/** How long a request may work without a word before another may take it over. */
export const LEASE = raw(`interval '30 seconds'`);

export interface Holder {
  readonly caller: string;
  readonly key: string;
  /** Of this request, made anew for each. */
  readonly holder: string;
}

/** The claim of a request on the row of its key. */
export class HeldClaim<A extends Repeatable> implements Claim<A> {
  /** The row that is ours still; not one that was taken over, nor one that is answered. */
  private readonly own: Sql;

  constructor({ caller, key, holder }: Holder) {
    this.own = sql`caller = ${caller} and key = ${key} and holder = ${holder}::uuid and answer is null`;
  }

  async store(tx: SqlRunner, outcome: A | JsonApiError): Promise<void> {
    const stored: Stored<A> =
      outcome instanceof JsonApiError
        ? { problems: outcome.problems, headers: outcome.headers }
        : { answer: outcome };
    const text = JSON.stringify(stored);
    await this.write(tx, sql`update idempotency_keys set answer = ${text} where ${this.own} returning 1`);
  }

  renew(tx: SqlRunner): Promise<void> {
    return this.write(
      tx,
      sql`update idempotency_keys set leased_until = now() + ${LEASE} where ${this.own} returning 1`,
    );
  }

  /** After a failure that may not come again: the next request begins at once. */
  async release(runner: SqlRunner): Promise<void> {
    await runner.query(sql`delete from idempotency_keys where ${this.own}`);
  }

  private async write(tx: SqlRunner, statement: Sql): Promise<void> {
    if ((await tx.query(statement)).length === 0) throw inUse();
  }
}

export const inUse = (): JsonApiError =>
  new JsonApiError(
    [
      {
        code: 'idempotency_key_in_use',
        detail: 'A request with this key is still running; ask again in a moment to get its answer.',
        source: { header: 'Idempotency-Key' },
      },
    ],
    { 'Retry-After': '1' },
  );
