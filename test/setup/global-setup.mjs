import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { buildIfStale } from '../../scripts/build-if-stale.mjs';
import { endServer, makeClusterFolder, removeAbandonedClusters, removeFolder } from './cluster-folder.mjs';

const DATABASE_FOLDER = new URL('../../dist/src/database/', import.meta.url);
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/**
 * One PostgreSQL for the whole run: a throw-away cluster, or the server of KITH_TEST_DATABASE_URL. The migrations
 * run once, in a template; every test file clones that (`test/support/test-database.ts`).
 */
export default async function globalSetup() {
  buildIfStale();
  // Names of its own for each run: another run may use the same server.
  const run = randomBytes(4).toString('hex');
  const server = process.env.KITH_TEST_DATABASE_URL
    ? { url: process.env.KITH_TEST_DATABASE_URL, end: () => dropDatabases(run) }
    : await startThrowAwayCluster();
  globalThis.kithTestServer = server;
  process.env.KITH_TEST_CLUSTER_URL = server.url;
  process.env.KITH_TEST_RUN = run;
  try {
    await makeTemplate(server.url, `kith_template_${run}`);
  } catch (error) {
    await server.end(); // jest calls no teardown when the setup has failed
    throw error;
  }
}

async function startThrowAwayCluster() {
  await removeAbandonedClusters();
  const { startEmbeddedPostgres } = await import(new URL('embedded-postgres.js', DATABASE_FOLDER).href);
  const dataDir = await makeClusterFolder();
  const end = async (cluster) => {
    await cluster?.stop();
    await endServer(dataDir); // when somebody else is connected, and has bad luck
    await removeFolder(dataDir);
  };
  try {
    const cluster = await withTemporaryFolder(dataDir, () =>
      startEmbeddedPostgres({ dataDir, settings: SETTINGS }),
    );
    return { url: cluster.url, end: () => end(cluster) };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The socket comes to lie there too, so that a run leaves nothing elsewhere. */
async function withTemporaryFolder(folder, action) {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await action();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

async function makeTemplate(server, name) {
  await query(server, `create database ${name} template template0 encoding 'UTF8'`);
  const file = new URL('data-source.js', DATABASE_FOLDER);
  if (!existsSync(file)) return;
  const { createDataSource } = await import(file.href);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const source = await createDataSource(url.href).initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

async function dropDatabases(run) {
  const server = process.env.KITH_TEST_DATABASE_URL;
  const { rows } = await query(
    server,
    `select datname from pg_database where datname like 'kith\\_%\\_${run}%'`,
  );
  for (const { datname } of rows) await query(server, `drop database if exists ${datname} with (force)`);
}

async function query(server, text) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}
