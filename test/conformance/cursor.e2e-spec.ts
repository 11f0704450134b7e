import sql from 'sql-template-tag';
import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import type { ApiAnswer } from '../support/api-client.js';
import { ConformanceWorld, RELATIONSHIPS, TYPES } from './conformance-world.js';

const PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';
const ASKING = { accept: `${MEDIA_TYPE};profile="${PROFILE}"` };
const MAX = 200;

describe('The cursor profile', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot({ PAGE_MAX_SIZE: String(MAX) });
    for (const type of TYPES) await c.freshId(type);
  });
  afterAll(() => c.close());

  const page = (path: string) => c.get(path, ASKING);
  const whole = (path: string) => page(`${path}${path.includes('?') ? '&' : '?'}page[size]=${MAX}`);
  const cursors = (answer: ApiAnswer): string[] =>
    answer.many.map(({ meta }) => (meta?.['page'] as { cursor: string }).cursor);
  /** The first few of a long list, and the last, with their places. */
  const some = (list: string[]) => [...list.entries()].filter(([i]) => i < 6 || i === list.length - 1);
  const link = ({ document }: ApiAnswer, name: string): string | null =>
    document.links?.[name] as string | null;
  const sortOf = (type: string): string =>
    Object.entries(c.resource(type).attributes).find(([, { sort }]) => sort)?.[0] ?? 'id';
  const refused = (parameter: string) => ({ status: 400, errors: [['invalid_parameter', parameter]] });

  async function walk(start: string, direction: 'next' | 'prev' = 'next'): Promise<string[]> {
    const seen: string[] = [];
    for (let at: string | null = start; at;) {
      const answer: ApiAnswer = await page(at);
      if (direction === 'next') seen.push(...answer.ids);
      else seen.unshift(...answer.ids);
      at = link(answer, direction);
    }
    return seen;
  }

  it.each(TYPES)('[C1] the order is total: each once, and back again: %s', async (type) => {
    for (const sort of [sortOf(type), '-id']) {
      const all = await whole(`${c.path(type)}?sort=${sort}`);
      expect(await walk(`${c.path(type)}?sort=${sort}&page[size]=${Math.ceil(all.ids.length / 4)}`)).toEqual(
        all.ids,
      );
      const before = `${c.path(type)}?sort=${sort}&page[size]=${Math.ceil(all.ids.length / 4)}&page[before]=${cursors(all).at(-1)}`;
      expect(await walk(before, 'prev')).toEqual(all.ids.slice(0, -1));
    }
  });

  it('[C1] a hundred equal names are walked one by one', async () => {
    const parent = await c.freshId('toy_node');
    await c.choir.world.database.query(sql`
      insert into toy_nodes (name, parent_id) select 'same', ${parent} from generate_series(1, 100)`);
    for (const path of [
      `/toy_nodes?filter[name]=same&sort=name`,
      `/toy_nodes/${parent}/children?sort=-name`,
    ]) {
      const walked = await walk(`${path}&page[size]=30`);
      expect([walked.length, new Set(walked).size]).toEqual([100, 100]);
    }
    expect(await walk(`/toy_nodes/${parent}/relationships/children?page[size]=30`)).toHaveLength(100);
  });

  it.each(TYPES)('[C2] every sort can be paged, and what is none is 400 and says so: %s', async (type) => {
    const fields = Object.entries(c.resource(type).attributes).filter(([, { sort }]) => sort);
    for (const [field] of fields) expect((await page(`${c.path(type)}?sort=${field}`)).status).toBe(200);
    expect((await page(`${c.path(type)}?sort=unknown`)).refusal).toEqual(refused('sort'));
  });

  it('[C3] a cursor holds when its item is gone', async () => {
    const gone = await c.freshId('toy_tag');
    await c.freshId('toy_tag');
    const all = await whole('/toy_tags?sort=label');
    const at = all.ids.indexOf(gone);
    const cursor = cursors(all)[at];
    expect((await c.api.delete(`/toy_tags/${gone}`)).status).toBe(204);
    expect((await page(`/toy_tags?sort=label&page[after]=${cursor}`)).ids).toEqual(all.ids.slice(at + 1));
    expect((await page(`/toy_tags?sort=label&page[before]=${cursor}`)).ids).toEqual(all.ids.slice(0, at));
  });

  it.each(TYPES)('[C4] page[size] is a positive integer: %s', async (type) => {
    for (const size of ['0', '-1', '1.5', 'abc', '', '%2B1', '0x1'])
      expect([size, (await page(`${c.path(type)}?page[size]=${size}`)).refusal]).toEqual([
        size,
        refused('page[size]'),
      ]);
  });

  it.each(TYPES)('[C5] a size beyond the largest is 400 and says which is: %s', async (type) => {
    for (const size of [MAX + 1, '9'.repeat(30)]) {
      const answer = await page(`${c.path(type)}?page[size]=${size}`);
      expect([answer.status, answer.document.errors]).toEqual([
        400,
        [
          expect.objectContaining({
            source: { parameter: 'page[size]' },
            meta: { page: { maxSize: MAX } },
            links: { type: `${PROFILE}/max-size-exceeded` },
          }),
        ],
      ]);
    }
    expect((await page(`${c.path(type)}?page[size]=${MAX}`)).status).toBe(200);
  });

  it.each(TYPES)('[C6] without a size there is a default: %s', async (type) => {
    const { ids } = await whole(c.path(type));
    expect((await page(c.path(type))).ids).toEqual(ids.slice(0, 25));
  });

  it.each(TYPES)('[C7] a page is full as long as there are items: %s', async (type) => {
    const total = (await page(`${c.path(type)}?page[size]=${MAX}`)).many.length;
    for (const size of [1, 2, 3]) {
      const answer = await page(`${c.path(type)}?page[size]=${size}`);
      expect(answer.many).toHaveLength(Math.min(size, total));
    }
  });

  it.each(TYPES)('[C8] a cursor that is none is 400: %s', async (type) => {
    const [cursor = ''] = cursors(await page(`${c.path(type)}?sort=id`));
    const other = TYPES.find((one) => one !== type) as string;
    const [foreign] = cursors(await page(`${c.path(other)}?sort=id`));
    for (const key of ['after', 'before']) {
      for (const bad of [
        '',
        'x',
        '%00',
        cursor.slice(1),
        cursor.slice(0, -3),
        `${cursor}x`,
        '9'.repeat(500),
        foreign,
      ])
        expect([bad, (await page(`${c.path(type)}?sort=id&page[${key}]=${bad}`)).refusal]).toEqual([
          bad,
          refused(`page[${key}]`),
        ]);
      // Of another order it is none of this one.
      expect((await page(`${c.path(type)}?sort=-id&page[${key}]=${cursor}`)).refusal).toEqual(
        refused(`page[${key}]`),
      );
    }
  });

  it.each(TYPES)('[C9] page[after] begins behind its cursor: %s', async (type) => {
    const sort = `-${sortOf(type)}`;
    const all = await whole(`${c.path(type)}?sort=${sort}`);
    for (const [i, cursor] of some(cursors(all)))
      expect((await page(`${c.path(type)}?sort=${sort}&page[size]=2&page[after]=${cursor}`)).ids).toEqual(
        all.ids.slice(i + 1, i + 3),
      );
  });

  it.each(TYPES)('[C10] page[before] ends before its cursor, in order: %s', async (type) => {
    const sort = sortOf(type);
    const all = await whole(`${c.path(type)}?sort=${sort}`);
    for (const [i, cursor] of some(cursors(all)))
      expect((await page(`${c.path(type)}?sort=${sort}&page[size]=2&page[before]=${cursor}`)).ids).toEqual(
        all.ids.slice(Math.max(0, i - 2), i),
      );
  });

  it.each(TYPES)('[C11] without a cursor it begins at the start: %s', async (type) => {
    expect((await page(`${c.path(type)}?page[size]=2&sort=id`)).ids).toEqual(
      (await c.get(`${c.path(type)}?sort=id`)).ids.slice(0, 2),
    );
  });

  it.each(TYPES)('[C12] a range is served, and says when it was cut: %s', async (type) => {
    const all = await whole(`${c.path(type)}?sort=id`);
    const [first, , third] = cursors(all);
    const range = `sort=id&page[after]=${first}&page[before]=${cursors(all).at(-1)}`;
    const there = await page(`${c.path(type)}?${range}`);
    expect([there.ids, there.document.meta]).toEqual([all.ids.slice(1, -1), undefined]);
    if (all.ids.length > 3) {
      const cut = await page(`${c.path(type)}?${range}&page[size]=1`);
      expect([cut.ids, cut.document.meta]).toEqual([all.ids.slice(1, 2), { page: { rangeTruncated: true } }]);
    }
    expect((await page(`${c.path(type)}?sort=id&page[after]=${third}&page[before]=${first}`)).ids).toEqual(
      [],
    );
  });

  it.each(TYPES)('[C13] meta.page holds what is said of pages; an item’s cursor is one: %s', async (type) => {
    const answer = await whole(c.path(type));
    for (const { meta } of answer.many) expect(meta).toEqual({ page: { cursor: expect.any(String) } });
    expect(new Set(cursors(answer)).size).toBe(answer.many.length);
    expect((await page(`${c.path(type)}?page[size]=${MAX}&page[after]=${cursors(answer)[0]}`)).ids).toEqual(
      answer.ids.slice(1),
    );
    // Not asked for, it is not there.
    expect((await c.get(c.path(type))).many[0]).not.toHaveProperty('meta');
  });

  it.each(TYPES)('[C14] prev and next are always there, null where there is no page: %s', async (type) => {
    const all = await whole(`${c.path(type)}?sort=id`);
    const sides = async (query: string) => {
      const answer = await page(`${c.path(type)}?sort=id&${query}`);
      expect(answer.document.links).toEqual(
        expect.objectContaining({ prev: link(answer, 'prev'), next: link(answer, 'next') }),
      );
      return [link(answer, 'prev') !== null, link(answer, 'next') !== null];
    };
    expect(await sides('filter[id]=999999')).toEqual([false, false]);
    expect(await sides('page[size]=1')).toEqual([false, true]);
    expect(await sides(`page[size]=1&page[after]=${cursors(all)[0]}`)).toEqual([true, all.ids.length > 2]);
    expect(await sides(`page[size]=${MAX}&page[after]=${cursors(all)[0]}`)).toEqual([true, false]);
    expect(await sides(`page[size]=${MAX}&page[before]=${cursors(all).at(-1)}`)).toEqual([false, true]);
  });

  it.each(TYPES)('[C15] first stands where the start is: %s', async (type) => {
    const cursor = cursors(await page(`${c.path(type)}?sort=id`))[0];
    const answer = await page(`${c.path(type)}?sort=id&page[size]=1&page[after]=${cursor}`);
    expect((await page(link(answer, 'first') as string)).ids).toEqual(
      (await page(`${c.path(type)}?sort=id&page[size]=1`)).ids,
    );
  });

  it.each(TYPES)('[C16] a total is an integer: %s', async (type) => {
    const { ids } = await whole(c.path(type));
    const answer = await page(`${c.path(type)}?page[total]=true&page[size]=1`);
    expect(answer.document.meta).toEqual({ total: ids.length, page: { total: ids.length } });
  });

  it.each(RELATIONSHIPS.filter(({ kind }) => kind === 'to-many'))(
    '[C1] related resources and linkage are paged alike: $type.$name',
    async ({ type, name }) => {
      const [first] = (await c.get(`${c.path(type)}?sort=id`)).many;
      const [related, linkage] = [
        `${first?.links.self}/${name}`,
        `${first?.links.self}/relationships/${name}`,
      ];
      const all = (await c.get(related)).ids;
      expect(await walk(`${related}?page[size]=1`)).toEqual(all);
      expect(await walk(`${linkage}?page[size]=1`)).toEqual(all);
    },
  );
});
