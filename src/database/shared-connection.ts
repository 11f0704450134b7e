import type { PoolClient } from 'pg';
import type { Row, StatementQuery } from './statement-query.js';
import { holdBack } from './transaction.js';

/** A connection, and how many wait for an answer on it. */
interface Shared {
  readonly client: Promise<PoolClient>;
  users: number;
  failed: boolean;
}

/**
 * A connection of the pool that the brief statements of many requests share while there are any: those of one turn of the
 * loop are one write to the socket, which costs more than such a statement. Each is a transaction of its own; they are
 * done one after the other, so that only what never waits may come here.
 */
export class SharedConnection {
  private shared: Shared | undefined;

  constructor(
    private readonly connect: () => Promise<PoolClient>,
    private readonly release: (client: PoolClient, lost: boolean) => void,
  ) {}

  async run(query: StatementQuery): Promise<Row[]> {
    const shared = (this.shared ??= { client: this.connect(), users: 0, failed: false });
    shared.users += 1;
    try {
      const client = await shared.client;
      holdBack(client);
      return await query.runOn(client);
    } catch (error) {
      shared.failed = true;
      throw error;
    } finally {
      shared.users -= 1;
      this.letGo(shared);
    }
  }

  /** What has failed once may be lost: nobody else gets it, and it ends when those are through who have it. */
  private letGo(shared: Shared): void {
    if (this.shared === shared && (shared.failed || shared.users === 0)) this.shared = undefined;
    if (shared.users > 0) return;
    shared.client.then(
      (client) => this.release(client, shared.failed),
      () => undefined,
    );
  }
}
