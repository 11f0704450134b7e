import { readFileSync, writeFileSync } from 'node:fs';
import { RIGHTS, type Verb } from '../../src/auth/index.js';

const FILE = new URL('../../SECURITY.md', import.meta.url);
const VERBS: readonly Verb[] = ['read', 'create', 'update', 'remove'];
const TABLE = /(<!-- rights -->\n\n)[^]*?(\n\n<!-- \/rights -->)/;

/** As prettier writes it, so that neither undoes the other. */
function tableOf(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  const [head, ...rest] = lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
}

const cellOf = (right: { readonly role: string; readonly or?: string } | undefined): string =>
  right ? `${right.role.replace('_', ' ')}${right.or ? ` (${right.or})` : ''}` : 'nobody';

const table = tableOf([
  ['type', ...VERBS],
  ...Object.entries(RIGHTS).map(([type, rights]) => [
    `\`${type}\``,
    ...VERBS.map((verb) => cellOf((rights as Partial<Record<Verb, { role: string }>>)[verb])),
  ]),
]);

it('The table of rights in SECURITY.md is what rights.ts says; RENEW_RIGHTS=yes renews it', () => {
  const text = readFileSync(FILE, 'utf8');
  const renewed = text.replace(TABLE, `$1${table}$2`);
  if (process.env['RENEW_RIGHTS']) writeFileSync(FILE, renewed);
  else expect(text).toBe(renewed);
  expect(renewed).toContain(table);
});
