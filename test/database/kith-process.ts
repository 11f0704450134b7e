import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EmbeddedOptions } from '../../src/database/embedded-postgres.js';

export interface Identity {
  uid?: number;
  gid?: number;
}

export interface Surroundings {
  as: Identity;
  /** TMPDIR of the process. */
  tmp: string;
  /** Another copy of the project: a folder with `dist/` and `node_modules/`. */
  project?: string;
}

interface Report {
  url: string;
  adopted: boolean;
  ms: number;
  error?: string;
}

/** What a start of Kith does with the database; ends it in order when it reads a line, or when we are gone. */
const PROGRAM = `
const [module, options] = process.argv.slice(1);
const { startEmbeddedPostgres } = await import(module);
const began = performance.now();
try {
  const { url, adopted, stop } = await startEmbeddedPostgres(JSON.parse(options));
  console.log(JSON.stringify({ url, adopted, ms: performance.now() - began }));
  const end = () => Promise.all([stop(), stop()]).then(() => process.exit());
  if (process.env.IDLE !== '1') process.stdin.once('data', end).once('end', end);
} catch (error) {
  console.log(JSON.stringify({ error: error.name + ': ' + error.message }));
  process.exitCode = 1;
}`;

/** All that were ever launched: one that a failed test leaves behind would keep jest waiting for ever. */
const launched: ChildProcess[] = [];

/** Ends what is left of the processes, and of the servers with a cluster right below one of the folders. */
export async function killLeftovers(folders: string[]): Promise<void> {
  for (const child of launched.splice(0)) child.kill('SIGKILL');
  for (const file of folders.map((folder) => join(folder, 'postgres', 'postmaster.pid'))) {
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
    // Only a server that says so is one: a test may have written a number of its own choice into the file.
    if (pid > 0 && commandLine(pid).includes(file.replace('/postmaster.pid', '')))
      process.kill(pid, 'SIGQUIT');
  }
}

function commandLine(pid: number): string {
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A real Node process that runs the launcher: only these can be killed, or be somebody else. */
export class KithProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly report: Report,
    private readonly ended: Promise<number | null>,
  ) {}

  /** Resolves once the process has its database. */
  static async start(options: EmbeddedOptions, around: Surroundings, env = {}): Promise<KithProcess> {
    const started = await KithProcess.attempt(options, around, env);
    if (started.report.error !== undefined) throw new Error(started.report.error);
    return started;
  }

  /** The message with which the launcher gives up. */
  static async failure(options: EmbeddedOptions, around: Surroundings): Promise<string> {
    const started = await KithProcess.attempt(options, around, {});
    if (started.report.error !== undefined) return started.report.error;
    await started.stop();
    throw new Error('It started, although it should not have');
  }

  static launch(
    options: EmbeddedOptions,
    { as, tmp, project = PROJECT }: Surroundings,
    env = {},
  ): ChildProcess {
    const module = new URL('dist/src/database/embedded-postgres.js', `file://${project}/`).href;
    const args = ['--input-type=module', '-e', PROGRAM, module, JSON.stringify(options)];
    const child = spawn(process.execPath, args, {
      ...as,
      cwd: '/',
      env: { PATH: process.env.PATH, TMPDIR: tmp, ...env },
      detached: true, // a terminal of its own, in which one can press Ctrl-C
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    launched.push(child);
    return child;
  }

  private static async attempt(
    options: EmbeddedOptions,
    around: Surroundings,
    env: object,
  ): Promise<KithProcess> {
    const child = KithProcess.launch(options, around, env);
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    for await (const line of createInterface({ input: child.stdout! })) {
      return new KithProcess(child, JSON.parse(line) as Report, ended);
    }
    throw new Error(`The process ended without a word, with code ${await ended}`);
  }

  async stop(): Promise<void> {
    this.child.stdin?.write('stop\n');
    await this.ended;
  }

  exit(): Promise<number | null> {
    return this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** What the terminal does: a signal to everything that belongs to it. */
  async pressCtrlC(): Promise<void> {
    process.kill(-this.child.pid!, 'SIGINT');
    await this.ended;
  }
}
