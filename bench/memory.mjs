import { buildIfStale } from '../scripts/build-if-stale.mjs';

buildIfStale();
const { startDatabases } = await import('./database.mjs');
const { batch, entriesOf, loads } = await import('./cases.mjs');
const { ask, Connection, request } = await import('./load.mjs');
const { ServerProcess } = await import('./server-process.mjs');
const { settings } = await import('./settings.mjs');

/** `npm run bench:memory`: what the server holds, under a long load and beside large requests. */
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 200_000);
const STEPS = 8;
const megabytes = (bytes) => Math.round(bytes / 1024 ** 2);

const databases = await startDatabases();
const began = performance.now();
await databases.template('bench_world', settings.people);
const url = await databases.create('bench_kith', 'bench_world');
const cold = performance.now();
const server = await ServerProcess.kith(url);
console.log(
  `to ready: ${Math.round(performance.now() - cold)} ms (the database took ${Math.round(cold - began)} ms)`,
);
try {
  const idle = await server.usage(true);
  console.log(`idle: ${megabytes(idle.rss)} MB resident, ${megabytes(idle.heap)} MB heap`);
  await peakDuring('batch of 10,000', batch(entriesOf(10_000, 1)), idle);
  const page = '/apis/v4/people?include=email_addresses,phone_numbers,group_memberships&page[size]=1000';
  await peakDuring('page of 1,000, three includes', request('GET', page), idle);
  await longLoad();
} finally {
  await server.stop();
  await databases.stop();
}

/** The most that is held while one request is done, asked as often as the server comes to answer. */
async function peakDuring(name, bytes, idle) {
  let most = 0;
  let done = false;
  const watch = (async () => {
    while (!done) most = Math.max(most, (await server.usage()).rss);
  })();
  const { status, body } = await ask(server, bytes);
  done = true;
  await watch;
  if (status !== 200) throw new Error(`${name}: ${status} ${body.slice(0, 300)}`);
  most = Math.max(most, (await server.usage()).rss);
  console.log(`${name}: ${megabytes(most)} MB resident at most, ${megabytes(most - idle.rss)} MB above idle`);
}

/** Reads and writes in turn; the resident size after each part of them, garbage collected. */
async function longLoad() {
  const kinds = await Promise.all(
    loads
      .filter(({ name }) => ['one', 'page', 'sparse', 'new', 'matched'].includes(name))
      .map((load) => load.requests(3)),
  );
  // Pages are dear and writes wait for the disk: most requests are of one person, as in life.
  const next = (n) => kinds[n % 20 < 4 ? 1 + (n % 4) : 0](n);
  let sent = 0;
  for (let step = 1; step <= STEPS; step += 1) {
    const until = (REQUESTS / STEPS) * step;
    await Promise.all(
      Array.from({ length: settings.connections }, async () => {
        const connection = await Connection.open(server.port);
        while (sent < until) await connection.send(next(sent++));
        connection.close();
      }),
    );
    const { rss, heap } = await server.usage(true);
    console.log(
      `after ${Math.round(until)} requests: ${megabytes(rss)} MB resident, ${megabytes(heap)} MB heap`,
    );
  }
}
