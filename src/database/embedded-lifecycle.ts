import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childEnvironment, program, type Binaries } from './embedded-binaries.js';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';
import type { Keeper } from './embedded-keeper.js';
import type { Cluster } from './embedded-location.js';
import { dropDeadLocks, isAlive, isClusterRunning, postmasterPid } from './embedded-lock-files.js';
import { launch, logFile, type Server } from './embedded-server.js';
import { makeEndpoint } from './embedded-socket.js';

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 10;
const LOOK_AGAIN_AFTER_LOSS_MS = 100;

/**
 * Gets the keeper connected: to a server that runs, to one that another process is starting at this moment, or to
 * one that it starts itself, which it then returns.
 */
export async function reachServer(
  cluster: Cluster,
  keeper: Keeper,
  start: () => Promise<Server>,
): Promise<Server | undefined> {
  let server: Server | undefined;
  let deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const absence = await keeper.hold();
    if (!absence) return server;
    // A server that answers that it is recovering gets all the time it wants.
    if (absence === 'busy') deadline = Date.now() + READY_WITHIN_MS;
    const farewell = server?.farewell();
    if (farewell !== undefined) {
      if (!lostTheRace(farewell) || Date.now() > deadline) throw didNotStart(cluster, farewell);
      await delay(LOOK_AGAIN_AFTER_LOSS_MS);
      server = undefined;
    }
    if (Date.now() > deadline) throw unreachable(cluster, server);
    if (!server && !isClusterRunning(cluster.folder)) server = await start();
    await delay(LOOK_EVERY_MS);
  }
}

/** Starts a server, or throws when one can be known beforehand not to run. */
export async function startServer(
  cluster: Cluster,
  binaries: Binaries,
  settings: Record<string, string>,
): Promise<Server> {
  const made = readFileSync(join(cluster.folder, 'PG_VERSION'), 'utf8').trim();
  if (made !== binaries.version.split('.')[0]) {
    throw new EmbeddedPostgresError(
      `The database in ${cluster.folder} was made by PostgreSQL ${made}, and this Kith brings ` +
        `${binaries.version}. Move its data over with pg_dump and pg_restore, or set DATABASE_URL.`,
    );
  }
  const endpoint = await makeEndpoint(cluster);
  dropDeadLocks(cluster.folder, endpoint.host);
  return launch(binaries, cluster, endpoint, settings);
}

/** Ends the server unless others use it. When it takes very long it goes on ending by itself. */
export async function stopServer(
  cluster: Cluster,
  keeper: Keeper,
  binaries: () => Promise<Binaries>,
): Promise<boolean> {
  const alone = await keeper.release();
  const pid = postmasterPid(cluster.folder);
  if (alone && pid !== undefined) {
    await interrupt(cluster, pid, binaries);
    const deadline = Date.now() + STOPPED_WITHIN_MS;
    while (Date.now() < deadline && (postmasterPid(cluster.folder) === pid || isAlive(pid))) {
      await delay(LOOK_EVERY_MS);
    }
  }
  await keeper.close();
  return alone;
}

/** PostgreSQL's "fast" shutdown: sessions are ended, and everything is written. Windows has no signals. */
async function interrupt(cluster: Cluster, pid: number, binaries: () => Promise<Binaries>): Promise<void> {
  if (process.platform === 'win32') {
    const flags = ['stop', '-D', cluster.folder, '-m', 'fast', '-w'];
    await promisify(execFile)(program(await binaries(), 'pg_ctl'), flags, { env: childEnvironment() });
    return;
  }
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Another process was quicker (its file is empty for an instant), or the last server's children are still on their way out. */
function lostTheRace(farewell: string): boolean {
  return /lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(farewell);
}

function didNotStart(cluster: Cluster, farewell: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `PostgreSQL did not start in ${cluster.folder}. The end of its log, ${logFile(cluster)}:\n${farewell}`,
  );
}

function unreachable(cluster: Cluster, server: Server | undefined): EmbeddedPostgresError {
  if (server?.pid !== undefined) process.kill(server.pid, 'SIGINT');
  const pid = postmasterPid(cluster.folder);
  return new EmbeddedPostgresError(
    `A PostgreSQL (process ${pid}) runs in ${cluster.folder}, but it could not be reached within ` +
      `${READY_WITHIN_MS / 1000} s. See ${logFile(cluster)}; to end it: kill -INT ${pid}.`,
  );
}
