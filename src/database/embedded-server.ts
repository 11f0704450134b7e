import { execFile, spawn } from 'node:child_process';
import { closeSync, constants, fchownSync, fstatSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { runAs, type Account } from './embedded-account.js';
import { childEnvironment, program, type Binaries } from './embedded-binaries.js';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';
import { isCluster, type Cluster } from './embedded-location.js';
import type { Endpoint } from './embedded-socket.js';

const run = promisify(execFile);

const LARGEST_LOG = 10 * 1024 * 1024;

/** A server that we started. */
export interface Server {
  pid: number | undefined;
  /** Once it has ended: what it wrote to its log since it was started. */
  farewell(): string | undefined;
}

/**
 * Makes a cluster in `half` and gives it its final name. Losing that race is fine: the other's is as good.
 * The encoding and the rules for upper and lower case are the same on every machine (`builtin` provider).
 */
export async function initialize(
  binaries: Binaries,
  place: { half: string; folder: string },
  account: Account,
  sync: boolean,
): Promise<void> {
  const flags = ['-D', place.half, '-U', 'app', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...(sync ? [] : ['--no-sync']));
  try {
    await run(program(binaries, 'initdb'), flags, { cwd: '/', env: childEnvironment(), ...runAs(account) });
    await rename(place.half, place.folder);
  } catch (error) {
    await rm(place.half, { recursive: true, force: true });
    if (isCluster(place.folder)) return;
    throw new EmbeddedPostgresError(
      `PostgreSQL could not make its folder ${place.folder}: ${(error as Error).message.trim()}`,
    );
  }
}

/**
 * Starts PostgreSQL in a process group of its own, so that Ctrl-C in the terminal is for us alone and the server
 * goes on until our own shutdown is through; with a file as its log, since a pipe would break when we die.
 */
export function launch(
  binaries: Binaries,
  cluster: Cluster,
  endpoint: Endpoint,
  extra: Record<string, string>,
): Server {
  const log = openLog(cluster);
  const start = fstatSync(log).size;
  const settings = { ...ownSettings(endpoint), ...extra };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(program(binaries, 'postgres'), ['-D', cluster.folder, ...flags], {
    ...runAs(cluster.account),
    cwd: '/',
    env: childEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  let farewell: string | undefined;
  child.once('error', (error) => (farewell = error.message));
  child.once('exit', () => (farewell = logSince(cluster, start)));
  return { pid: child.pid, farewell: () => farewell };
}

export function logFile(cluster: Cluster): string {
  return `${cluster.folder}.log`;
}

function ownSettings(endpoint: Endpoint): Record<string, string> {
  const onSocket = endpoint.host.startsWith('/');
  return {
    listen_addresses: onSocket ? '' : endpoint.host,
    unix_socket_directories: onSocket ? endpoint.host : '',
    unix_socket_permissions: '0700',
    port: String(endpoint.port),
    // What the server did, but no failed statement: those would fill the file and hold personal data.
    log_min_messages: 'log',
    log_checkpoints: 'off',
  };
}

/** Never through a link: as root we might otherwise be led to write into any file. */
function openLog(cluster: Cluster): number {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0 } = constants;
  try {
    const log = openSync(logFile(cluster), O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
    if (fstatSync(log).size > LARGEST_LOG) ftruncateSync(log);
    if (cluster.account.switchUser) fchownSync(log, cluster.account.uid, cluster.account.gid);
    return log;
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's log ${logFile(cluster)} cannot be written (${codeOf(error)}). Remove it and start again.`,
    );
  }
}

function logSince(cluster: Cluster, start: number): string {
  const text = readFileSync(logFile(cluster)).subarray(start).toString('utf8');
  return text.trim().split('\n').slice(-10).join('\n');
}
