import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runAs, userName, type Account } from './embedded-account.js';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';
import type { Cluster } from './embedded-location.js';

const run = promisify(execFile);

/** macOS allows 103 bytes for the path of a unix socket, Linux 107. */
const LONGEST_SOCKET_PATH = 103;

/** Where a server is to listen: `host` is a folder for a unix socket, else an address. */
export interface Endpoint {
  host: string;
  port: number;
}

/** An endpoint that only the cluster's account (and root) can use. Windows has no such sockets: loopback there. */
export async function makeEndpoint(cluster: Cluster): Promise<Endpoint> {
  if (process.platform === 'win32') return { host: '127.0.0.1', port: await freePort() };
  const name = `kith-${createHash('sha256').update(`${cluster.account.uid}:${cluster.folder}`).digest('hex').slice(0, 12)}`;
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    const folder = join(parent, name);
    if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) > LONGEST_SOCKET_PATH) continue;
    if (await makeSocketFolder(folder, cluster.account)) return { host: folder, port: 5432 };
  }
  throw new EmbeddedPostgresError(
    `There is no place for PostgreSQL's socket: neither ${tmpdir()} nor /tmp can be used by ` +
      `${cluster.account.name}. Set TMPDIR to a folder that it may enter, or set DATABASE_URL.`,
  );
}

/** The folder is shared by all users, so what lies there under our name may be another's trap. */
export async function refuseForeignFolder(folder: string, account: Account): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === account.uid && (found.mode & 0o077) === 0) return;
  throw new EmbeddedPostgresError(
    `${folder} is not a private folder of ${account.name}: it belongs to the user ${userName(found.uid)}, with mode ` +
      `${(found.mode & 0o7777).toString(8)}. Remove it, or point TMPDIR at another folder, and start again.`,
  );
}

/** False when the account cannot come there at all, as with a TMPDIR below the home of root. */
async function makeSocketFolder(folder: string, account: Account): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    if (account.switchUser) await lchown(folder, account.uid, account.gid);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return false;
    await waitUntilGivenAway(folder, account);
  }
  await refuseForeignFolder(folder, account);
  return !account.switchUser || canEnter(folder, account);
}

/** Another process that starts at the same time has made the folder and is about to give it to the account. */
async function waitUntilGivenAway(folder: string, account: Account): Promise<void> {
  for (let tries = 0; account.switchUser && tries < 20; tries++) {
    if ((await lstat(folder)).uid !== 0) return;
    await new Promise((done) => setTimeout(done, 5));
  }
}

async function canEnter(folder: string, account: Account): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', ...runAs(account) }).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
