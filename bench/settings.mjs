/** What the environment says of a run. All of it may be left out. */
const number = (name, fallback) => Number(process.env[name] ?? fallback);

export const settings = {
  /** Names of cases, with commas; empty: all. */
  only: (process.env.BENCH_ONLY ?? '').split(',').filter(Boolean),
  /** Of one measurement. */
  seconds: number('BENCH_SECONDS', 2),
  /** Requests before the first measurement of a case, and the seconds that they may take. */
  warmUp: number('BENCH_WARM_UP', 6000),
  warmUpSeconds: number('BENCH_WARM_UP_SECONDS', 6),
  rounds: number('BENCH_ROUNDS', 5),
  connections: number('BENCH_CONNECTIONS', 16),
  people: number('BENCH_PEOPLE', 20_000),
  /** With BENCH_DATABASE_URL: large databases stay for the next run. */
  keep: process.env.BENCH_KEEP === 'yes',
  /** A folder for V8 profiles of Kith. */
  profile: process.env.BENCH_PROFILE,
  /** Where `results.json` and `chart.svg` go. */
  out: process.env.BENCH_OUT ?? new URL('.', import.meta.url).pathname,
};

export const isWanted = (name) => settings.only.length === 0 || settings.only.includes(name);
