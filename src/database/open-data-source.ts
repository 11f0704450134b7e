import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';

const CONNECTED_WITHIN_MS = 10_000;
const OLDEST_MAJOR = 15;

/** What a pooler says that does not let settings of a connection through; it then has them from the role. */
const POOLER = /unsupported startup parameter/;

/**
 * A connected DataSource. @param timeout milliseconds that a statement may take; 0: any time
 * @throws Error with one sentence that says why there is none, without the password.
 */
export async function openDataSource(url: string, timeout = 0): Promise<DataSource> {
  const dataSource = createDataSource(url, [], timeout);
  try {
    await Promise.race([dataSource.initialize(), giveUp()]);
  } catch (error) {
    if (timeout > 0 && POOLER.test(reasonOf(error))) return openDataSource(url);
    throw new Error(`The database ${nameOf(url)} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
  const reason = whyTooOld(dataSource.driver.version);
  if (!reason) return dataSource;
  await dataSource.destroy();
  throw new Error(`The database ${nameOf(url)} cannot be used: ${reason}`);
}

/** Older ones know no "nulls not distinct". */
export function whyTooOld(version = ''): string | undefined {
  if (!(Number.parseInt(version, 10) < OLDEST_MAJOR)) return undefined;
  return `it is PostgreSQL ${version}, and ${OLDEST_MAJOR} or newer is wanted.`;
}

async function giveUp(): Promise<never> {
  await delay(CONNECTED_WITHIN_MS, undefined, { ref: false });
  throw new Error(`it has not answered for ${CONNECTED_WITHIN_MS / 1000} seconds.`);
}

function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** A host with several addresses fails with a list of errors, and without a message of its own. */
function reasonOf(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first instanceof Error ? first.message : String(first);
}
