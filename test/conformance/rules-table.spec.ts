import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

describe('The table of rules', () => {
  it('names a test for every rule, and is that of the tests', async () => {
    const run = promisify(execFile)(process.execPath, ['scripts/conformance-table.mjs', '--check']);
    const said = await run.catch(({ stdout }: { stdout: string }) => ({ stdout }));
    expect(said.stdout.trim()).toBe('');
  });
});
