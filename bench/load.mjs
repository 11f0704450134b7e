import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { settings } from './settings.mjs';
import { databaseCpu } from './database.mjs';
import { tokenOfReader } from './world.mjs';

/**
 * A keep-alive connection that sends requests as ready bytes, one after the other. A client of a general library costs as
 * much as the fastest of the measured servers, on the same processors.
 */
export class Connection {
  #socket;
  #parts = [];
  #length = 0;
  #missing = -1;
  #status = 0;
  #bodyAt = 0;
  #done;
  #failed;

  static open(port) {
    const connection = new Connection();
    return new Promise((done, fail) => {
      connection.#socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => done(connection));
      connection.#socket.once('error', (error) => (connection.#failed ?? fail)(error));
      connection.#socket.on('data', (bytes) => connection.#take(bytes));
      connection.#socket.on('close', () =>
        connection.#failed?.(new Error('The server closed the connection')),
      );
    });
  }

  /** @returns {Promise<{status: number, bytes: Buffer, head: string}>} */
  send(request) {
    return new Promise((done, fail) => {
      this.#done = done;
      this.#failed = fail;
      this.#socket.write(request);
    });
  }

  close() {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#missing < 0 && !this.#readHead()) return;
    if (this.#length < this.#bodyAt + this.#missing) return;
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const answer = { status: this.#status, head: all, bodyAt: this.#bodyAt };
    this.#parts = [];
    this.#length = 0;
    this.#missing = -1;
    this.#failed = undefined;
    this.#done(answer);
  }

  #readHead() {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    const [bytes] = this.#parts;
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = bytes.latin1Slice(0, end);
    this.#status = Number(head.slice(9, 12));
    this.#missing = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(this.#missing)) throw new Error(`An answer without a length:\n${head}`);
    this.#bodyAt = end + 4;
    return true;
  }
}

const TOKEN = tokenOfReader();

/** The bytes of a request of the reader. */
export function request(method, path, body, type = 'application/vnd.api+json') {
  const bytes = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${TOKEN}`,
    `Accept: ${type}`,
    ...(body === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(bytes)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${bytes}`);
}

/** One request on a connection of its own. */
export async function ask(server, bytes) {
  const connection = await Connection.open(server.port);
  try {
    const { status, head, bodyAt } = await connection.send(bytes);
    return { status, body: head.subarray(bodyAt).toString() };
  } finally {
    connection.close();
  }
}

/** Code is slow until it has been compiled, which takes some thousand requests: those are asked first, and not timed. */
export async function warmUp(side, next, connections = settings.connections) {
  const end = performance.now() + settings.warmUpSeconds * 1000;
  let left = settings.warmUp;
  const run = async () => {
    const connection = await Connection.open(side.server.port);
    while (left > 0 && performance.now() < end) await connection.send(next((left -= 1)));
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, run));
}

/**
 * Asks on some connections at once for some seconds.
 * @param {(n: number) => Buffer} next the bytes of the nth request
 * @param {(answer: object) => void} [see]
 */
export async function measure(side, next, seconds = settings.seconds, connections = settings.connections) {
  const open = await Promise.all(
    Array.from({ length: connections }, () => Connection.open(side.server.port)),
  );
  const times = [];
  const failures = [];
  let sent = 0;
  const [before, databaseBefore] = [await side.server.usage(), await databaseCpu(side.databaseUrl)];
  const began = performance.now();
  const end = began + seconds * 1000;
  const run = async (connection) => {
    while (performance.now() < end) {
      const at = performance.now();
      const { status, head, bodyAt } = await connection.send(next(sent++));
      times.push(performance.now() - at);
      if (status >= 300) failures.push(head.subarray(bodyAt, bodyAt + 400).toString());
    }
  };
  await Promise.all(open.map(run));
  const took = performance.now() - began;
  const [after, databaseAfter] = [await side.server.usage(), await databaseCpu(side.databaseUrl)];
  open.forEach((connection) => connection.close());
  if (failures.length > 0)
    throw new Error(`${failures.length} answers of ${times.length} failed: ${failures[0]}`);
  await delay(50);
  times.sort((a, b) => a - b);
  return {
    rate: times.length / (took / 1000),
    cpu: (after.cpu - before.cpu) / times.length,
    databaseCpu: (databaseAfter - databaseBefore) / times.length,
    p50: times[Math.floor(times.length * 0.5)],
    p99: times[Math.floor(times.length * 0.99)],
  };
}

/** One request on its own; rates and costs are those of a record. */
export async function timed({ server, databaseUrl }, bytes, size) {
  const connection = await Connection.open(server.port);
  const [before, databaseBefore] = [await server.usage(), await databaseCpu(databaseUrl)];
  const began = performance.now();
  const { status, head, bodyAt } = await connection.send(bytes);
  const took = (performance.now() - began) / 1000;
  const [after, databaseAfter] = [await server.usage(), await databaseCpu(databaseUrl)];
  connection.close();
  const body = head.subarray(bodyAt).toString();
  if (status !== 200 || !body.startsWith('{"success":true'))
    throw new Error(`${status}: ${body.slice(0, 500)}`);
  return {
    rate: size / took,
    cpu: (after.cpu - before.cpu) / size,
    databaseCpu: (databaseAfter - databaseBefore) / size,
    p50: took * 1000,
  };
}
