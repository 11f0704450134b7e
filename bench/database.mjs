import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDataSource } from '../dist/src/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';
import { settings } from './settings.mjs';
import { seed } from './world.mjs';

/**
 * A PostgreSQL of the run's own, with the settings that Kith's has, thrown away at the end; or that of BENCH_DATABASE_URL,
 * which must be allowed to create databases.
 */
export async function startDatabases() {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) return new Databases(given, async () => undefined);
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  await chmod(dataDir, 0o755); // as root, the database's own user must get through
  const cluster = await startEmbeddedPostgres({ dataDir });
  return new Databases(cluster.url, async () => {
    await cluster.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
}

/** The databases of a run. The sides get copies of one template each: the same rows, ids and times. */
class Databases {
  made = [];

  constructor(url, end) {
    this.url = url;
    this.end = end;
  }

  /** Whether a database is there from an earlier run, which was told to keep it. */
  async has(name) {
    const found = await query(this.url, 'select from pg_database where datname = $1', [name]);
    return settings.keep && found.length > 0;
  }

  /** A database with `people` people, which nobody uses. */
  async template(name, people) {
    const url = await this.create(name, 'template0');
    const source = await createDataSource(url).initialize();
    await source.runMigrations({ transaction: 'each' });
    await source.destroy();
    await query(url, seed(people));
    await query(url, 'vacuum analyze');
    return name;
  }

  /** @returns the url of a new copy of a template */
  async create(name, template) {
    await query(this.url, `drop database if exists ${name} with (force)`);
    await query(this.url, `create database ${name} template ${template} encoding 'UTF8'`);
    this.made.push(name);
    return this.urlOf(name);
  }

  urlOf(name) {
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    url.searchParams.delete('application_name');
    return url.href;
  }

  async stop() {
    for (const name of settings.keep ? [] : this.made)
      await query(this.url, `drop database if exists ${name} with (force)`);
    await this.end();
  }
}

export async function query(url, text, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Microseconds that the backends of a database have worked so far; only Linux tells. */
export async function databaseCpu(url) {
  if (process.platform !== 'linux') return undefined;
  const backends = await query(
    url,
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return backends.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
}

function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return 0;
  }
}
