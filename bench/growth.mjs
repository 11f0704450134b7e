import { buildIfStale } from '../scripts/build-if-stale.mjs';

buildIfStale();
const { startDatabases, query } = await import('./database.mjs');
const { batch, deepPage, entriesOf, firstPage, firstSyncBatch, loads } = await import('./cases.mjs');
const { ask, measure, timed, warmUp } = await import('./load.mjs');
const { ServerProcess } = await import('./server-process.mjs');
const { median } = await import('./report.mjs');
const { settings } = await import('./settings.mjs');

/**
 * `npm run bench:growth`: the same questions among more and more people, who come in by the batch door. The sizes stand
 * side by side and take turns, so that a busy machine is busy for all of them; each is told by how many times as long it
 * takes as the first, as the median of the rounds.
 */
const SIZES = [settings.people, ...(process.env.BENCH_GROWTH ?? '100000,500000').split(',').map(Number)];
const NAMES = ['one', 'page', 'sparse', 'search', 'matched', 'new'];
/** People who come in with one request. */
const BATCH = 5000;
const known = loads.filter(({ name }) => NAMES.includes(name));
const cases = [
  ...known.slice(0, 4),
  { name: 'first-page', title: 'first page of 100 by cursor', requests: () => () => firstPage },
  { name: 'deep-page', title: 'page of 100 behind nine tenths of all', requests: () => () => deepPage },
  ...known.slice(4),
  ...[1000, 10_000].map((size) => ({ name: `batch-${size}`, title: `batch of ${size}, half known`, size })),
];

const databases = await startDatabases();
const sides = new Map();
const took = new Map();
try {
  let from = await databases.template('bench_world', settings.people);
  for (const size of SIZES) {
    const name = `bench_grown_${size}`;
    if (!(await databases.has(name))) await grow(name, from, size);
    from = name;
  }
  for (const size of SIZES) sides.set(size, await sideOn(`bench_grown_${size}`));
  for (const one of cases) await measureAll(one);
} finally {
  for (const { server } of sides.values()) await server.stop();
  await databases.stop();
}

async function sideOn(name) {
  const databaseUrl = databases.urlOf(name);
  return { databaseUrl, server: await ServerProcess.kith(databaseUrl) };
}

/** A copy of the size before, and the missing people, as an integrator would bring them. */
async function grow(name, from, size) {
  await databases.create(name, from);
  const side = await sideOn(name);
  const [{ count }] = await query(side.databaseUrl, 'select count(*)::int as count from people');
  const began = performance.now();
  for (let at = count; at < size; at += BATCH) {
    const { status, body } = await ask(side.server, firstSyncBatch(at, Math.min(BATCH, size - at)));
    if (status !== 200) throw new Error(`${status}: ${body.slice(0, 300)}`);
  }
  const seconds = (performance.now() - began) / 1000;
  await side.server.stop();
  await query(side.databaseUrl, 'vacuum analyze');
  const came = Math.max(0, size - count);
  console.log(`${size} people; the last ${came} came in at ${Math.round(came / seconds)} a second`);
}

/** Rounds in which every size is asked once, beginning with another one each time. */
async function measureAll(one) {
  took.set(one.name, new Map(SIZES.map((size) => [size, []])));
  if (!one.size)
    for (const side of sides.values()) await warmUp(side, await one.requests(1), one.connections);
  for (let round = 0; round < settings.rounds; round += 1)
    for (let turn = 0; turn < SIZES.length; turn += 1) {
      const size = SIZES[(round + turn) % SIZES.length];
      took
        .get(one.name)
        .get(size)
        .push(await measureOne(one, sides.get(size), 2 + round));
    }
  tell(one);
}

async function measureOne(one, side, round) {
  if (one.size) return timed(side, batch(entriesOf(one.size, round)), one.size);
  return measure(side, await one.requests(round), settings.seconds, one.connections);
}

function tell({ name, title }) {
  const of = took.get(name);
  const rates = (size) => of.get(size).map(({ rate }) => rate);
  for (const size of SIZES) {
    const times = median(rates(SIZES[0]).map((first, i) => first / rates(size)[i]));
    const [cpu, db] = ['cpu', 'databaseCpu'].map((what) => median(of.get(size).map((each) => each[what])));
    const costs = `${cpu.toFixed(0)} us server, ${db?.toFixed(0)} us database`;
    console.log(
      `${title.padEnd(44)} ${String(size).padStart(8)}  ${times.toFixed(2)} times as long  ${costs}`,
    );
  }
}
