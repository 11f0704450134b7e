import { buildIfStale } from '../scripts/build-if-stale.mjs';

buildIfStale();
const { startDatabases, query } = await import('./database.mjs');
const { batch, entriesOf, firstSyncBatch, loads } = await import('./cases.mjs');
const { ask, measure, warmUp } = await import('./load.mjs');
const { ServerProcess } = await import('./server-process.mjs');
const { settings } = await import('./settings.mjs');

/**
 * `npm run bench:growth`: the same questions among more and more people, who come in by the batch door. The world of
 * `BENCH_PEOPLE` is the first size; each is told by how many times as long it takes as there.
 */
const SIZES = (process.env.BENCH_GROWTH ?? '100000,500000').split(',').map(Number);
const NAMES = ['one', 'page', 'sparse', 'matched'];

const databases = await startDatabases();
await databases.template('bench_world', settings.people);
const databaseUrl = await databases.create('bench_kith', 'bench_world');
const side = { databaseUrl, server: await ServerProcess.kith(databaseUrl) };
const first = new Map();
let rounds = 0;
try {
  await measureAll(settings.people);
  let filled = 0;
  for (const size of SIZES) {
    const began = performance.now();
    for (; settings.people + filled * 1000 < size; filled += 1) {
      const { status, body } = await ask(side.server, firstSyncBatch(filled));
      if (status !== 200) throw new Error(`${status}: ${body.slice(0, 300)}`);
    }
    console.log(`${size} people after ${Math.round((performance.now() - began) / 1000)} s`);
    await query(databaseUrl, 'vacuum analyze');
    await measureAll(size);
  }
} finally {
  await side.server.stop();
  await databases.stop();
}

async function measureAll(size) {
  for (const load of loads.filter(({ name }) => NAMES.includes(name))) {
    const next = await load.requests((rounds += 1));
    await warmUp(side, next, load.connections);
    const { rate, cpu, databaseCpu } = await measure(side, next, settings.seconds, load.connections);
    tell(load.title, size, 1 / rate, `${cpu.toFixed(0)} us server, ${databaseCpu?.toFixed(0)} us database`);
  }
  const bytes = batch(entriesOf(1000, (rounds += 1)));
  const began = performance.now();
  await ask(side.server, bytes);
  tell('batch of 1,000, half known', size, (performance.now() - began) / 1000, '');
}

function tell(title, size, seconds, rest) {
  if (!first.has(title)) first.set(title, seconds);
  const times = (seconds / first.get(title)).toFixed(2);
  console.log(`${String(size).padStart(8)}  ${title.padEnd(42)} ${times.padStart(6)} times as long  ${rest}`);
}
