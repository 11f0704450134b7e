import { createHmac, createSecretKey, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { one, pageOfGroup, search, sparse, walk } from './reads.mjs';
import { ACTOR, TOUCH } from './statements.mjs';
import { batch, post } from './writes.mjs';

/**
 * The limit: node:http and pg with named statements written by hand, on the same rows, for the same rights, with the same
 * bytes as answers. It knows the few questions of the benchmark and nothing else.
 */
const key = createSecretKey(Buffer.from(process.env.JWT_SECRET));
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const TTL = 172_800;
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

const sign = (text) => createHmac('sha256', key).update(text).digest();

/** The claims of a token, if it is one of ours and still good. */
function verify(header = '') {
  const [head, claims, signature] = header.slice('Bearer '.length).split('.');
  if (head !== HEADER || !signature) return undefined;
  const [given, right] = [Buffer.from(signature, 'base64url'), sign(`${head}.${claims}`)];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const subject = JSON.parse(Buffer.from(claims, 'base64url'));
  return subject.exp * 1000 > Date.now() ? subject : undefined;
}

function renew({ user_id, sid }) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = Buffer.from(JSON.stringify({ user_id, sid, iat, exp: iat + TTL })).toString('base64url');
  const text = `${HEADER}.${claims}`;
  return `${text}.${sign(text).toString('base64url')}`;
}

const onPool = async (statement, values) => (await pool.query({ ...statement, values })).rows;
const onClient = (client) => async (statement, values) =>
  (await client.query(typeof statement === 'string' ? statement : { ...statement, values })).rows;

async function actorOf(subject) {
  const [row] = await onPool(ACTOR, [subject.sid, subject.user_id]);
  if (row?.touch_due) await onPool(TOUCH, [subject.sid]);
  return row && { groups: row.groups, personId: row.person_id };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts));
}

async function inTransaction(work) {
  const client = await pool.connect();
  try {
    return await work(onClient(client));
  } finally {
    client.release();
  }
}

const JSON_API = 'application/vnd.api+json';

/** @returns status, document, media type */
async function answer(request, actor) {
  const at = request.url.indexOf('?');
  const [path, sent] = at < 0 ? [request.url, ''] : [request.url.slice(0, at), request.url.slice(at + 1)];
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    if (path.endsWith('/multiple'))
      return [200, await inTransaction((ask) => batch(ask, actor, body, randomUUID())), 'application/json'];
    return [...(await inTransaction((ask) => post(ask, actor, body, randomUUID()))), JSON_API];
  }
  if (sent === '') return [200, await one(onPool, actor, path.slice(path.lastIndexOf('/') + 1)), JSON_API];
  const query = decodeURIComponent(sent)
    .split('&')
    .map((part) => part.split('='));
  const given = Object.fromEntries(query);
  const size = Number(given['page[size]']);
  if (given['filter[q]'])
    return [200, await search(onPool, actor, query, given['filter[q]'], size), JSON_API];
  if (given['filter[groups]'])
    return [200, await pageOfGroup(onPool, actor, query, given['filter[groups]'], size), JSON_API];
  if (given['fields[person]']) return [200, await sparse(onPool, actor, query, size), JSON_API];
  return [200, await walk(onPool, actor, decodeURIComponent(sent), given['page[after]'], size), JSON_API];
}

const server = createServer(async (request, response) => {
  try {
    const subject = verify(request.headers.authorization);
    const actor = subject && (await actorOf(subject));
    if (!actor) return void response.writeHead(401, { 'Content-Length': 0 }).end();
    const [status, document, type] = await answer(request, actor);
    const bytes = Buffer.from(JSON.stringify(document));
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': bytes.length,
      'X-MH-Session': renew(subject),
    });
    response.end(bytes);
  } catch (error) {
    const bytes = Buffer.from(String(error.stack));
    response.writeHead(500, { 'Content-Length': bytes.length }).end(bytes);
  }
});
server.listen(0, '127.0.0.1', () => console.log(`listens on 127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit());
