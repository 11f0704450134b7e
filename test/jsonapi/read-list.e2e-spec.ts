import { World, type Caller } from '../support/factories/world.factory.js';

describe('GET a collection', () => {
  let world: World;
  let ada: Caller;
  /** Ids of the seven groups, by name. */
  const groups: Record<string, string> = {};
  const named = (...names: string[]) => names.map((name) => groups[name]);

  beforeAll(async () => {
    world = await World.boot({ PAGE_MAX_SIZE: '50' });
    ada = await world.caller('Ada');
    const refs: Record<string, string | null> = {
      zebra: 'r-3',
      Äpfel: null,
      apple: 'r-1',
      Banana: null,
      banana: 'r-2',
      '50%_off': 'r_4',
      '50 off': 'back\\slash',
    };
    for (const [name, external_ref] of Object.entries(refs)) {
      groups[name] = await world.group(name, { external_ref });
      await world.member(ada.personId, groups[name], 'user');
    }
  });
  afterAll(() => world.close());

  const names = async (query: string) =>
    (await ada.api.get(`/groups?${query}`)).many.map(({ attributes }) => attributes?.['name']);

  it('is an array, however many there are, in the order of the ids', async () => {
    expect((await ada.api.get('/groups')).ids).toEqual(Object.values(groups));
    expect((await ada.api.get('/groups?filter[name]=zebra')).ids).toEqual(named('zebra'));
    const none = await ada.api.get('/groups?filter[name]=nothing');
    expect(none.document.data).toEqual([]);
    expect(none).toBeJsonApiDocument();
  });

  it('repeats every parameter in links.self, which shows the same again', async () => {
    const path = '/groups?filter%5Bname%5D%5Bne%5D=zebra&sort=-name&page%5Bsize%5D=2&include=parent';
    const answer = await ada.api.get(path);
    const { self } = answer.document.links as { self: string };
    expect(self).toBe(`/apis/v4${path}`);
    expect((await ada.api.get(self)).document).toEqual(answer.document);
  });

  it('never repeats the token in a link, however it was spelled', async () => {
    for (const name of ['access_token', 'access%5Ftoken']) {
      const answer = await ada.api.get(`/groups?page[size]=1&${name}=${ada.token}`, { authorization: '' });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(ada.token);
      expect(answer.text).not.toContain(name);
    }
  });

  describe('page', () => {
    async function walk(path: string, link: 'next' | 'prev'): Promise<string[][]> {
      const pages: string[][] = [];
      for (let at: string | null = path; at !== null && pages.length < 20;) {
        const answer = await ada.api.get(at);
        expect(answer.status).toBe(200);
        pages.push(answer.ids);
        at = (answer.document.links as Record<string, string | null>)[link] as string | null;
      }
      return pages;
    }

    it.each([
      ['page[size]=3', [3, 3, 1]],
      ['page[number]=1&page[size]=7', [7]],
      ['page[limit]=3', [3, 3, 1]],
      ['page[offset]=0&page[limit]=6', [6, 1]],
      ['page%5Bsize%5D=4&sort=-name', [4, 3]],
      ['p%61ge[size]=4&page%5bnumber%5d=1', [4, 3]],
      ['', [7]],
    ])('is walked by links.next from ?%s, everything once and in order', async (query, sizes) => {
      const pages = await walk(`/groups?${query}`, 'next');
      expect(pages.map((page) => page.length)).toEqual(sizes);
      const sort = query.includes('sort') ? '?sort=-name' : '';
      expect(pages.flat()).toEqual((await ada.api.get(`/groups${sort}`)).ids);
    });

    it.each(['page[number]=3&page[size]=3', 'page[offset]=4&page[limit]=3', 'page[offset]=5&page[limit]=3'])(
      'is walked back by links.prev from ?%s',
      async (query) => {
        const pages = await walk(`/groups?${query}`, 'prev');
        expect(pages.reverse().flat()).toEqual((await ada.api.get('/groups')).ids);
      },
    );

    it('has null for the links that lead nowhere', async () => {
      const all = (await ada.api.get('/groups?page[size]=7')).document.links;
      expect(all).toMatchObject({ prev: null, next: null });
      const middle = (await ada.api.get('/groups?page[number]=2&page[size]=3')).document.links;
      expect(middle).toEqual({
        self: '/apis/v4/groups?page%5Bnumber%5D=2&page%5Bsize%5D=3',
        first: '/apis/v4/groups?page%5Bnumber%5D=1&page%5Bsize%5D=3',
        prev: '/apis/v4/groups?page%5Bnumber%5D=1&page%5Bsize%5D=3',
        next: '/apis/v4/groups?page%5Bnumber%5D=3&page%5Bsize%5D=3',
      });
    });

    it('is empty past the end, with a way back', async () => {
      const answer = await ada.api.get('/groups?page[number]=9&page[size]=3');
      expect(answer.ids).toEqual([]);
      expect(answer.document.links).toMatchObject({
        prev: '/apis/v4/groups?page%5Bnumber%5D=8&page%5Bsize%5D=3',
        next: null,
      });
      expect((await ada.api.get('/groups?page[number]=1000000000&page[size]=50')).ids).toEqual([]);
    });

    it('has a total when it is asked for, of all that the filters let through', async () => {
      expect((await ada.api.get('/groups')).document).not.toHaveProperty('meta');
      expect((await ada.api.get('/groups?page[total]=false')).document).not.toHaveProperty('meta');
      const answer = await ada.api.get(
        '/groups?page[total]=true&page[size]=2&filter[external_ref][null]=true',
      );
      expect(answer.total).toBe(2);
      const followed = await ada.api.get('/groups?page[total]=true&page[size]=2');
      expect((await ada.api.get(followed.document.links?.['next'] as string)).total).toBe(7);
    });

    it('counts with page[limit]=0', async () => {
      for (const query of ['page[limit]=0', 'page[limit]=0&page[offset]=3']) {
        const answer = await ada.api.get(`/groups?${query}`);
        expect([answer.ids, answer.total]).toEqual([[], 7]);
        expect(answer.document.links).toMatchObject({ prev: null, next: null });
      }
    });

    it('has 25 without being asked, or fewer where the deployment allows fewer', async () => {
      const contact = await world.person('Full');
      const many = await world.caller('Many', { [groups['zebra'] as string]: 'user' });
      for (let i = 0; i < 30; i += 1) await world.assignment(many.personId, await world.person(`P${i}`));
      expect((await many.api.get('/people')).many).toHaveLength(25);
      expect((await many.api.get('/people?page[size]=50')).many.length).toBeGreaterThan(30);
      expect(contact).toBeDefined();
    });

    it.each([
      ['page[size]=0', 'page[size]'],
      ['page[size]=-1', 'page[size]'],
      ['page[size]=1.5', 'page[size]'],
      ['page[size]=abc', 'page[size]'],
      ['page[size]=', 'page[size]'],
      ['page[size]=51', 'page[size]'],
      ['page[size]=1e1', 'page[size]'],
      ['page[size]=0x1', 'page[size]'],
      ['page[size]=%201', 'page[size]'],
      ['page[size]=99999999999999999999', 'page[size]'],
      ['page[number]=0', 'page[number]'],
      ['page[number]=-1', 'page[number]'],
      ['page[offset]=-1', 'page[offset]'],
      ['page[limit]=51', 'page[limit]'],
      ['page[total]=yes', 'page[total]'],
      ['page=2', 'page'],
      ['page[]=2', 'page[]'],
      ['page[size][x]=2', 'page[size][x]'],
      ['page[__proto__]=2', 'page[__proto__]'],
      ['page[constructor]=2', 'page[constructor]'],
      ['page[number]=1&page[limit]=2', 'page[limit]'],
      ['page[offset]=1&page[size]=2', 'page[size]'],
    ])('is not ?%s', async (query, parameter) => {
      expect((await ada.api.get(`/groups?${query}`)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', parameter]],
      });
    });
  });

  describe('sort', () => {
    it('orders text as people do, not by bytes: ICU root collation', async () => {
      expect(await names('sort=name')).toEqual([
        '50 off',
        '50%_off',
        'Äpfel',
        'apple',
        'banana',
        'Banana',
        'zebra',
      ]);
    });

    it('goes down with `-`, the exact reverse', async () => {
      expect(await names('sort=-name')).toEqual([...(await names('sort=name'))].reverse());
    });

    it('puts nulls last going up, first going down', async () => {
      const up = await names('sort=external_ref');
      expect(up.slice(-2)).toEqual(['Äpfel', 'Banana']);
      expect(up.slice(0, 3)).toEqual(['50 off', '50%_off', 'apple']);
      expect(await names('sort=-external_ref')).toEqual([...up].reverse());
    });

    it('takes several fields in their order, and the id last', async () => {
      const same = await world.group('zebra', { external_ref: null });
      await world.member(ada.personId, same, 'user');
      try {
        const zebras = [groups['zebra'] as string, same];
        expect((await ada.api.get('/groups?filter[name]=zebra&sort=name')).ids).toEqual(zebras);
        expect((await ada.api.get('/groups?filter[name]=zebra&sort=name,-id')).ids).toEqual(
          [...zebras].reverse(),
        );
        expect((await ada.api.get('/groups?filter[name]=zebra&sort=name,-external_ref')).ids).toEqual(
          [...zebras].reverse(),
        );
        expect((await ada.api.get('/groups?filter[name]=zebra&sort=-id')).ids).toEqual([...zebras].reverse());
      } finally {
        await world.database.dataSource.query('delete from groups where id = $1', [same]);
      }
    });

    it.each([
      '',
      ',',
      'name,',
      ',name',
      'name,,id',
      '-',
      '--name',
      'phone_region',
      'people_count',
      'unknown',
      'parent',
      'parent.unknown',
      'name;drop table groups',
      'constructor',
      '__proto__',
      'Name',
      'name desc',
    ])('is not sort=%s', async (value) => {
      const { status, errors } = (await ada.api.get(`/groups?sort=${encodeURIComponent(value)}`)).refusal;
      expect(status).toBe(400);
      expect(new Set(errors.map(String))).toEqual(new Set(['invalid_parameter,sort']));
    });

    it('is not a family', async () => {
      expect((await ada.api.get('/groups?sort[group]=name')).refusal.status).toBe(400);
    });
  });

  describe('filter', () => {
    it.each([
      ['filter[name]=apple', ['apple']],
      ['filter[name][eq]=apple', ['apple']],
      ['filter[name]=APPLE', []],
      ['filter[name]=50+off', ['50 off']],
      ['filter[name]=50%20off', ['50 off']],
      ['filter[name]=50%25_off', ['50%_off']],
      ['filter%5Bname%5D=%C3%84pfel', ['Äpfel']],
      ['filter[name][ne]=apple', ['zebra', 'Äpfel', 'Banana', 'banana', '50%_off', '50 off']],
      ['filter[external_ref][ne]=r-1', ['zebra', 'Äpfel', 'Banana', 'banana', '50%_off', '50 off']],
      // In the order of `sort`, where `_` stands before `-`.
      ['filter[external_ref][lt]=r-2', ['apple', '50 off', '50%_off']],
      ['filter[external_ref][le]=r-2', ['apple', 'banana', '50 off', '50%_off']],
      ['filter[external_ref][gt]=r-1', ['zebra', 'banana']],
      ['filter[external_ref][ge]=r-3', ['zebra']],
      ['filter[name][in]=apple,zebra,nothing', ['zebra', 'apple']],
      ['filter[external_ref][nin]=r-1,r-2', ['zebra', 'Äpfel', 'Banana', '50%_off', '50 off']],
      ['filter[name][like]=AN', ['Banana', 'banana']],
      ['filter[name][like]=%25_', ['50%_off']],
      ['filter[external_ref][like]=%5C', ['50 off']],
      ['filter[name][prefix]=b', ['Banana', 'banana']],
      ['filter[name][prefix]=50%25', ['50%_off']],
      ['filter[external_ref][null]=true', ['Äpfel', 'Banana']],
      ['filter[external_ref][null]=false', ['zebra', 'apple', 'banana', '50%_off', '50 off']],
      ['filter[name][like]=an&filter[external_ref][null]=false', ['banana']],
      ["filter[name]=' or 1=1 --", []],
      ['filter[created_at][lt]=2001-01-01', []],
      ['filter[created_at][gt]=2001-01-01T00:00:00Z&filter[name]=apple', ['apple']],
      ['filter[created_at][gt]=2001-01-01T00:00%2B02:00&filter[name]=apple', ['apple']],
    ])('?%s', async (query, expected) => {
      const all = await names('');
      const found = await names(query);
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toEqual(all.filter((name) => found.includes(name)));
    });

    it('compares ids, one or a list', async () => {
      const [a, b] = named('apple', 'banana') as [string, string];
      expect((await ada.api.get(`/groups?filter[id]=${a}`)).ids).toEqual([a]);
      expect((await ada.api.get(`/groups?filter[id]=${b},${a},999999`)).ids).toEqual([a, b]);
      expect((await ada.api.get(`/groups?filter[id][nin]=${a},${b}`)).many).toHaveLength(5);
      expect((await ada.api.get(`/groups?filter[id][gt]=${a}&filter[id][le]=${b}`)).many).toHaveLength(2);
      expect((await ada.api.get('/groups?filter[id]=9223372036854775807')).ids).toEqual([]);
    });

    it.each([
      ['filter[unknown]=1', 'filter[unknown]'],
      ['filter[match_name_guard]=true', 'filter[match_name_guard]'],
      ['filter=1', 'filter'],
      ['filter[]=1', 'filter[]'],
      ['filter[name][]=1', 'filter[name][]'],
      ['filter[name][xx]=1', 'filter[name][xx]'],
      ['filter[name][constructor]=1', 'filter[name][constructor]'],
      ['filter[name][eq][eq]=1', 'filter[name][eq][eq]'],
      ['filter[name][in]=', 'filter[name][in]'],
      ['filter[name][in]=a,,b', 'filter[name][in]'],
      ['filter[name][null]=1', 'filter[name][null]'],
      ['filter[id]=', 'filter[id]'],
      ['filter[id]=1,', 'filter[id]'],
      ['filter[id]=abc', 'filter[id]'],
      ['filter[id]=-1', 'filter[id]'],
      ['filter[id]=1e3', 'filter[id]'],
      ['filter[id]=0x1', 'filter[id]'],
      ['filter[id]=9223372036854775808', 'filter[id]'],
      ['filter[id][like]=1', 'filter[id][like]'],
      ['filter[created_at]=yesterday', 'filter[created_at]'],
      ['filter[created_at]=2026-02-30', 'filter[created_at]'],
      ['filter[created_at]=2026-02-30T10:00:00Z', 'filter[created_at]'],
      ['filter[created_at]=0000-01-01', 'filter[created_at]'],
      ['filter[created_at]=2026-01-01T10:00:00%2B23:59', 'filter[created_at]'],
      ['filter[created_at]=2026-01-01T25:00:00Z', 'filter[created_at]'],
      ['filter[created_at][like]=2026', 'filter[created_at][like]'],
      ['filter[__proto__]=1', 'filter[__proto__]'],
      ['filter[constructor]=1', 'filter[constructor]'],
      ['filter[name%22]=1', 'filter[name"]'],
      ["filter[name' or '1'='1]=1", "filter[name' or '1'"],
    ])('is not ?%s', async (query, parameter) => {
      expect((await ada.api.get(`/groups?${query}`)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', parameter]],
      });
    });

    it('compares days and booleans of the right form only', async () => {
      for (const day of ['2026-02-30', '0000-01-01', '2026-1-1', '20260101', 'today'])
        expect((await ada.api.get(`/people?filter[birth_date]=${day}`)).refusal.errors).toEqual([
          ['invalid_parameter', 'filter[birth_date]'],
        ]);
      expect((await ada.api.get('/people?filter[birth_date]=2024-02-29')).ids).toEqual([]);
      expect((await ada.api.get('/email_addresses?filter[primary]=1')).refusal.errors).toEqual([
        ['invalid_parameter', 'filter[primary]'],
      ]);
    });
  });
});
