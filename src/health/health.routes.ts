import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isMigrated, type Database } from '../database/index.js';

const ANSWERED_WITHIN_MS = 2_000;
const ALIVE = Buffer.from('{"status":"ok"}');
const READY = Buffer.from('{"status":"ready"}');

/** Why no request can be served; undefined when it can. */
type Hindrance = string | undefined;

/**
 * `/healthz` (the process runs) and `/readyz` (it can serve: the database answers, its tables are those of this
 * version), for whatever starts, balances and restarts processes. They are routes of Fastify itself, past guards and
 * interceptors: asked every second by several, without a token, they must cost next to nothing.
 */
export function serveHealth(fastify: FastifyInstance, database: Database): void {
  const readiness = shared(() => hindrance(database));
  fastify.get('/healthz', (_request, reply) => put(reply, 200, ALIVE));
  fastify.get('/readyz', async (_request, reply) => {
    const detail = await readiness();
    if (detail === undefined) return put(reply, 200, READY);
    reply.header('Retry-After', '2');
    return put(reply, 503, Buffer.from(JSON.stringify({ status: 'unavailable', detail })));
  });
}

/** A Buffer, since Fastify would add a charset to the type of a text. */
const put = (reply: FastifyReply, status: number, bytes: Buffer): FastifyReply =>
  reply
    .code(status)
    .header('Content-Type', 'application/json')
    .header('Cache-Control', 'no-store')
    .send(bytes);

async function hindrance(database: Database): Promise<Hindrance> {
  const waited = delay(ANSWERED_WITHIN_MS, 'The database does not answer.', { ref: false });
  return Promise.race([migrated(database), waited]).catch(() => 'The database cannot be reached.');
}

const migrated = async (database: Database): Promise<Hindrance> =>
  (await isMigrated(database.dataSource))
    ? undefined
    : 'Migrations of this version are missing in the database.';

/** Who asks while an answer is on its way gets that one: nobody makes the database busy by asking. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask().finally(() => (asked = undefined)));
}
