import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { linkSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeOf } from './embedded-error.js';

/** What a running PostgreSQL says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Folder of the unix socket, or a TCP address. */
  host: string;
}

/** The postmaster of the cluster as its lock file names it: it need not be alive. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const [pid, , , port, socketFolder, address] = readLines(lockFile(cluster));
  const host = socketFolder || address;
  return pid && port && host ? { pid: Number(pid), port: Number(port), host } : undefined;
}

/** True while a PostgreSQL runs in the cluster, be it starting or stopping. */
export function isClusterRunning(cluster: string): boolean {
  const pid = pidIn(lockFile(cluster));
  return pid !== undefined && isAlive(pid) && !isForeign(pid, cluster);
}

export function postmasterPid(cluster: string): number | undefined {
  return pidIn(lockFile(cluster));
}

/**
 * Removes lock files that PostgreSQL would trip over though no server holds them. Their number now belongs to
 * another program: it happens in containers, where numbers are small and come back, and PostgreSQL looks only
 * whether the number lives. Or they are empty, after a crash of the machine.
 */
export function dropDeadLocks(cluster: string, socketFolder: string): void {
  for (const file of [lockFile(cluster), join(socketFolder, '.s.PGSQL.5432.lock')]) {
    const pid = pidIn(file);
    const dead = pid === undefined ? isLongEmpty(file) : exists(pid) && isForeign(pid, cluster);
    if (dead) removeIfStillOf(pid, file);
  }
}

/** A server that starts makes its file first and writes it then, so a young one is not to be touched. */
function isLongEmpty(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.size === 0 && Date.now() - found.mtimeMs > 5_000;
}

/** A zombie counts as dead: where process 1 reaps no orphans, a stopped server stays one for ever. */
export function isAlive(pid: number): boolean {
  return exists(pid) && !isZombie(pid);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // The name in parentheses may itself contain parentheses; the state is the first field after it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0] === 'Z';
  } catch {
    return false;
  }
}

/** True when the process is surely not the postmaster of this cluster. In doubt it is left alone. */
function isForeign(pid: number, cluster: string): boolean {
  const words = commandLine(pid);
  if (words === undefined) return false;
  // Only a postmaster has the bare name: its children call themselves `postgres: checkpointer` and the like.
  if (!['postgres', 'postgres.exe', 'postmaster'].includes(basename(words[0] ?? ''))) return true;
  const folder = words[words.indexOf('-D') + 1];
  if (!words.includes('-D') || folder === undefined) return false;
  try {
    return realpathSync(folder) !== realpathSync(cluster);
  } catch {
    return false; // such as a folder that was moved under a running server
  }
}

function commandLine(pid: number): string[] | undefined {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      return undefined;
    }
  }
  if (process.platform === 'win32') return undefined;
  const { stdout, status } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(/\s+/) : undefined;
}

/**
 * Taken aside first, then looked at: between our look and the removal another process may have cleared the old
 * file and started a server, whose file must stay.
 */
function removeIfStillOf(pid: number | undefined, file: string): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
    if (pidIn(aside) !== pid) linkSync(aside, file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function pidIn(file: string): number | undefined {
  const pid = Math.abs(Number(readLines(file)[0]));
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
