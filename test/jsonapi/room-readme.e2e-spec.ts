import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiRequest } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import { OperationsClient, resultsOf } from '../support/operations-client.js';

/** The examples of the room's README, by what they are written in. */
const PAGE = readFileSync('src/jsonapi/README.md', 'utf8');
const BLOCKS = [...PAGE.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const plain = BLOCKS.filter(({ language }) => language === '').flatMap(({ text }) => text.split('\n'));

describe('The README of the protocol room', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const pathOf = (path: string): string => path.replace('/groups/7', `/groups/${c.choir}`);

  it('shows reads that are answered', async () => {
    const reads = plain.filter((line) => /^GET \/\S+\?/.test(line));
    expect(reads).toHaveLength(3);
    for (const line of reads) {
      const [, path = '', accept] = /^GET (\S+)(?:\s+Accept: (.+))?$/.exec(line) as RegExpExecArray;
      const answer = await c.ada.api.get(pathOf(path), accept === undefined ? {} : { accept });
      expect([line, answer.status]).toEqual([line, 200]);
      expect(answer.header('content-type')?.includes('profile')).toBe(accept !== undefined);
    }
  });

  it('shows how a client does not overwrite what it has not seen', async () => {
    const told = plain.filter((line) => / -> \d{3}/.test(line));
    expect(told).toHaveLength(4);
    const tags = new Map<string, string>();
    for (const line of told) {
      const [, method, path = '', condition, shown = '', status, tag] =
        /^(\w+) +(\S+)(?: +(If-[\w-]+): (\S+))? +-> (\d+)(?:, ETag: (\S+))?$/.exec(line) as RegExpExecArray;
      const answer = await c.ada.api.send({
        method: method as ApiRequest['method'],
        path: pathOf(path),
        headers: condition === undefined ? {} : { [condition]: tags.get(shown) as string },
        ...(method === 'PATCH' && {
          body: { data: { type: 'group', id: c.choir, attributes: { name: `Choir ${tags.size}` } } },
        }),
      });
      expect([line, answer.status]).toEqual([line, Number(status)]);
      if (tag !== undefined) tags.set(tag, answer.header('etag') as string);
    }
  });

  it('shows several writes that are done', async () => {
    const [operations] = BLOCKS.filter(({ text }) => text.startsWith('POST /apis/v4/operations\n'));
    const { headers, body } = /^POST .*\nContent-Type: (?<headers>.*)\n\n(?<body>.*)$/s.exec(
      operations?.text ?? '',
    )?.groups as { headers: string; body: string };
    const answer = await new OperationsClient(c.ada.api).document(body, '', { 'content-type': headers });
    expect(answer.status).toBe(200);
    expect(resultsOf(answer).map(({ data }) => data?.type)).toEqual(['group', 'person', 'email_address']);
  });

  it('shows code that runs', () => {
    const bare = (text: string): string => text.replace(/ \/\/.*$/gm, '').replace(/\s+/g, '');
    const sources = ['src', 'test/jsonapi'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => bare(readFileSync(join(folder, file), 'utf8'))),
    );
    const snippets = BLOCKS.filter(({ language }) => language === 'ts');
    expect(snippets).toHaveLength(6);
    for (const { text } of snippets)
      expect([text, sources.some((source) => source.includes(bare(text)))]).toEqual([text, true]);
  });
});
