import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { accountForNewCluster } from './embedded-account.js';
import { runnableBinaries } from './embedded-binaries.js';
import { Keeper } from './embedded-keeper.js';
import { reachServer, startServer, stopServer } from './embedded-lifecycle.js';
import {
  findCluster,
  folderForCopies,
  locationFile,
  openDataFolder,
  reserveCluster,
  type Cluster,
} from './embedded-location.js';
import { initialize } from './embedded-server.js';

export { EmbeddedPostgresError } from './embedded-error.js';

export interface EmbeddedOptions {
  /** The folder that holds the cluster (as `postgres/`) and its log, or a file that names the place of both. */
  dataDir: string;
  /** Extra `-c name=value` settings. They count when the server is started, not when it is adopted. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** For `pg`. It names a unix socket that only the database's user and root can use (Windows: a loopback port). */
  url: string;
  /** The server ran already: another process shares it, or an earlier one died without stopping it. */
  adopted: boolean;
  /** Ends the server unless sessions other than ours use it. Safe to call twice. */
  stop(): Promise<void>;
}

const DATABASE = 'kith';

/**
 * Starts PostgreSQL on a cluster of our own, which is made at the first start, or adopts the server that runs on
 * it already. Nothing here takes a lock: a rename decides whose new cluster counts, and PostgreSQL's own lock
 * which server runs; the others find that one and adopt it. So no crash leaves a lock behind.
 *
 * @throws EmbeddedPostgresError when it cannot be done on this machine; the message says what to do instead.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { settings = {}, log = () => undefined } = options;
  const dataFolder = await openDataFolder(options.dataDir);
  const cluster = findCluster(dataFolder) ?? (await makeCluster(dataFolder, settings, log));
  await rememberLocation(dataFolder, cluster);
  const binaries = () => runnableBinaries(cluster.account, () => folderForCopies(dataFolder));
  const keeper = new Keeper(cluster);
  const server = await reachServer(cluster, keeper, async () =>
    startServer(cluster, await binaries(), settings),
  );
  await keeper.createDatabase(DATABASE);
  const adopted = server?.pid !== keeper.postmaster?.pid;
  log(`PostgreSQL ${adopted ? 'runs already' : 'started'} in ${cluster.folder}`);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (!(await stopServer(cluster, keeper, binaries))) log('PostgreSQL is left to the others that use it');
  };
  return { url: urlOf(keeper), adopted, stop: () => (stopping ??= stop()) };
}

async function makeCluster(
  dataFolder: string,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Cluster> {
  const account = accountForNewCluster();
  const binaries = await runnableBinaries(account, () => folderForCopies(dataFolder));
  const place = await reserveCluster(dataFolder, account);
  log(`Making an empty database in ${place.folder}`);
  // Whoever gives up durability for a throw-away cluster need not wait for the disk here either.
  await initialize(binaries, place, account, settings.fsync !== 'off');
  return findCluster(dataFolder) ?? { folder: place.folder, account };
}

/** Written only when the cluster exists, so that a file which names a missing cluster always means a loss. */
async function rememberLocation(dataFolder: string, cluster: Cluster): Promise<void> {
  if (dirname(cluster.folder) === dataFolder) return;
  const half = `${locationFile(dataFolder)}.${process.pid}`;
  await writeFile(half, `${cluster.folder}\n`);
  await rename(half, locationFile(dataFolder));
}

/** The tag makes all sessions of this process known as ours; `port` and `sslmode` outdo PGPORT and PGSSLMODE. */
function urlOf(keeper: Keeper): string {
  const { host, port } = keeper.postmaster ?? { host: '', port: 0 };
  const rest = `sslmode=disable&application_name=${keeper.tag}`;
  if (!host.startsWith('/')) return `postgresql://app@${host}:${port}/${DATABASE}?${rest}`;
  const folder = host.split('/').map(encodeURIComponent).join('/');
  return `postgresql://app@localhost:${port}/${DATABASE}?host=${folder}&${rest}`;
}
