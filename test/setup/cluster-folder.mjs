import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1024 ** 3;
const PREFIX = 'kith-test-';

/** In memory where there is enough of it. The name tells whose it is, for when that process is killed. */
export async function makeClusterFolder() {
  const folder = await mkdtemp(join(hasMemory() ? MEMORY : tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o755); // as root, the database's own user must get through
  return folder;
}

/** Runs that were killed leave a server and its folder behind. */
export async function removeAbandonedClusters() {
  for (const parent of new Set([MEMORY, tmpdir()])) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names.filter((each) => each.startsWith(PREFIX))) {
      const folder = join(parent, name);
      if (isAlive(Number(name.slice(PREFIX.length).split('-')[0])) || !(await isOurs(folder))) continue;
      await endServer(folder);
      await removeFolder(folder);
    }
  }
}

/** A server that has just been killed may still write for a moment. */
export async function removeFolder(folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

export async function endServer(folder) {
  const cluster = join(folder, 'postgres');
  const file = join(cluster, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  if (!pid || !(await isServerOf(pid, cluster))) return;
  process.kill(pid, 'SIGQUIT');
  for (const deadline = Date.now() + 5_000; Date.now() < deadline && existsSync(file);) await delay(10);
}

/** The number may long belong to somebody else. */
function isServerOf(pid, cluster) {
  return new Promise((done) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (error, output) =>
      done(!error && output.includes(cluster)),
    );
  });
}

function hasMemory() {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

async function isOurs(folder) {
  return (await stat(folder).catch(() => undefined))?.uid === process.getuid?.();
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
