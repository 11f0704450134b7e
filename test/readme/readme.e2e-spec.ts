import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ADMIN, bootApp, type TestApp } from '../support/boot-app.js';

const run = promisify(execFile);

describe('The tour of README.md', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await bootApp();
    await server.app.listen(0, '127.0.0.1');
  });

  afterAll(() => server.close());

  test('answers in every step as the page shows', async () => {
    const { stdout } = await run('node', [
      'scripts/run-readme.mjs',
      await server.app.getUrl(),
      ADMIN.password,
    ]);
    expect(stdout).toMatch(/^The \d+ steps of the tour answer as README\.md says\.$/m);
  });
});
