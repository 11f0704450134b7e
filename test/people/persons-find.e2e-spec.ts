import fc from 'fast-check';
import sql, { raw } from 'sql-template-tag';
import { nameKey } from '../../src/people/merge/index.js';
import { countQueries } from '../support/count-queries.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { PlainClient, type PlainAnswer } from './plain-client.js';

type Json = Record<string, unknown>;

describe('POST /persons/find', () => {
  let world: World;
  let north: string;
  let south: string;
  let foreign: string;
  let ada: Caller;
  let client: PlainClient;
  let emmy: string;
  let otto: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North', { external_ref: 'north', phone_region: 'DE' });
    south = await world.group('South', { external_ref: 'south' });
    foreign = await world.group('Foreign', { external_ref: 'foreign' });
    ada = await world.caller('Ada', { [north]: 'user', [south]: 'user' });
    client = new PlainClient(world.app, ada.token);
    const { persons } = await client.post('/persons/multiple', {
      persons: [
        {
          ...{ external_ref: 'E-1', first_name: 'Emmy', last_name: 'Weiß  Ömer', gender: 'female' },
          ...{ email_address: 'Emmy@Example.org', phone_number: '030 901820', group_ids: [north] },
        },
        { external_ref: 'O-1', first_name: 'Otto', last_name: 'Weiß Ömer', group_ids: [south] },
        { external_ref: 'E-1', email_address: 'emmy2@example.org', group_ids: [north] },
      ],
    });
    [emmy, otto] = persons.map(({ identifier }) => identifier) as [string, string];
  });
  afterAll(() => world.close());

  const find = (body: Json): Promise<PlainAnswer> => client.post('/persons/find', body);
  const idsOf = async (body: Json): Promise<unknown[]> => {
    const { status, persons } = await find(body);
    expect(status).toBe(200);
    return persons.map(({ identifier }) => identifier);
  };

  it.each(['/persons/find', '/persons/find/', '/apis/v4/persons/find', '/apis/v4/persons/find/'])(
    'answers at %s',
    async (path) => {
      const { status, body } = await client.post(path, { external_ref: 'O-1' });
      expect([status, body]).toEqual([
        200,
        {
          persons: [
            {
              ...{ identifier: otto, first_name: 'Otto', middle_name: null, last_name: 'Weiß Ömer' },
              ...{
                gender: null,
                birth_date: null,
                external_ref: 'O-1',
                email_address: null,
                phone_number: null,
              },
            },
          ],
          last_id: -1,
        },
      ]);
    },
  );

  it.each<[string, Json]>([
    ['first name', { first_name: ' EMMY ' }],
    ['last name and another, in any case and form', { last_name: 'WEISS O\u0308MER', first_name: 'emmy' }],
    ['e-mail address', { email_address: ' EMMY2@example.ORG' }],
    ['e-mail address that is not the primary one', { email_address: 'emmy@EXAMPLE.org' }],
    ['phone number, in the region of the group', { phone_number: '(030) 90 18 20' }],
    ['phone number with its country', { phone_number: '+49 30 901820' }],
    ['external reference', { external_ref: 'E-1' }],
    ['identifier', { identifier: '@emmy' }],
    ['identifier in a number', { identifier: '#emmy' }],
    ['group', { group_ids: ['@north'], last_name: 'Weiß Ömer' }],
    ['reference of a group', { group_external_ref: 'north', last_name: 'Weiß Ömer' }],
    [
      'all of it',
      { first_name: 'Emmy', email_address: 'emmy@example.org', external_ref: 'E-1', group_id: '@north' },
    ],
    ['blanks and null beside', { external_ref: 'E-1', first_name: '', last_name: null, phone_number: ' ' }],
  ])('finds by %s', async (_name, body) => {
    const names: Json = { '@emmy': emmy, '#emmy': Number(emmy), '@north': north };
    const resolved = (value: unknown): unknown => names[String(value)] ?? value;
    const sought = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(resolved) : resolved(value),
      ]),
    );
    expect(await idsOf(sought)).toEqual([emmy]);
  });

  it('shows what was asked for, else what the person shows', async () => {
    expect((await find({ email_address: 'emmy@example.org' })).persons[0]).toMatchObject({
      ...{ email_address: 'Emmy@Example.org', external_ref: 'E-1', phone_number: '030 901820' },
    });
    expect((await find({ external_ref: 'E-1' })).persons[0]).toMatchObject({
      email_address: 'emmy2@example.org',
    });
  });

  it.each<[string, Json]>([
    ['one that does not fit', { first_name: 'Emmy', external_ref: 'O-1' }],
    ['part of a name', { first_name: 'Emm' }],
    ['a reference in other letters', { external_ref: 'e-1' }],
    ['a reference in another group', { external_ref: 'E-1', group_ids: ['@south'] }],
    ['what is no address', { email_address: 'emmy' }],
    ['what is no phone number', { phone_number: 'none' }],
    ['what cannot be stored', { first_name: 'Em\0my' }],
    ['what is no id', { identifier: 'me' }],
    ['an id that is nobody’s', { identifier: '999999999999999999' }],
    ['no groups', { last_name: 'Weiß Ömer', group_ids: [] }],
    ['wildcards', { first_name: '%' }],
  ])('finds nobody for %s: 200, an empty list and -1', async (_name, body) => {
    const sought = JSON.parse(JSON.stringify(body).replace('@south', south)) as Json;
    const answer = await find(sought);
    expect([answer.status, answer.persons, answer.body['last_id']]).toEqual([200, [], -1]);
  });

  it('skips groups that are unknown and those out of reach alike', async () => {
    const hidden = await find({ group_ids: [foreign] });
    const unknown = await find({ group_ids: ['999999'] });
    expect(JSON.stringify(hidden.body).replace(foreign, '999999')).toBe(JSON.stringify(unknown.body));
    expect(unknown.body).toEqual({ persons: [], last_id: -1, skipped_groups: ['999999'] });
    const both = await find({ group_ids: [foreign, north], last_name: 'weiß ömer' });
    expect(both.body).toMatchObject({ persons: [{ identifier: emmy }], skipped_groups: [foreign] });
  });

  it('shows nobody else than those whom the caller may read', async () => {
    const eve = await world.caller('Eve', { [foreign]: 'user' });
    const hers = new PlainClient(world.app, eve.token);
    for (const body of [{ external_ref: 'E-1' }, { email_address: 'emmy@example.org' }, { identifier: emmy }])
      expect((await hers.post('/persons/find', body)).body).toEqual({ persons: [], last_id: -1 });
    const { persons } = await hers.post('/persons/find', {});
    expect(persons.map(({ identifier }) => identifier)).toEqual([eve.personId]);
    const contact = await world.caller('Cy', { [north]: 'contact' });
    const all = await new PlainClient(world.app, contact.token).post('/persons/find', {});
    expect(all.persons.map(({ identifier }) => identifier)).toEqual([contact.personId]);
  });

  it('finds neither the archived nor the deleted', async () => {
    const gone = await world.person({ first_name: 'Gone', deleted_at: new Date() });
    const archived = await world.person({ first_name: 'Gone' });
    await world.member(gone, north);
    await world.member(archived, north, 'contact', { archived_at: new Date(), external_ref: 'gone' });
    expect(await idsOf({ first_name: 'Gone' })).toEqual([]);
    expect(await idsOf({ external_ref: 'gone' })).toEqual([]);
  });

  describe('pages', () => {
    it('of a hundred, by the id of the last, to -1', async () => {
      const cara = await world.caller('Cara', { [await world.group('Crowd')]: 'user' });
      const hers = new PlainClient(world.app, cara.token);
      const persons = Array.from({ length: 200 }, (_, i) => ({
        external_ref: `crowd ${i}`,
        first_name: 'Crowd',
      }));
      const made = (await hers.post('/persons/multiple', { persons })).persons.map(
        ({ identifier }) => identifier,
      );
      const seen: unknown[] = [];
      let after: unknown = undefined;
      const lengths: number[] = [];
      do {
        const page: PlainAnswer = await hers.post('/persons/find', {
          first_name: 'crowd',
          'after-id': after,
        });
        seen.push(...page.persons.map(({ identifier }) => identifier));
        lengths.push(page.persons.length);
        after = page.body['last_id'];
        if (after !== -1) expect(after).toBe(Number(seen.at(-1)));
      } while (after !== -1);
      expect(lengths).toEqual([100, 100]);
      expect(seen).toEqual(made);
      const texts = await hers.post('/persons/find', { first_name: 'crowd', 'after-id': made[189] });
      expect(texts.persons).toHaveLength(10);
    });

    it('after -1 there is nobody', async () => {
      expect(await idsOf({ 'after-id': -1 })).toEqual([]);
    });

    it.each(['x', '1.5', {}, -2, 1.5])('%j is no `after-id`: 400', async (after) => {
      expect(await find({ 'after-id': after })).toMatchObject({
        status: 400,
        error: { pointer: '/after-id' },
      });
    });
  });

  it('refuses groups by id and by reference, in any spelling', async () => {
    for (const id of [{ group_id: north }, { group_ids: [] }])
      for (const ref of [{ group_external_ref: 'north' }, { groups_external_refs: [] }]) {
        const { status, error } = await find({ ...id, ...ref });
        expect([status, error]).toEqual([
          400,
          {
            type: 'both_group_identifiers_provided',
            message: 'Both group ids and external refs provided for the person find operation',
            pointer: '',
          },
        ]);
      }
  });

  it.each<[string, unknown, string | undefined]>([
    ['no object', [], ''],
    ['a number as a name', { first_name: 5 }, '/first_name'],
    ['a list of addresses', { email_address: ['a@x.org'] }, '/email_address'],
    ['an object as an id', { identifier: {} }, '/identifier'],
    ['groups in a text', { group_ids: '7' }, '/group_ids'],
    ['null among groups', { group_ids: [null] }, '/group_ids/0'],
  ])('refuses %s: 400 with a pointer', async (_name, body, pointer) => {
    const answer = await client.post('/persons/find', body);
    expect(answer).toMatchObject({ status: 400, error: { type: 'malformed_request', pointer } });
  });

  it('warns of what is not known, which would else widen the search unseen', async () => {
    const { body } = await find({ external_ref: 'E-1', mail: 'x' });
    expect(body['warnings']).toEqual([
      expect.objectContaining({ code: 'unknown_attribute', pointer: '/mail' }),
    ]);
  });

  it.each([
    ['email', { email: 'x' }, 'Did you mean "email_address"?'],
    ['frist_name', { frist_name: 'x', 'after-id': 0, last_name: null }, 'Did you mean "first_name"?'],
    ['a/b', { 'a/b': 1 }, 'Known: '],
  ])('refuses `%s` alone, which would find everybody', async (name, body, hint) => {
    const { status, error } = await find(body);
    expect(status).toBe(400);
    expect(error).toMatchObject({ type: 'malformed_request', pointer: `/${name.replace('/', '~1')}` });
    expect(error?.message).toContain(`Nobody is found by "${name}".`);
    expect(error?.message).toContain(hint);
  });

  it('needs two statements beside the one that tells who asks, whatever is sought and found', async () => {
    for (const body of [
      {},
      { first_name: 'Emmy', phone_number: '1', group_ids: [north] },
      { identifier: 'x1' },
    ]) {
      const { statements } = await countQueries(() => find(body));
      expect(statements).toHaveLength('identifier' in body ? 2 : 3);
    }
  });

  it('looks into an index for every kind of key', async () => {
    const explain = (condition: string): Promise<{ 'QUERY PLAN': string }[]> =>
      world.database.transaction(async (tx) => {
        await tx.query(sql`set local enable_seqscan = off`);
        return tx.query(sql`explain select id from people p where ${raw(condition)}`);
      });
    for (const name of ['first_name', 'last_name']) {
      const plan = await explain(`name_form(p.${name}) = name_form('x')`);
      expect(plan.map((line) => line['QUERY PLAN']).join()).toContain(`people_${name}_form_idx`);
    }
  });

  it('compares names as the matching does', async () => {
    const letters = fc.constantFrom(
      ...['s', 'S', 'ß', 'ẞ', 'ı', 'i', 'I', 'İ', 'ﬁ', 'é', 'e\u0301', 'Å', 'Σ', 'ς', ' '],
    );
    const name = fc.array(letters, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 50, maxLength: 50 }), async (pairs) => {
        const rows = await world.database.query<{ same: boolean }>(sql`
          select name_form(one) = name_form(other) as same
          from unnest(${pairs.map(([one]) => one.trim())}::text[], ${pairs.map(([, other]) => other.trim())}::text[])
            with ordinality as n(one, other, position) order by position`);
        const same = pairs.map(([one, other]) => nameKey(one.trim()) === nameKey(other.trim()));
        expect(rows.map((row) => row.same)).toEqual(same);
      }),
      { numRuns: 10 },
    );
  });
});
