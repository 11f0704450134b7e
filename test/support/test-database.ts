import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

export interface TestDatabase {
  url: string;
  /** Removes the database, whoever is still connected to it. */
  drop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** A database of one's own with the schema of the migrations and no rows. Takes some 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const run = setting('KITH_TEST_RUN');
  const name = `kith_test_${run}_${randomBytes(4).toString('hex')}`;
  await patiently(`create database ${name} template kith_template_${run}`);
  const url = new URL(setting('KITH_TEST_CLUSTER_URL'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(`drop database if exists ${name} with (force)`) };
}

/** PostgreSQL copies no template while somebody is connected to it, such as a vacuum that just comes by. */
async function patiently(statement: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(50)) {
    try {
      return await execute(statement);
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || Date.now() > deadline) throw error;
    }
  }
}

async function execute(statement: string): Promise<void> {
  const client = new Client({ connectionString: setting('KITH_TEST_CLUSTER_URL') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: tests run through jest, whose test/setup/global-setup.mjs sets it.`);
}
