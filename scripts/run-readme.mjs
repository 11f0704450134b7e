// Runs the tour of README.md against a running server and compares what it answers with what the page shows.
//   node scripts/run-readme.mjs http://127.0.0.1:3000 PASSWORD
// A `sh` block is run as it stands, in one shell after the others; a `json` block behind it shows members that the
// answer must have, with "…" for any value. A line that sets PASSWORD is left out: it is given.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [base, password] = process.argv.slice(2);
const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const tour = page.slice(page.indexOf('\n## A tour'), page.indexOf('\n## Your own PostgreSQL'));
const steps = [...tour.matchAll(/```sh\n(.*?)```(?:\s*```json\n(.*?)```)?/gs)].map(([, command, answer]) => ({
  command,
  answer,
}));
if (steps.length === 0) throw new Error('README.md has no tour');

const folder = mkdtempSync(join(tmpdir(), 'kith-readme-'));
try {
  const script = steps
    .map(({ command }, i) => `{\n${adapted(command)}\n} > '${join(folder, String(i))}'`)
    .join('\n');
  const run = spawnSync('sh', ['-e', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PASSWORD: password },
  });
  if (run.status !== 0) throw new Error(`The tour failed:\n${run.stderr}`);
  const wrong = steps.flatMap(({ command, answer }, i) =>
    answer ? check(command, answer, readFileSync(join(folder, String(i)), 'utf8')) : [],
  );
  if (wrong.length > 0) throw new Error(wrong.join('\n\n'));
  console.log(`The ${steps.length} steps of the tour answer as README.md says.`);
} finally {
  rmSync(folder, { recursive: true });
}

function adapted(command) {
  return command.replaceAll('http://127.0.0.1:3000', base).replace(/^PASSWORD=.*$/gm, ':');
}

function check(command, shown, answered) {
  const differences = different(JSON.parse(shown), parse(answered), '');
  return differences.map(
    (difference) => `${command.trim()}\n  ${difference}\n  answered: ${answered.slice(0, 2000)}`,
  );
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Where `actual` lacks something of `wanted`; lists are compared member by member. */
function different(wanted, actual, at) {
  if (wanted === '…') return actual === undefined ? [`${at} is missing`] : [];
  if (typeof wanted !== 'object' || wanted === null)
    return wanted === actual
      ? []
      : [`${at} should be ${JSON.stringify(wanted)}, is ${JSON.stringify(actual)}`];
  if (Array.isArray(wanted) && (!Array.isArray(actual) || actual.length !== wanted.length))
    return [`${at} should have ${wanted.length} members, is ${JSON.stringify(actual)}`];
  return Object.entries(wanted).flatMap(([name, value]) => different(value, actual?.[name], `${at}/${name}`));
}
