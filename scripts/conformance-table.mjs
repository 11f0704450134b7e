/**
 * Writes test/conformance/RULES.md: every rule of JSON:API 1.1, Atomic Operations and the cursor profile with the test
 * that holds it. With `--check` nothing is written; it fails, saying why, when a rule has no test, a test names a rule
 * that there is not, or the table is not that of the tests.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../test/conformance/', import.meta.url);
const TABLE = new URL('RULES.md', FOLDER);
const NAME = /(['"`])\[([A-Z]?\d+)\] ((?:(?!\1|\\).|\\.)+)\1/g;

const read = (file) => readFileSync(new URL(file, FOLDER), 'utf8');

/** Rule -> `{file, name}` of its tests. */
function readTests() {
  const tests = new Map();
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('spec.ts')))
    for (const [, , id, name] of read(file).matchAll(NAME)) {
      const text = name.replace(/\\(.)/g, '$1').replace(/: [%$]\S+$/, '');
      tests.set(id, [...(tests.get(id) ?? []), { file, name: text }]);
    }
  return tests;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '\\<');

/** The tests, each file named once. */
function heldBy(tests) {
  const files = [...new Set(tests.map(({ file }) => file))];
  const names = (file) => tests.filter((test) => test.file === file).map(({ name }) => cell(name));
  return files.map((file) => `[${file}](${file}): ${names(file).join('; ')}`).join('; ');
}

function tableOf(sections, tests) {
  const parts = Object.entries(sections).map(([section, rules]) => {
    const rows = Object.entries(rules).map(([id, [level, rule]]) => {
      return `| ${id} | ${level} | ${cell(rule)} | ${heldBy(tests.get(id) ?? [])} |`;
    });
    return [
      `## ${section}`,
      '',
      '| rule | level | in short | test |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  const head =
    '# Rules and their tests\n\nMade by `npm run conformance:table` from [rules.json](rules.json) and the names of the tests; do not edit.\n';
  return `${head}\n${parts.join('\n\n')}\n`;
}

const sections = JSON.parse(read('rules.json'));
const tests = readTests();
const table = tableOf(sections, tests);

if (process.argv.includes('--check')) {
  const known = Object.values(sections).flatMap((rules) => Object.keys(rules));
  const faults = [
    ...known.filter((id) => !tests.has(id)).map((id) => `rule ${id} has no test`),
    ...[...tests.keys()]
      .filter((id) => !known.includes(id))
      .map((id) => `a test names the rule ${id}, which there is not`),
    ...(readFileSync(TABLE, 'utf8') === table ? [] : ['RULES.md is stale; run `npm run conformance:table`']),
  ];
  console.log(faults.join('\n'));
  process.exitCode = faults.length > 0 ? 1 : 0;
} else {
  writeFileSync(TABLE, table);
}
