import { readFileSync } from 'node:fs';
import { World } from '../support/factories/world.factory.js';
import { PlainClient } from './plain-client.js';

/** What a page shows of an answer, with "…" for any value, as Jest compares it. */
function shown(value: unknown): unknown {
  if (value === '…') return expect.anything();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)])),
  );
}

test('The examples of src/people/persons/README.md are answered as the page shows', async () => {
  const page = readFileSync('src/people/persons/README.md', 'utf8');
  const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text]) => JSON.parse(text as string) as unknown,
  );
  const world = await World.boot();
  try {
    // `Home`, which there is from the start.
    const { token } = await world.caller('Ada', { 1: 'user' });
    const client = new PlainClient(world.app, token);
    expect(blocks).toHaveLength(4);
    for (const [i, path] of ['/persons/multiple', '/persons/find'].entries())
      expect((await client.post(path, blocks[2 * i])).body).toEqual(shown(blocks[2 * i + 1]));
  } finally {
    await world.close();
  }
});
