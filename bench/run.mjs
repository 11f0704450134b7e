import { buildIfStale } from '../scripts/build-if-stale.mjs';

buildIfStale();
const { runBenchmark } = await import('./benchmark.mjs');
await runBenchmark();
