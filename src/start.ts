import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.setup.js';
import { ensureFirstAdministrator } from './auth/index.js';
import { readEnv, type Env } from './config/index.js';
import {
  Database,
  isMigrated,
  migrate,
  openDataSource,
  requireMigrated,
  startEmbeddedPostgres,
} from './database/index.js';
import { Registry } from './jsonapi/index.js';
import { firstScreen, signInLines } from './first-screen.js';

/** Requests that run when the end comes have this long; the rest of the way down has to be through in ten seconds. */
const RUNNING_REQUESTS_MS = 5_000;
const POOL_MS = 1_000;

/** Closes what was opened; called in the opposite order. */
type Close = () => Promise<unknown>;

/**
 * Serves until `stop`: database up or adopted, migrated, somebody who can sign in, listening; then everything down
 * again, the last first. It is the same way down when a step fails, and when `stop` comes while it still starts.
 */
export async function serve(stop: AbortSignal): Promise<void> {
  const env = readEnv();
  const opened: Close[] = [];
  try {
    const url = env.databaseUrl ?? (await startEmbedded(env, opened));
    if (stop.aborted) return;
    await serveFrom(url, env, opened);
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    // Whatever fails on the way down, the rest of it has to be gone too.
    for (const close of opened.reverse()) await close().catch(() => undefined);
  }
}

async function startEmbedded(env: Env, opened: Close[]): Promise<string> {
  const embedded = await startEmbeddedPostgres({ dataDir: env.dataDir });
  opened.push(() => embedded.stop());
  return embedded.url;
}

async function serveFrom(databaseUrl: string, env: Env, opened: Close[]): Promise<void> {
  const pooled = env.databaseUrl !== undefined && !env.preparedStatements;
  const dataSource = await openDataSource(databaseUrl, pooled ? 0 : env.statementTimeout * 1000);
  // The pool waits for statements that nobody waits for any more.
  opened.push(() => Promise.race([dataSource.destroy(), delay(POOL_MS)]));
  if (pooled) await requireMigrated(dataSource);
  else if (!(await isMigrated(dataSource))) await migrateAt(databaseUrl);
  const database = new Database(dataSource, env.preparedStatements);
  const app = await createApp(env, database);
  opened.push(() => close(app));
  await app.get(Registry).requireTables(database);
  const administrator = await ensureFirstAdministrator(database, env);
  try {
    await app.listen(env.port, env.host);
  } catch (error) {
    // The next start finds an administrator and shows no password: it is now or never.
    if (administrator?.generated) process.stdout.write(`\n${signInLines(env, administrator).join('\n')}\n`);
    throw explainListening(error, env);
  }
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  process.stdout.write(firstScreen(env, url, administrator));
}

/** On connections of its own: a migration takes the time that it takes. */
async function migrateAt(databaseUrl: string): Promise<void> {
  const dataSource = await openDataSource(databaseUrl);
  await migrate(dataSource).finally(() => dataSource.destroy());
}

async function close(app: NestFastifyApplication): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), RUNNING_REQUESTS_MS);
  await app.close().finally(() => clearTimeout(cut));
}

function explainListening(error: unknown, { host, port }: Env): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is in use, perhaps by another Kith. End that one, or choose another port with PORT.`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023 with PORT.`,
    EADDRNOTAVAIL: `HOST: ${host} is no address of this machine.`,
    ENOTFOUND: `HOST: there is no machine called ${host}.`,
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason ? new Error(reason, { cause: error }) : error;
}
