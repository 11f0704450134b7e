import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.setup.js';
import { ensureFirstAdministrator } from '../../src/auth/index.js';
import { readEnv, type Env } from '../../src/config/index.js';
import { createDataSource, Database } from '../../src/database/index.js';
import type { ResourceDefinition } from '../../src/jsonapi/index.js';
import { createTestDatabase } from './test-database.js';
import { WatchedLog } from './watched-log.js';

export const ADMIN = { email: 'admin@example.org', password: 'correct horse battery' };

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  /** Its mails lie here; gone at the end. */
  readonly dataDir: string;
  readonly log: WatchedLog;
  close(): Promise<void>;
}

/**
 * The real server on a database of its own, with the first administrator; not listening. At its end nothing may stand in its
 * log that does not belong there, whatever the tests did.
 * @param further resource types of the test; their tables are its own to make
 */
export async function bootApp(
  settings: NodeJS.ProcessEnv = {},
  further: readonly ResourceDefinition[] = [],
): Promise<TestApp> {
  const own = await createTestDatabase();
  const dataDir = join(tmpdir(), `kith-app-${randomUUID()}`);
  const secret = 'a secret of the tests that is long enough';
  const env: Env = readEnv({
    LOG_LEVEL: 'trace',
    JWT_SECRET: secret,
    DATABASE_URL: own.url,
    DATA_DIR: dataDir,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT_PER_MINUTE: '0',
    RATE_LIMIT_SIGN_IN_PER_MINUTE: '0',
    ...settings,
  });
  const tables = [...new Set(further.map(({ entity }) => entity as new () => object))];
  const dataSource = await createDataSource(own.url, tables).initialize();
  const database = new Database(dataSource, env.preparedStatements);
  await ensureFirstAdministrator(database, env);
  const log = new WatchedLog();
  const app = await createApp(env, database, further, log);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    database,
    dataDir: env.dataDir,
    log,
    async close() {
      await app.close();
      await dataSource.destroy();
      await own.drop();
      await rm(dataDir, { recursive: true, force: true });
      expect(log.faults([secret, ADMIN.password])).toEqual([]);
    },
  };
}
