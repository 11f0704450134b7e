import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JWT_SECRET } from './world.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A server in a process of its own, which tells how much it has worked. */
export class ServerProcess {
  constructor(child, port) {
    this.child = child;
    this.port = port;
  }

  /** Kith as it is built and started, but for the limits of its callers: this one asks more often. */
  static kith(databaseUrl, env = {}) {
    return start(path('../dist/kith.js'), {
      DATABASE_URL: databaseUrl,
      RATE_LIMIT_PER_MINUTE: '1000000000',
      LOG_LEVEL: 'error',
      ...env,
    });
  }

  static raw(databaseUrl) {
    return start(path('raw/server.mjs'), { DATABASE_URL: databaseUrl });
  }

  static bareFastify() {
    return start(path('raw/bare-fastify.mjs'), {});
  }

  /** Microseconds of the processors so far, and bytes held. */
  usage(collect = false) {
    return this.#ask({ usage: true, collect });
  }

  /** Begins a V8 profile, or ends it and writes it. */
  profile(file) {
    return this.#ask({ profile: file });
  }

  #ask(message) {
    return new Promise((done) => {
      this.child.once('message', done);
      this.child.send(message);
    });
  }

  async stop() {
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}

function start(module, env) {
  const child = fork(module, [], {
    execArgv: ['--enable-source-maps', '--expose-gc', '--import', path('tell-usage.mjs')],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', JWT_SECRET, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  return new Promise((done, fail) => {
    let output = '';
    const failed = () => fail(new Error(`${module} did not start:\n${output}`));
    child.once('exit', failed);
    child.stdout.on('data', (bytes) => {
      output = (output + bytes).slice(-4000);
      const port = /listens on \S+:(\d+)/.exec(output)?.[1];
      if (!port) return;
      child.off('exit', failed);
      done(new ServerProcess(child, Number(port)));
    });
  });
}
