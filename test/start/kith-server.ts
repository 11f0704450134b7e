import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
export const MEDIA_TYPE = 'application/vnd.api+json';

const LISTENS_WITHIN_MS = 25_000;
const LAST_LINE = 'README.md goes on from here.';

export interface Surroundings {
  /** What the user sets; nothing else of our own environment goes along but what a shell needs. */
  settings?: NodeJS.ProcessEnv;
  /** The folder it is started in: the project, or a copy of it. */
  project?: string;
  uid?: number;
  gid?: number;
  /** True: `npm start` itself. False: the command that npm hands to its shell, without npm's second. */
  npm?: boolean;
}

/** All that were ever launched, with their process groups: a failed test must leave nothing behind. */
const launched: ChildProcess[] = [];

/** A real Kith in processes of its own, started the way users start it. */
export class KithServer {
  /** What it printed, both streams together. */
  output = '';
  readonly ended: Promise<number | string | null>;

  private constructor(readonly child: ChildProcess) {
    const collect = (bytes: Buffer): void => {
      this.output += bytes.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.ended = new Promise((done) => child.once('close', (code, signal) => done(code ?? signal)));
  }

  /** Does not wait for anything. */
  static launch({ settings = {}, project = PROJECT, uid, gid, npm = false }: Surroundings): KithServer {
    const child = spawn(npm ? 'npm' : '/bin/sh', npm ? ['start'] : ['-c', startCommand(project)], {
      uid,
      gid,
      cwd: project,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', LOG_LEVEL: 'silent', ...settings },
      detached: true, // a terminal of its own, in which one can press Ctrl-C
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    launched.push(child);
    return new KithServer(child);
  }

  /** Resolves once the first screen is complete. */
  static async start(surroundings: Surroundings): Promise<KithServer> {
    const kith = KithServer.launch(surroundings);
    await kith.untilListening();
    return kith;
  }

  /** For a start that must fail: its code and what it said. */
  static async refusal(surroundings: Surroundings): Promise<{ code: number | string | null; said: string }> {
    const kith = KithServer.launch(surroundings);
    const code = await Promise.race([kith.ended, kith.untilListening().then(() => 'it listens')]);
    await kith.kill();
    return { code, said: kith.output };
  }

  async untilListening(): Promise<void> {
    for (const deadline = Date.now() + LISTENS_WITHIN_MS; !this.output.includes(LAST_LINE); await delay(20)) {
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Kith does not listen (code ${this.child.exitCode}):\n${this.output}`);
    }
  }

  get url(): string {
    return /Kith listens on (\S+)/.exec(this.output)?.[1] ?? '';
  }

  get password(): string | undefined {
    return /Password\s+(\S+)/.exec(this.output)?.[1];
  }

  /** The line that the first screen offers for pasting. */
  get pasted(): string {
    return /^ {2}(curl .*)$/m.exec(this.output)?.[1] ?? '';
  }

  async signIn(password: string, email = 'admin@example.org'): Promise<{ status: number; token: string }> {
    const data = { type: 'session', attributes: { email, password } };
    const response = await this.post('/apis/v4/sessions', { data });
    return { status: response.status, token: response.headers.get('x-mh-session') ?? '' };
  }

  async post(path: string, body: object, token?: string, type = MEDIA_TYPE): Promise<Response> {
    const headers = { 'Content-Type': type, ...(token && { Authorization: `Bearer ${token}` }) };
    return fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async get(path: string, token: string): Promise<Response> {
    return fetch(this.url + path, { headers: { Accept: MEDIA_TYPE, Authorization: `Bearer ${token}` } });
  }

  /** The names of the groups that a token opens, the oldest first. */
  async groupNames(token: string): Promise<string[]> {
    const response = await this.get('/apis/v4/groups?sort=id', token);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const { data } = (await response.json()) as { data: { attributes: { name: string } }[] };
    return data.map(({ attributes }) => attributes.name);
  }

  async createGroup(name: string, token: string): Promise<void> {
    const data = { type: 'group', attributes: { name } };
    const response = await this.post('/apis/v4/groups', { data }, token);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  }

  /** What `kill` does: the signal goes to the process that was started, be it npm or the server. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    this.child.kill(signal);
    return this.ended;
  }

  /** What the terminal does: the signal goes to everything that belongs to it. */
  async pressCtrlC(): Promise<number | string | null> {
    process.kill(-this.child.pid!, 'SIGINT');
    return this.ended;
  }

  async kill(): Promise<void> {
    killGroup(this.child);
    await this.ended;
  }
}

/** Ends what is left of the processes, and of the servers whose cluster lies right in one of the data folders. */
export async function killLeftovers(dataDirs: readonly string[]): Promise<void> {
  for (const child of launched.splice(0)) killGroup(child);
  for (const pid of dataDirs.map(postmasterOf)) if (pid !== undefined) process.kill(pid, 'SIGQUIT');
}

/** The PostgreSQL that runs in a data folder, if one does: what the file says counts only when the process agrees. */
export function postmasterOf(dataDir: string): number | undefined {
  const cluster = clusterOf(dataDir);
  const file = join(cluster, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  const command = pid
    ? spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
    : '';
  return command.includes(cluster) ? pid : undefined;
}

export function clusterOf(dataDir: string): string {
  const named = join(dataDir, 'postgres-location');
  return existsSync(named) ? readFileSync(named, 'utf8').trim() : join(dataDir, 'postgres');
}

/** The built server in another place: what it was built from stays here, the packages are shared. */
export function copyProject(folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(PROJECT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function startCommand(project: string): string {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start;
}

function killGroup({ pid, exitCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
