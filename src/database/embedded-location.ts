import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { access, chmod, constants, lchown, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  accountOfCluster,
  belongsToAnother,
  isRoot,
  runAs,
  userName,
  type Account,
} from './embedded-account.js';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';
import { isAlive } from './embedded-lock-files.js';

const run = promisify(execFile);

/** Where clusters and binaries go when the database's user cannot reach the data folder. Only root gets here. */
const SYSTEM_FOLDER = '/var/lib/kith';
/** In the data folder: names the cluster when that lies elsewhere. */
const LOCATION_FILE = 'postgres-location';

export interface Cluster {
  /** PostgreSQL's data directory. */
  folder: string;
  account: Account;
}

/** Makes the data folder if need be and returns its real path; refuses one that is not ours to write in. */
export async function openDataFolder(dataDir: string): Promise<string> {
  const folder = resolve(dataDir);
  try {
    // As root the database's own user must get through; what is secret in there has a mode of its own.
    await makeFolder(folder, isRoot() ? 0o755 : 0o700);
    const real = await realpath(folder);
    await access(real, constants.R_OK | constants.W_OK | constants.X_OK);
    return real;
  } catch (error) {
    throw explainRefusal(folder, error);
  }
}

export function locationFile(dataFolder: string): string {
  return join(dataFolder, LOCATION_FILE);
}

/** Binaries that must be copied go where the database's user can certainly read them. */
export async function folderForCopies(dataFolder: string): Promise<string> {
  return isRoot() ? makeFolder(SYSTEM_FOLDER, 0o755) : dataFolder;
}

/** The cluster that belongs to a data folder, when there is one. */
export function findCluster(dataFolder: string): Cluster | undefined {
  const named = readIfThere(locationFile(dataFolder))?.trim();
  if (named) return clusterIn(named) ?? refuseLostCluster(dataFolder, named);
  const own = clusterIn(join(dataFolder, 'postgres'));
  return own ?? (isRoot() ? clusterIn(systemCluster(dataFolder)) : undefined);
}

function clusterIn(folder: string): Cluster | undefined {
  const owner = statSync(folder, { throwIfNoEntry: false });
  if (!owner) return undefined;
  if (isCluster(folder)) return { folder, account: accountOfCluster(folder, owner) };
  if (isRoot() || owner.uid === process.getuid?.()) return undefined;
  // We cannot look inside, so it must not count as missing.
  throw new EmbeddedPostgresError(belongsToAnother(folder, owner.uid));
}

/**
 * Makes an empty folder for initdb beside the place where the finished cluster is to lie. That place is in the
 * data folder when the account gets there, else in the system folder.
 */
export async function reserveCluster(
  dataFolder: string,
  account: Account,
): Promise<{ half: string; folder: string }> {
  const places = [join(dataFolder, 'postgres'), ...(isRoot() ? [systemCluster(dataFolder)] : [])];
  for (const folder of places) {
    const half = `${folder}.init-${process.pid}-${randomBytes(3).toString('hex')}`;
    await removeLeftovers(folder);
    if (await makeOwnFolder(half, account)) return { half, folder };
  }
  throw new EmbeddedPostgresError(
    `The user ${account.name}, as whom PostgreSQL runs, can reach neither ${dataFolder} nor ${SYSTEM_FOLDER}. ` +
      'Choose a folder that others may enter with DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/** A cluster is good only when it carries its final name: initdb works in a folder of another name. */
export function isCluster(folder: string | undefined): folder is string {
  return folder !== undefined && existsSync(join(folder, 'PG_VERSION'));
}

function systemCluster(dataFolder: string): string {
  return join(SYSTEM_FOLDER, createHash('sha256').update(dataFolder).digest('hex').slice(0, 16));
}

/** False when the account cannot use the folder even though it now owns it: a folder above it is closed. */
async function makeOwnFolder(folder: string, account: Account): Promise<boolean> {
  await makeFolder(dirname(folder), 0o755);
  await mkdir(folder, { mode: 0o700 });
  if (!account.switchUser) return true;
  try {
    await lchown(folder, account.uid, account.gid);
    // Only a process of that user knows: modes are not all that decides (access lists, network file systems).
    await run('/bin/sh', ['-c', 'cd "$1" && : > probe && rm probe', 'sh', folder], {
      cwd: '/',
      ...runAs(account),
    });
    return true;
  } catch {
    await rm(folder, { recursive: true, force: true });
    return false;
  }
}

/** Gives the mode to a folder that it makes, and leaves one that exists alone. Parents get the usual mode. */
async function makeFolder(folder: string, mode: number): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(folder, { mode });
    await chmod(folder, mode); // a strict umask has taken its bits away
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return folder;
}

/** An initdb that was interrupted leaves its folder; those of processes that live are in use. */
async function removeLeftovers(cluster: string): Promise<void> {
  const parent = dirname(cluster);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = name.startsWith(`${cluster.slice(parent.length + 1)}.init-`) && name.split('-').at(-2);
    if (pid && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function refuseLostCluster(dataFolder: string, named: string): never {
  const file = locationFile(dataFolder);
  throw new EmbeddedPostgresError(
    `${file} says that the database lies in ${named}, but there is none. Put it back, or delete ${file} ` +
      'to start with an empty database.',
  );
}

function explainRefusal(folder: string, error: unknown): Error {
  const code = codeOf(error);
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return error as Error;
  const closest = closestExisting(folder);
  const owner = statSync(closest, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined && owner !== process.getuid?.() && closest === folder) {
    return new EmbeddedPostgresError(belongsToAnother(folder, owner));
  }
  return new EmbeddedPostgresError(
    `The user ${userName(process.getuid?.() ?? -1)} may not write in ${closest}, where the embedded PostgreSQL ` +
      'keeps its data. Allow it, or choose another folder with DATA_DIR, or set DATABASE_URL.',
  );
}

function closestExisting(folder: string): string {
  try {
    statSync(folder);
    return folder;
  } catch {
    return dirname(folder) === folder ? folder : closestExisting(dirname(folder));
  }
}
