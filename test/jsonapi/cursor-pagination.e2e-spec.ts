import type { Link } from '../../src/jsonapi/document/document.js';
import { readCursor, writeCursor } from '../../src/jsonapi/query/cursor.js';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { planOf, statementsOf, type Statement } from '../support/statements.js';

const MT = 'application/vnd.api+json';
const PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';
const asking = { accept: `${MT};profile="${PROFILE}"` };

describe('The cursor pagination profile', () => {
  let world: World;
  let ada: Caller;
  let choir: string;
  /** Nine, in the order of their ids, by name. */
  let groups: string[];

  beforeAll(async () => {
    world = await World.boot({ PAGE_MAX_SIZE: '50', LINKAGE_MAX_SIZE: '3' });
    ada = await world.caller('Ada');
    groups = [];
    for (const [i, name] of ['d', 'a', 'c', 'b', 'a', 'c', 'a', 'é', 'e'].entries()) {
      const id = await world.group(name, { external_ref: i % 3 === 0 ? null : `r-${i}` });
      await world.member(ada.personId, id, 'user');
      groups.push(id);
    }
    choir = groups[0] as string;
    for (let i = 0; i < 7; i += 1) await world.contact(`P${i}`, choir);
  });
  afterAll(() => world.close());

  const get = (path: string, headers = {}) => ada.api.get(path, headers);
  const cursors = (answer: ApiAnswer): string[] =>
    answer.many.map(({ meta }) => (meta?.['page'] as { cursor: string }).cursor);
  const link = ({ document }: ApiAnswer, name: string): Link => (document.links ?? {})[name] as Link;
  const pageMeta = ({ document }: ApiAnswer) => document.meta?.['page'];

  describe('is chosen', () => {
    it('by Accept, in either spelling, and named in the media type and in links.self', async () => {
      for (const uri of [PROFILE, `${PROFILE}/`, `https://x.example/none ${PROFILE}`]) {
        const answer = await get('/groups?page[size]=2', { accept: `${MT};profile="${uri}"` });
        const type = `${MT}; profile="${uri.split(' ').at(-1)}"`;
        expect(answer.header('content-type')).toBe(type);
        expect(link(answer, 'self')).toEqual({ href: '/apis/v4/groups?page%5Bsize%5D=2', type });
        expect(cursors(answer)).toHaveLength(2);
      }
    });

    it('by page[after] and page[before], and named then too', async () => {
      const [cursor] = cursors(await get('/groups', asking));
      for (const key of ['after', 'before'])
        for (const api of [ada.api, ada.api.lenient]) {
          const answer = await api.get(`/groups?page[${key}]=${cursor}`);
          expect(answer.header('content-type')).toBe(`${MT}; profile="${PROFILE}"`);
        }
    });

    it('for lists only, and not without being asked for', async () => {
      for (const path of [`/groups/${choir}`, '/people/me', `/groups/${choir}/parent`]) {
        const answer = await get(path, asking);
        expect(answer.header('content-type')).toBe(MT);
        expect(answer.document.links?.['self']).toBe(`/apis/v4${path}`);
      }
      const numbered = await get('/groups?page[size]=2');
      expect(numbered.header('content-type')).toBe(MT);
      expect(numbered.many[0]).not.toHaveProperty('meta');
    });

    it('and not mixed with other ways of paging', async () => {
      const [cursor] = cursors(await get('/groups', asking));
      for (const [query, parameter, headers] of [
        [`page[after]=${cursor}&page[number]=1`, 'page[number]', {}],
        [`page[offset]=1&page[after]=${cursor}`, 'page[after]', {}],
        [`page[before]=${cursor}&page[limit]=0`, 'page[limit]', {}],
        ['page[number]=1', 'page[number]', asking],
        ['page[limit]=0', 'page[limit]', asking],
      ] as const)
        expect((await get(`/groups?${query}`, headers)).refusal).toEqual({
          status: 400,
          errors: [['invalid_parameter', parameter]],
        });
    });
  });

  it('C1: goes through equal values one by one, each once', async () => {
    const seen: string[] = [];
    for (let at: Link = '/groups?page[size]=1&sort=name'; at !== null;) {
      const answer: ApiAnswer = await get(at as string, asking);
      seen.push(...answer.ids);
      at = link(answer, 'next');
    }
    expect(seen).toEqual((await get('/groups?sort=name')).ids);
    expect(seen).toHaveLength(9);
  });

  it('C3: goes on behind an item that is gone', async () => {
    const gone = await world.group('b');
    await world.member(ada.personId, gone, 'user');
    const answer = await get('/groups?sort=name', asking);
    const at = answer.ids.indexOf(gone);
    const cursor = cursors(answer)[at] as string;
    await world.database.dataSource.query('delete from groups where id = $1', [gone]);
    const rest = answer.ids.filter((id) => id !== gone);
    expect((await get(`/groups?sort=name&page[after]=${cursor}`)).ids).toEqual(rest.slice(at));
    expect((await get(`/groups?sort=name&page[before]=${cursor}`)).ids).toEqual(rest.slice(0, at));
  });

  it.each(['0', '-1', '1.5', 'abc', '', '%201', '1e1'])('C4: does not take page[size]=%s', async (size) => {
    const answer = await get(`/groups?page[size]=${size}`, asking);
    expect(answer.refusal).toEqual({ status: 400, errors: [['invalid_parameter', 'page[size]']] });
    expect(answer.document.errors?.[0]).not.toHaveProperty('links');
  });

  it('C5: refuses more than the largest size and names it, rather than to give less', async () => {
    for (const size of ['51', '99999999999999999999']) {
      const answer = await get(`/groups?page[size]=${size}`, asking);
      expect(answer.status).toBe(400);
      expect(answer.document.errors).toEqual([
        expect.objectContaining({
          source: { parameter: 'page[size]' },
          meta: { page: { maxSize: 50 } },
          links: { type: `${PROFILE}/max-size-exceeded` },
        }),
      ]);
    }
    expect((await get('/groups?page[size]=50', asking)).many).toHaveLength(9);
  });

  it('C6, C7: gives as many as asked for, else as usual, if there are that many', async () => {
    expect((await get('/groups?page[size]=4', asking)).many).toHaveLength(4);
    expect((await get('/groups', asking)).many).toHaveLength(9);
    for (let i = 0; i < 30; i += 1)
      await world.database.dataSource.query(
        `insert into email_addresses (person_id, email, normal_form) values ($1, $2, $2)`,
        [ada.personId, `ada${i}@example.org`],
      );
    expect((await get('/email_addresses', asking)).many).toHaveLength(25);
  });

  describe('C8: takes no cursor', () => {
    it('that is none, or has been changed', async () => {
      const [cursor = ''] = cursors(await get('/groups?sort=name', asking));
      const flipped = [...cursor].map((letter, i) =>
        i === cursor.length - 5 ? (letter === 'A' ? 'B' : 'A') : letter,
      );
      for (const bad of [
        '',
        'garbage',
        '%20',
        cursor.slice(0, -2),
        `${cursor}AA`,
        flipped.join(''),
        `${cursor}=`,
      ])
        for (const key of ['page[after]', 'page[before]'])
          expect((await get(`/groups?sort=name&${key}=${bad}`)).refusal).toEqual({
            status: 400,
            errors: [['invalid_parameter', key]],
          });
    });

    it('of another list, or of another order', async () => {
      const [cursor] = cursors(await get('/groups?sort=name', asking));
      for (const path of [
        '/groups?sort=-name',
        '/groups?',
        '/groups?sort=name,external_ref',
        '/people?',
        `/people/${ada.personId}/groups?sort=name`,
        `/groups/${choir}/children?sort=name`,
      ])
        expect((await get(`${path}&page[after]=${cursor}`.replace('?&', '?'))).refusal).toEqual({
          status: 400,
          errors: [['invalid_parameter', 'page[after]']],
        });
    });

    it('that somebody made with values which PostgreSQL would not take', async () => {
      for (const [list, sort, values] of [
        ['groups?sort=id', 'id', ['99999999999999999999']],
        ['groups?sort=id', 'id', [null]],
        ['groups?sort=id', 'id', ['1; drop table groups']],
        ['groups?sort=id', 'id', ['1', '2']],
        ['groups?sort=id', 'id', []],
        ['groups?sort=name,id', 'name', ['\0', '1']],
        ['groups?sort=name,id', 'name', ['\ud800', '1']],
        ['groups?sort=created_at,id', 'created_at', ['2026-02-30T00:00:00Z', '1']],
        ['groups?sort=created_at,id', 'created_at', ['infinity', '1']],
      ] as const) {
        const cursor = writeCursor(list, { values, inclusive: false });
        expect((await get(`/groups?sort=${sort}&page[after]=${cursor}`)).refusal).toEqual({
          status: 400,
          errors: [['invalid_parameter', 'page[after]']],
        });
      }
      for (const made of ['{}', 'null', '7', '[', '[1,{}]'])
        expect(readCursor('x', Buffer.from(made).toString('base64url'), ['id'])).toBeUndefined();
    });

    it('and is a place only: other filters may stand beside it', async () => {
      const answer = await get('/groups?sort=name', asking);
      const cursor = cursors(answer)[3];
      const rest = await get(`/groups?sort=name&page[after]=${cursor}&filter[name]=c`);
      expect(rest.ids).toEqual([groups[2], groups[5]]);
    });
  });

  it.each(['name', '-name', 'external_ref', '-external_ref,name', 'created_at', '-id', 'parent.name'])(
    'C9, C10, C13: begins right behind `after`, ends right before `before`, at any item: sort=%s',
    async (sort) => {
      const all = await get(`/groups?sort=${sort}`, asking);
      const places = cursors(all);
      for (const [i, cursor] of places.entries()) {
        const at = (key: string) => get(`/groups?sort=${sort}&page[size]=2&page[${key}]=${cursor}`);
        expect((await at('after')).ids).toEqual(all.ids.slice(i + 1, i + 3));
        expect((await at('before')).ids).toEqual(all.ids.slice(Math.max(0, i - 2), i));
      }
    },
  );

  it('C11: begins at the beginning without either', async () => {
    expect((await get('/groups?page[size]=3', asking)).ids).toEqual(groups.slice(0, 3));
  });

  it('C12: takes both, and says when the range is longer than the page', async () => {
    const places = cursors(await get('/groups', asking));
    const range = `page[after]=${places[1]}&page[before]=${places[6]}`;
    const whole = await get(`/groups?${range}`);
    expect(whole.ids).toEqual(groups.slice(2, 6));
    expect(whole.document).not.toHaveProperty('meta');
    const cut = await get(`/groups?${range}&page[size]=3`);
    expect(cut.ids).toEqual(groups.slice(2, 5));
    expect(pageMeta(cut)).toEqual({ rangeTruncated: true });
    const exact = await get(`/groups?${range}&page[size]=4`);
    expect([exact.ids, pageMeta(exact)]).toEqual([groups.slice(2, 6), undefined]);
    expect((await get(link(cut, 'next') as string)).ids).toEqual(groups.slice(5, 8));
    expect((await get(link(cut, 'prev') as string)).ids).toEqual(groups.slice(0, 2));
    const backwards = `page[after]=${places[6]}&page[before]=${places[1]}`;
    expect((await get(`/groups?${backwards}`)).ids).toEqual([]);
    expect((await get(`/groups?page[after]=${places[2]}&page[before]=${places[3]}`)).ids).toEqual([]);
  });

  it('C12: has the largest page as the usual one of a range', async () => {
    const emails = await get('/email_addresses?page[size]=50', asking);
    const places = cursors(emails);
    expect(places).toHaveLength(30);
    const range = await get(`/email_addresses?page[after]=${places[0]}&page[before]=${places[29]}`);
    expect(range.many).toHaveLength(28);
  });

  it('C14: always has `prev` and `next`, and null where it is known that there is no such page', async () => {
    const links = async (query: string) => {
      const answer = await get(`/groups?${query}`, asking);
      return [link(answer, 'prev'), link(answer, 'next')].map((one) => one !== null);
    };
    const places = cursors(await get('/groups', asking));
    expect(await links('page[size]=9')).toEqual([false, false]);
    expect(await links('page[size]=4')).toEqual([false, true]);
    expect(await links(`page[size]=4&page[after]=${places[4]}`)).toEqual([true, false]);
    expect(await links(`page[size]=3&page[after]=${places[4]}`)).toEqual([true, true]);
    expect(await links(`page[size]=4&page[before]=${places[4]}`)).toEqual([false, true]);
    expect(await links(`page[size]=3&page[before]=${places[4]}`)).toEqual([true, true]);
    expect(await links('filter[name]=nothing')).toEqual([false, false]);
  });

  it('C14: leads back from a page that is empty', async () => {
    const places = cursors(await get('/groups', asking));
    const behind = await get(`/groups?page[size]=2&page[after]=${places[8]}`);
    expect([behind.ids, link(behind, 'next')]).toEqual([[], null]);
    expect((await get(link(behind, 'prev') as string)).ids).toEqual(groups.slice(7));
    const ahead = await get(`/groups?page[size]=2&page[before]=${places[0]}`);
    expect([ahead.ids, link(ahead, 'prev')]).toEqual([[], null]);
    expect((await get(link(ahead, 'next') as string)).ids).toEqual(groups.slice(0, 2));
  });

  it('C15: has a way to the first page', async () => {
    const places = cursors(await get('/groups', asking));
    const answer = await get(`/groups?page[size]=2&page[after]=${places[4]}&sort=id`);
    expect(link(answer, 'first')).toBe('/apis/v4/groups?sort=id&page%5Bsize%5D=2');
    expect((await get(link(answer, 'first') as string, asking)).ids).toEqual(groups.slice(0, 2));
  });

  it('C16: counts when it is asked to, whatever page is read', async () => {
    const places = cursors(await get('/groups', asking));
    for (const query of ['page[size]=1', `page[size]=1&page[after]=${places[7]}`]) {
      const answer = await get(`/groups?page[total]=true&${query}`, asking);
      expect(answer.document.meta).toEqual({ total: 9, page: { total: 9 } });
    }
    expect((await get('/groups', asking)).document).not.toHaveProperty('meta');
  });

  it('repeats every other parameter in its links, and never the token', async () => {
    const answer = await get(
      `/groups?access_token=${ada.token}&filter%5Bname%5D%5Bne%5D=d&sort=-name&page[size]=2&include=parent`,
      { ...asking, authorization: '' },
    );
    expect(answer.text).not.toContain(ada.token);
    const next = link(answer, 'next') as string;
    expect(next).toMatch(
      /^\/apis\/v4\/groups\?filter%5Bname%5D%5Bne%5D=d&sort=-name&include=parent&page%5Bafter%5D=[\w-]+&page%5Bsize%5D=2$/,
    );
    expect((await get(next)).document.included).toEqual([]);
  });

  describe('at relationships', () => {
    it('pages related resources and their linkage, by the same cursors', async () => {
      const at = `/groups/${choir}`;
      const all = (await get(`${at}/people`)).ids;
      const related = await get(`${at}/people?page[size]=3`, asking);
      const linkage = await get(`${at}/relationships/people?page[size]=3`, asking);
      expect(linkage.header('content-type')).toContain(PROFILE);
      expect(cursors(linkage)).toEqual(cursors(related));
      expect(related.ids).toEqual(all.slice(0, 3));
      for (const first of [related, linkage]) {
        const second = await get(link(first, 'next') as string);
        const third = await get(link(second, 'next') as string);
        expect([...first.ids, ...second.ids, ...third.ids]).toEqual(all);
        expect(link(third, 'next')).toBeNull();
      }
      const self = link(linkage, 'self') as { href: string };
      expect((await get(self.href, asking)).document).toEqual(linkage.document);
    });

    it('leads from an included to-many that was cut to the rest of it', async () => {
      const answer = await get(`/groups?filter[id]=${choir},${groups[1]}&include=people`);
      expect(answer.included).toHaveLength(3);
      const { data, links } = answer.many[0]?.relationships?.['people'] ?? {};
      expect(data).toHaveLength(3);
      expect(links).toMatchObject({ prev: null, next: expect.any(String) });
      const seen = (data as { id: string }[]).map(({ id }) => id);
      for (let next: Link | undefined = links?.next; next;) {
        const rest: ApiAnswer = await get(next as string);
        expect([rest.status, rest.many.length <= 3]).toEqual([200, true]);
        seen.push(...rest.ids);
        next = link(rest, 'next');
      }
      expect(seen).toEqual((await get(`/groups/${choir}/people`)).ids);
      expect(answer.many[1]?.relationships?.['people']?.links).not.toHaveProperty('next');
    });

    it('cuts the linkage that lenient shows, and leads on from there', async () => {
      const answer = await ada.api.lenient.get(`/groups/${choir}`);
      const { data, links } = answer.one.relationships?.['people'] ?? {};
      expect(data).toHaveLength(3);
      const rest = await ada.api.lenient.get(links?.next as string);
      expect(rest.ids).toEqual((await get(`/groups/${choir}/people`)).ids.slice(3, 6));
    });

    it('refuses an include that brings more than one answer can hold', async () => {
      const many = await world.caller('Many');
      for (let i = 0; i < 55; i += 1) {
        const id = await world.group(`G${i}`);
        await world.member(many.personId, id, 'user');
        for (let j = 0; j < 3; j += 1) await world.contact(`M${i}-${j}`, id);
      }
      const answer = await many.api.get('/groups?page[size]=50&include=people');
      expect(answer.refusal).toEqual({ status: 400, errors: [['invalid_parameter', 'include']] });
      expect((await many.api.get('/groups?page[size]=30&include=people')).status).toBe(200);
    });
  });

  describe('deep in a long list', () => {
    let root: Caller;
    beforeAll(async () => {
      root = await world.caller('Root', {}, { superAdmin: true });
      const { dataSource } = world.database;
      await dataSource.query(`
        insert into people (first_name, last_name, created_at)
        select 'F' || n % 7, nullif('L' || n % 400, 'L7'), timestamptz '2026-01-01' + (n / 3) * interval '1 minute'
        from generate_series(1, 6000) n`);
      await dataSource.query('vacuum analyze people');
    });

    const names = ['L250', 'F3', '3000'];
    it.each([
      ['id', 'id', ['3000'], 'people_pkey', 1],
      ['-id', '-id', ['3000'], 'people_pkey', 1],
      ['created_at', 'created_at,id', ['2026-01-02T00:00:00Z', '3000'], 'people_created_at_idx', 2],
      ['-created_at', '-created_at,-id', ['2026-01-02T00:00:00Z', '3000'], 'people_created_at_idx', 2],
      ['last_name,first_name', 'last_name,first_name,id', names, 'people_names_idx', 5],
      ['-last_name,-first_name', '-last_name,-first_name,-id', names, 'people_names_idx', 3],
    ])('reads a page by ranges of an index: sort=%s', async (sort, order, values, index, ranges) => {
      const deep = writeCursor(`people?sort=${order}`, { values, inclusive: false });
      const [page] = (
        await statementsOf(async () => {
          const answer = await root.api.get(`/people?sort=${sort}&page[size]=20&page[after]=${deep}`);
          expect(answer.many).toHaveLength(20);
        })
      ).filter(({ text }) => text.includes('"o:0"'));
      const plan = await planOf(world.database.dataSource, page as Statement);
      expect(plan).not.toContain('Seq Scan on people');
      expect(plan.split(index).length - 1).toBeGreaterThanOrEqual(ranges);
      expect(plan.match(/Index Cond/g)?.length).toBeGreaterThanOrEqual(ranges);
    });
  });
});
