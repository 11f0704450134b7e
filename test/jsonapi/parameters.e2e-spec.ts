import fc from 'fast-check';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('Query parameters', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const get = (path: string) => c.ada.api.get(path);

  it.each([
    ['unknown=1', 'unknown'],
    ['fooBar=1', 'fooBar'],
    ['filters[name]=x', 'filters[name]'],
    ['limit=1', 'limit'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['__proto__[x]=1', '__proto__[x]'],
    ['toString', 'toString'],
    ['Include=people', 'Include'],
    ['dry_run=true', 'dry_run'],
    ['filter[name=1', 'filter[name'],
    ['filter]name[=1', 'filter]name['],
    ['filter[[name]]=1', 'filter[[name]]'],
    ['filter[name]x=1', 'filter[name]x'],
    ['filter[name]]=1', 'filter[name]]'],
    ['[name]=1', '[name]'],
    ['=1', ''],
    ['[]=1', '[]'],
    ['filter[name]=%', 'filter[name]'],
    ['filter[name]=%zz', 'filter[name]'],
    ['filter[name]=%ff', 'filter[name]'],
    ['filter[name]=%C3', 'filter[name]'],
    ['filter[name]=%ED%A0%80', 'filter[name]'],
    ['filter[name]=%00', 'filter[name]'],
    ['filter[name]=a%00b', 'filter[name]'],
    ['%zz=1', '%zz'],
    ['filter[name]=a&filter[name]=b', 'filter[name]'],
    ['filter[name]=a&filter%5Bname%5D=b', 'filter[name]'],
    ['sort=name&sort=name', 'sort'],
    ['include=people&include=parent', 'include'],
    ['page[size]=1&page[size]=1', 'page[size]'],
    ['fields[group]=name&fields[group]=', 'fields[group]'],
  ])('?%s is refused by its name', async (query, parameter) => {
    const answer = await get(`/groups?${query}`);
    expect(answer).toBeJsonApiDocument();
    const { status, errors } = answer.refusal;
    expect(status).toBe(400);
    expect(errors).toEqual([['invalid_parameter', parameter || undefined]]);
  });

  it('are told all at once, each with its own source', async () => {
    const answer = await get('/groups?a=1&include=b&fields[c]=d&filter[e]=f&sort=g&page[h]=1&filter[id]=x');
    expect(answer.refusal.status).toBe(400);
    expect(answer.refusal.errors.map(([, source]) => source).sort()).toEqual([
      'a',
      'fields[c]',
      'filter[e]',
      'filter[id]',
      'include',
      'page[h]',
      'sort',
    ]);
  });

  it('are at most 200', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `filter[name][ne]${i}=1`).join('&');
    expect((await get(`/groups?${many(201)}`)).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', undefined]],
    });
    // A hundred problems are told, of however many.
    expect((await get(`/groups?${many(200)}`)).document.errors).toHaveLength(100);
  });

  it('mean the same with `+` and `%20`, raw and encoded brackets, and with empty parts between', async () => {
    const spaced = await c.world.group('Two words');
    await c.world.member(c.ada.personId, spaced, 'user');
    for (const query of [
      'filter[name]=Two+words',
      'filter[name]=Two%20words',
      'filter%5Bname%5D=Two%20words',
      '&&filter[name]=Two+words&',
      'f%69lter[na%6De]=Two+words',
    ])
      expect((await get(`/groups?${query}`)).ids).toEqual([spaced]);
  });

  it.each([
    'people',
    'groups',
    'contact_assignments',
    'group_memberships',
    'users',
    'email_addresses',
    'phone_numbers',
  ])('may hold SQL in every name and value without meaning any: /%s', async (path) => {
    const before = await c.world.everything();
    for (const evil of [
      `'; drop table people; --`,
      `" or ""="`,
      `\\'; select pg_sleep(9)`,
      '${1}',
      '$1',
      '1) or (1=1',
    ])
      for (const name of [
        'filter[X]',
        'filter[id][X]',
        'fields[X]',
        'page[X]',
        'X',
        'sort',
        'include',
        'filter[id]',
        'page[size]',
        'fields[person]',
      ])
        expect(
          (await get(`/${path}?${encodeURIComponent(name.replace('X', evil))}=${encodeURIComponent(evil)}`))
            .status,
        ).toBe(400);
    expect(await c.world.everything()).toBe(before);
  });

  describe('whatever they are', () => {
    const names = ['filter', 'fields', 'sort', 'page', 'include', 'filters', 'x', '__proto__'];
    const keys = [
      'first_name',
      'id',
      'groups',
      'created_by',
      'birth_date',
      'created_at',
      'external_ref',
      'full_name',
      'person',
      'group',
      'user',
      'number',
      'size',
      'offset',
      'limit',
      'total',
      'eq',
      'ne',
      'in',
      'nin',
      'like',
      'prefix',
      'null',
      'lt',
      'constructor',
      '',
    ];
    const values = [
      '',
      '1',
      'me',
      'true',
      '-1',
      '0',
      '99999999999999999999',
      '1e3',
      '2026-02-30',
      '2024-02-29',
      'a,b',
      ',',
      '-id',
      'first_name',
      '-last_name,id',
      'groups.people',
      'user',
      'NaN',
      '9999-12-31T23:59:59Z',
      '\\',
      '%',
    ];
    const key = fc.oneof(fc.constantFrom(...keys), fc.string({ unit: 'binary', maxLength: 8 }));
    const value = fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary', maxLength: 20 }));
    const encode = (text: string) => encodeURIComponent(text.toWellFormed());
    const parameter = fc
      .tuple(fc.constantFrom(...names), fc.array(key, { maxLength: 3 }), value)
      .map(
        ([name, below, text]) => `${name}${below.map((one) => `[${encode(one)}]`).join('')}=${encode(text)}`,
      );
    const raw = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
    const query = fc
      .array(fc.oneof({ weight: 4, arbitrary: parameter }, raw), { maxLength: 4 })
      .map((parts) => parts.join('&'));

    it.each([
      '/people',
      '/people/me',
      '/groups/1/people',
      '/people/me/relationships/groups',
      '/contact_assignments',
    ])('the answer of %s is 200 or 400', async (path) => {
      await fc.assert(
        fc.asyncProperty(query, async (text) => {
          const { status } = await get(`${path.replace('/1', `/${c.choir}`)}?${text.replaceAll('#', '%23')}`);
          expect([200, 400]).toContain(status);
        }),
        { numRuns: 150 },
      );
    });

    it('a lenient client gets 200 or 400 as well', async () => {
      await fc.assert(
        fc.asyncProperty(query, async (text) => {
          const { status } = await c.ada.api.lenient.get(`/people?${text.replaceAll('#', '%23')}`);
          expect([200, 400]).toContain(status);
        }),
        { numRuns: 150 },
      );
    });
  });
});
