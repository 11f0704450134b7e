import { realpathSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { Client, DatabaseError } from 'pg';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';
import { readPostmaster, type Postmaster } from './embedded-lock-files.js';
import type { Cluster } from './embedded-location.js';
import { refuseForeignFolder } from './embedded-socket.js';

/** Shared by all processes that use a cluster, held alone by the one that ends it. Any number would do. */
const IN_USE_LOCK = 7_546_841;
const STOPPING = 'kith-stopping';
const RETRY_MS = 1_000;

/** Missing in the published types: whether an open connection keeps Node from ending. */
type Session = Client & { ref(): void; unref(): void };

/** What a try to connect found when it found no server of ours: none, or one that starts, recovers or stops. */
export type Absence = 'absent' | 'busy';

/**
 * One session per process for as long as it uses the cluster. A pool closes what is idle, so without it the
 * cluster would look unused, and the next process to stop would take it away from the others.
 */
export class Keeper {
  /** The application name of all sessions of this process: what tells ours from others'. */
  readonly tag = `kith-${process.pid}-${randomBytes(3).toString('hex')}`;
  postmaster: Postmaster | undefined;
  private client: Session | undefined;
  private released = false;

  constructor(private readonly cluster: Cluster) {}

  /** Connects to the cluster's server, whoever started it, and marks the cluster as in use. */
  async hold(): Promise<Absence | undefined> {
    const postmaster = readPostmaster(this.cluster.folder);
    if (!postmaster) return 'absent';
    const client = await this.connect(postmaster);
    if (typeof client === 'string') return client;
    try {
      // Waits while another process is about to end the cluster; we are then cut off, and start it anew.
      await client.query('select pg_advisory_lock_shared($1)', [IN_USE_LOCK]);
    } catch {
      await client.end().catch(() => undefined);
      return 'busy';
    }
    client.on('end', () => this.holdAgain());
    client.unref();
    this.client = client;
    this.postmaster = postmaster;
    return undefined;
  }

  /** Databases are made with a session of our own, since the one asked for need not exist yet. */
  async createDatabase(name: string): Promise<void> {
    const client = this.client;
    if (!client) return;
    client.ref(); // Node would end while we wait for the answer
    try {
      const found = await client.query('select from pg_database where datname = $1', [name]);
      if (!found.rowCount) await client.query(`create database "${name}"`);
    } catch (error) {
      // Another process made it in the meantime.
      if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
    } finally {
      client.unref();
    }
  }

  /**
   * Gives the cluster up. True when nobody else uses it; the lock is then kept until the server ends, so that
   * nobody can come in between. Of several processes that leave at the same time the last one gets true.
   */
  async release(): Promise<boolean> {
    this.released = true;
    const client = this.client;
    if (!client) return false;
    client.ref();
    try {
      await client.query(`set application_name = '${STOPPING}'`);
      await client.query('select pg_advisory_unlock_shared($1)', [IN_USE_LOCK]);
      const alone = await client.query<{ ok: boolean }>('select pg_try_advisory_lock($1) as ok', [
        IN_USE_LOCK,
      ]);
      return alone.rows[0]?.ok === true && !(await this.othersAreConnected(client));
    } catch {
      return false; // the server is gone already
    }
  }

  async close(): Promise<void> {
    this.released = true;
    await this.client?.end().catch(() => undefined);
    this.client = undefined;
  }

  private async othersAreConnected(client: Client): Promise<boolean> {
    const others = await client.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
       and application_name not in ($1, $2) limit 1`,
      [this.tag, STOPPING],
    );
    return others.rowCount !== 0;
  }

  private async connect({ host, port }: Postmaster): Promise<Session | Absence> {
    const client = new Client({
      host,
      port,
      user: 'app',
      database: 'postgres',
      ssl: false,
      application_name: this.tag,
      connectionTimeoutMillis: 5_000,
    }) as Session;
    client.on('error', () => undefined); // without a listener the end of the server would end us
    try {
      if (host.startsWith('/')) await refuseForeignFolder(host, this.cluster.account);
      await client.connect();
      const shown = await client.query<{ data_directory: string }>('show data_directory');
      const folder = shown.rows[0]?.data_directory ?? '';
      if (realpathSync(folder) === realpathSync(this.cluster.folder)) return client;
      await client.end();
      return 'absent';
    } catch (error) {
      await client.end().catch(() => undefined);
      return codeOf(error) === '57P03' ? 'busy' : absentOrThrow(error);
    }
  }

  /** The server ends its sessions when one of its processes crashed, and goes on: so do we. */
  private holdAgain(): void {
    this.client = undefined;
    if (this.released) return;
    const retry = async (): Promise<void> => {
      const absence = this.released ? undefined : await this.hold().catch(() => 'absent');
      if (absence) this.holdAgain();
      else if (this.released) await this.close();
    };
    setTimeout(() => void retry(), RETRY_MS).unref();
  }
}

/** A server that ends just now cuts us off in many ways; only what a server says in words is an answer. */
function absentOrThrow(error: unknown): Absence {
  const isAnswer = error instanceof DatabaseError && error.code !== '57P01';
  if (isAnswer || error instanceof EmbeddedPostgresError) throw error;
  return 'absent';
}
