import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { chartOf } from './chart.mjs';
import { settings } from './settings.mjs';

export const median = (numbers) => {
  const sorted = numbers.filter((one) => one !== undefined && !Number.isNaN(one)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** What was measured, case by case and side by side. */
export class Results {
  #cases = new Map();

  add(one, side, measured) {
    const known = this.#cases.get(one.name) ?? { one, sides: {} };
    (known.sides[side] ??= []).push(measured);
    this.#cases.set(one.name, known);
  }

  /** The medians of a case. */
  of(name) {
    const { one, sides } = this.#cases.get(name);
    const medianOf = (side, what) => sides[side] && median(sides[side].map((each) => each[what]));
    const side = (of) =>
      sides[of] &&
      Object.fromEntries(
        ['rate', 'cpu', 'databaseCpu', 'p50', 'p99'].map((what) => [what, rounded(medianOf(of, what))]),
      );
    // Of one round: what disturbs the machine for long disturbs both.
    const ratios = sides.kith.map(({ rate }, i) => rate / sides.other[i]?.rate);
    return {
      ...{ name, title: one.title, target: one.target },
      ratio: rounded(median(ratios), 2),
      spread: [rounded(Math.min(...ratios), 2), rounded(Math.max(...ratios), 2)],
      ...{ kith: side('kith'), other: side('other') },
      ...(sides.raw && {
        raw: side('raw'),
        ratioToRaw: rounded(median(sides.kith.map(({ rate }, i) => rate / sides.raw[i]?.rate)), 2),
      }),
    };
  }

  get all() {
    return [...this.#cases.keys()].map((name) => this.of(name));
  }
}

const rounded = (number, digits = 1) => (number === undefined ? undefined : Number(number.toFixed(digits)));

const columns = [
  ['case', 46, ({ title }) => title],
  ['ratio', 6, ({ ratio }) => ratio.toFixed(2)],
  ['of rounds', 11, ({ spread }) => spread.map((one) => one.toFixed(2)).join('-')],
  ['target', 6, ({ target }) => target?.toFixed(2) ?? ''],
  ['Kith /s', 9, ({ kith }) => kith.rate],
  ['limit /s', 9, ({ other }) => other.rate],
  ['CPU us', 8, ({ kith }) => kith.cpu ?? ''],
  ['limit', 7, ({ other, raw }) => (raw ?? other).cpu ?? ''],
  ['db us', 7, ({ kith }) => kith.databaseCpu ?? ''],
  ['limit', 7, ({ other, raw }) => (raw ?? other).databaseCpu ?? ''],
  ['p50/p99 ms', 12, ({ kith }) => [kith.p50, kith.p99].filter((one) => one !== undefined).join('/')],
  ['to raw', 6, ({ ratioToRaw }) => ratioToRaw?.toFixed(2) ?? ''],
];

const line = (cells) =>
  cells
    .map((cell, i) => (i === 0 ? String(cell).padEnd(columns[i][1]) : String(cell).padStart(columns[i][1])))
    .join('  ');
let headed = false;

export function printLine({ name }, results) {
  if (!headed) console.log(line(columns.map(([title]) => title)));
  headed = true;
  const one = results.of(name);
  console.log(line(columns.map(([, , cell]) => cell(one))));
}

/** `results.json` and `chart.svg`, when all cases were run. */
export async function writeReport(results) {
  const cases = results.all;
  const missed = cases.filter(({ ratio, target }) => target !== undefined && ratio < target);
  console.log(
    missed.length === 0
      ? 'All targets are met.'
      : `Below their targets: ${missed.map(({ title }) => title).join('; ')}.`,
  );
  if (settings.only.length > 0 && !process.env.BENCH_OUT) return;
  const { rounds, seconds, connections, people } = settings;
  const machine = { processors: cpus().length, model: cpus()[0]?.model, node: process.version };
  const text = JSON.stringify(
    { machine, settings: { rounds, seconds, connections, people }, cases },
    null,
    2,
  );
  await writeFile(join(settings.out, 'results.json'), `${text}\n`);
  await writeFile(join(settings.out, 'chart.svg'), chartOf(cases));
}
