import { batch, batches, CURSORS, entriesOf, FIRST_SYNC, firstSyncBatch, isKnown, loads } from './cases.mjs';
import { requireSameAnswer } from './compare.mjs';
import { CopyYardstick } from './copy.mjs';
import { startDatabases } from './database.mjs';
import { ask, measure, request, timed, warmUp } from './load.mjs';
import { printLine, Results, writeReport } from './report.mjs';
import { ServerProcess } from './server-process.mjs';
import { isWanted, settings } from './settings.mjs';

/** Everything, round by round: within a round the sides take turns, and each round another one begins. */
export async function runBenchmark() {
  const databases = await startDatabases();
  const results = new Results();
  try {
    if ([...loads, ...batches].some(({ name }) => isWanted(name))) await withWorld(databases, results);
    if (isWanted(FIRST_SYNC.name)) await firstSyncs(databases, results);
  } finally {
    await databases.stop();
  }
  await writeReport(results);
}

async function withWorld(databases, results) {
  await databases.template('bench_world', settings.people);
  const kith = await sideOn(databases, 'bench_kith', (url) => ServerProcess.kith(url));
  const raw = await sideOn(databases, 'bench_raw', (url) => ServerProcess.raw(url));
  const bare = { server: await ServerProcess.bareFastify(), databaseUrl: databases.url };
  const copy = await CopyYardstick.on(await databases.create('bench_copy', 'bench_world'));
  try {
    const sides = { kith, raw, bare };
    for (const load of loads.filter(({ name }) => isWanted(name))) await compareLoad(load, sides, results);
    for (const one of batches.filter(({ name }) => isWanted(name)))
      await compareBatch(one, kith, raw, copy, results);
  } finally {
    await copy.end();
    await Promise.all([kith, raw, bare].map(({ server }) => server.stop()));
  }
}

async function sideOn(databases, name, start) {
  const databaseUrl = await databases.create(name, 'bench_world');
  return { databaseUrl, server: await start(databaseUrl) };
}

const inTurn = (round, pairs) => (round % 2 === 0 ? pairs : [...pairs].reverse());

async function compareLoad(load, { kith, ...others }, results) {
  const other = others[load.against ?? 'raw'];
  const walk = () => linksOfWalk(kith.server);
  const next = await load.requests(0, walk);
  for (const n of [0, 1, 2]) await requireSameAnswer(load.name, [kith, other], next(n), load);
  const pairs = [
    ['kith', kith],
    ['other', other],
  ];
  for (const [, side] of pairs) await warmUp(side, await load.requests(1, walk), load.connections);
  for (let round = 0; round < settings.rounds; round += 1)
    for (const [name, side] of inTurn(round, pairs)) {
      const requests = await load.requests(2 + round, walk);
      await profiled(load, name, kith, round === settings.rounds - 1, async () =>
        results.add(load, name, await measure(side, requests, settings.seconds, load.connections)),
      );
    }
  printLine(load, results);
}

/** With a V8 profile of Kith's last round, where one is wanted. */
async function profiled({ name }, side, kith, isLast, work) {
  const wanted = settings.profile && side === 'kith' && isLast;
  const file = `${settings.profile}/${name}.cpuprofile`;
  if (wanted) await kith.server.profile(file);
  await work();
  if (wanted) await kith.server.profile(file);
}

/** The links from the first page by last names to the last one. */
let walked;
async function linksOfWalk(server) {
  if (walked) return walked;
  const links = ['/apis/v4/people?sort=last_name,first_name&page[size]=100&page[after]='];
  const first = '/apis/v4/people?sort=last_name,first_name&page[size]=100';
  let { body } = await ask(server, request('GET', first, undefined, CURSORS));
  links.length = 0;
  for (
    let next = JSON.parse(body).links.next;
    next && links.length < 200;
    next = JSON.parse(body).links.next
  ) {
    links.push(next);
    ({ body } = await ask(server, request('GET', next)));
  }
  return (walked = links);
}

/** As many records before the first batch that counts: what a server that syncs all day has long compiled. */
const WARM_UP_RECORDS = 20_000;

async function compareBatch(one, kith, raw, copy, results) {
  const { size } = one;
  const some = entriesOf(40, 60 + size / 1000);
  // Whom the single posts have changed is not the same on both sides.
  for (const side of [kith, raw]) await ask(side.server, batch(some.filter(isKnown).map(renamed)));
  await requireSameAnswer(one.name, [kith, raw], batch(some), { writes: true });
  const pairs = [
    ['kith', kith],
    ['raw', raw],
  ];
  for (const [, side] of pairs)
    for (let i = 0; i * size < WARM_UP_RECORDS; i += 1)
      await timed(side, batch(entriesOf(size, 11 + i)), size);
  for (let round = 2; round < 2 + settings.rounds; round += 1) {
    const bytes = batch(entriesOf(size, round));
    for (const [name, side] of inTurn(round, pairs))
      await profiled(one, name, kith, round === 1 + settings.rounds, async () =>
        results.add(one, name, await timed(side, bytes, size)),
      );
    const seconds = await copy.run(size, round);
    results.add(one, 'other', { rate: size / seconds });
  }
  printLine(one, results);
}

const renamed = (entry) => ({ ...entry, last_name: 'The Same' });

/** Into an empty database, by a server that has just started: what is planned for empty tables must not last. */
async function firstSyncs(databases, results) {
  await databases.template('bench_empty', 0);
  const servers = { kith: ServerProcess.kith, other: ServerProcess.raw };
  for (let round = 0; round < Math.min(settings.rounds, 3); round += 1)
    for (const [name, start] of inTurn(round, Object.entries(servers))) {
      const databaseUrl = await databases.create(`bench_first_${name}`, 'bench_empty');
      const side = { databaseUrl, server: await start(databaseUrl) };
      const [before, began] = [await side.server.usage(), performance.now()];
      for (let i = 0; i < FIRST_SYNC.batches; i += 1)
        await timed(side, firstSyncBatch(i * FIRST_SYNC.size, FIRST_SYNC.size), FIRST_SYNC.size);
      const seconds = (performance.now() - began) / 1000;
      const records = FIRST_SYNC.batches * FIRST_SYNC.size;
      const cpu = ((await side.server.usage()).cpu - before.cpu) / records;
      results.add(FIRST_SYNC, name, { rate: records / seconds, cpu, p50: seconds * 1000 });
      await side.server.stop();
    }
  printLine(FIRST_SYNC, results);
}
