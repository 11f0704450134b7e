import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.setup.js';
import { readEnv } from '../../src/config/index.js';
import { ApiClient } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { planOf, statementsOf, type Statement } from '../support/statements.js';

const SECRET = 'a secret of the tests that is long enough';

describe('filter[q]', () => {
  let world: World;
  let ada: Caller;
  let group: string;
  const people: Record<string, string> = {};

  async function person(key: string, names: object, emails: string[] = [], phones: string[] = []) {
    const id = await world.person({ first_name: key, ...names });
    await world.member(id, group);
    for (const [i, email] of emails.entries()) await world.email(id, email, i === 0);
    for (const [i, phone] of phones.entries()) await world.phone(id, phone, i === 0);
    people[key] = id;
  }

  beforeAll(async () => {
    world = await World.boot({ JWT_SECRET: SECRET });
    group = await world.group('Choir');
    ada = await world.caller('Ada', { [group]: 'user' });
    await world.database.dataSource.query(`update people set last_name = 'Lovelace' where id = $1`, [
      ada.personId,
    ]);
    people['Ada'] = ada.personId;
    await person(
      'Carl',
      { last_name: 'Nielsen' },
      ['carl@work.example', 'cn@odense.example'],
      ['+4533123456'],
    );
    await person('Michael', { middle_name: 'Anne-Marie', last_name: 'van der Berg' }, ['m_b@example.org']);
    await person('Dora', { last_name: 'Pejačević' }, ['dora100%@example.org'], ['+442079460958']);
    await person('Smith', { first_name: 'Jo', last_name: 'Smith' });
    const foreign = await world.group('Foreign');
    const hidden = await world.contact('Carla', foreign);
    await world.email(hidden, 'carl@hidden.example');
    await world.phone(hidden, '+4533123499');
  });
  afterAll(() => world.close());

  const search = (text: string, api: ApiClient = ada.api) =>
    api.get(`/people?filter[q]=${encodeURIComponent(text)}`);
  const namesOf = (ids: readonly string[]) =>
    ids.map((id) => Object.keys(people).find((name) => people[name] === id) ?? id).sort();

  it.each([
    ['Lovelace', ['Ada']],
    ['lovel', ['Ada']],
    ['LACE', ['Ada']],
    ['marie', ['Michael']],
    ['berg', ['Michael']],
    ['jo', ['Smith']],
    ['de', ['Michael']],
    ['pejačević', ['Dora']],
    ['carl nielsen', ['Carl']],
    ['Nielsen  Carl', ['Carl']],
    ['carl lovelace', []],
    ['carl@work.example', ['Carl']],
    ['odense', ['Carl']],
    ['CN@odense', ['Carl']],
    ['m_b', ['Michael']],
    ['100%', ['Dora']],
    ['%', []],
    ['_', []],
    ["' or 1=1 --", []],
    ['\\', []],
    ['nobody', []],
  ])('finds by parts of names and e-mails, every word of it: %s', async (text, expected) => {
    expect(namesOf((await search(text)).ids)).toEqual(expected);
  });

  it.each([
    ['Lovelase', 'Ada'],
    ['Lovlace', 'Ada'],
    ['Loevlace', 'Ada'],
    ['Nilsen', 'Carl'],
    ['nielson carl', 'Carl'],
    ['Micheal', 'Michael'],
    ['Smiht', 'Smith'],
    ['Smyth', 'Smith'],
    ['Pejacevic', 'Dora'],
    ['carl@wrok.example', 'Carl'],
  ])('forgives a slip: %s', async (text, expected) => {
    expect(namesOf((await search(text)).ids)).toEqual([expected]);
  });

  it.each([
    '+4533123456',
    '+45 33 12 34 56',
    '33 12 34 56',
    '(0045) 33-12.34/56',
    '123456',
    'carl 33 12 34 56',
    '33123456 nielsen',
  ])('finds by a number, however it is written: %s', async (text) => {
    expect(namesOf((await search(text)).ids)).toEqual(['Carl']);
  });

  it('finds a number with the zero that is dialled within the country', async () => {
    expect(namesOf((await search('020 7946 0958')).ids)).toEqual(['Dora']);
    expect((await search('020 7946 0959')).ids).toEqual([]);
  });

  it('finds nobody out of reach, by nothing', async () => {
    for (const text of ['carla', 'carl@hidden.example', '33123499'])
      expect((await search(text)).ids).not.toContain(expect.not.stringMatching(people['Carl'] as string));
    expect((await search('hidden')).ids).toEqual([]);
    expect((await search('33123499')).ids).toEqual([]);
  });

  it('holds together with other filters, a sort, a page and a total', async () => {
    const answer = await ada.api.get(
      '/people?filter[q]=example&filter[email_addresses.primary]=true&sort=-first_name&page[size]=1&page[total]=true',
    );
    expect([namesOf(answer.ids), answer.total]).toEqual([['Michael'], 3]);
  });

  it('is found along a path, and at related lists', async () => {
    const memberships = await ada.api.get('/group_memberships?filter[person.q]=nielsn&include=person');
    expect(memberships.includedKeys).toEqual([`person:${people['Carl']}`]);
    expect(namesOf((await ada.api.get(`/groups/${group}/people?filter[q]=lovelase`)).ids)).toEqual(['Ada']);
  });

  it.each([
    ['filter[q]=', 'filter[q]'],
    ['filter[q]=%20%20', 'filter[q]'],
    [`filter[q]=${'a '.repeat(9)}`, 'filter[q]'],
    [`filter[q]=${'a'.repeat(201)}`, 'filter[q]'],
    ['filter[q][like]=carl', 'filter[q][like]'],
    ['filter[q][in]=carl', 'filter[q][in]'],
    ['filter[q][eq][eq]=carl', 'filter[q][eq][eq]'],
  ])('is not ?%s', async (query, parameter) => {
    expect((await ada.api.get(`/people?${query}`)).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', parameter]],
    });
  });

  it('is not for types that search nowhere', async () => {
    expect((await ada.api.get('/groups?filter[q]=choir')).refusal.errors).toEqual([
      ['invalid_parameter', 'filter[q]'],
    ]);
  });

  describe('among many', () => {
    let root: Caller;
    beforeAll(async () => {
      root = await world.caller('Root', {}, { superAdmin: true });
      const { dataSource } = world.database;
      await dataSource.query(`
        with p as (
          insert into people (first_name, last_name)
          select substr(md5(n::text), 1, 7), substr(md5((n + 7)::text), 1, 9) from generate_series(1, 6000) n returning id)
        , e as (
          insert into email_addresses (person_id, email, normal_form)
          select id, md5(id::text) || '@x.example', md5(id::text) || '@x.example' from p)
        insert into phone_numbers (person_id, number, normal_form)
        select id, '+1' || (5550000000 + id), '+1' || (5550000000 + id) from p`);
      await dataSource.query('vacuum analyze people, email_addresses, phone_numbers');
    });

    it.each(['nielsn', 'carl nielsen', '33 12 34 56 carl'])(
      'takes one statement, which goes by the indexes: %s',
      async (text) => {
        const statements = await statementsOf(async () => {
          expect(namesOf((await search(text, root.api)).ids)).toContain('Carl');
        });
        const [page, ...others] = statements.filter(({ text: one }) => one.includes('t_in'));
        expect(others).toEqual([]);
        const plan = await planOf(world.database.dataSource, page as Statement);
        expect(plan).toContain('people_names_search_idx');
        expect(plan).toContain('email_addresses_search_idx');
        if (/\d/.test(text)) expect(plan).toContain('phone_numbers_search_idx');
        expect(plan).not.toContain('Seq Scan');
      },
    );
  });

  describe('on a server without pg_trgm', () => {
    let app: NestFastifyApplication;
    let plain: ApiClient;
    beforeAll(async () => {
      await world.database.dataSource.query('drop extension pg_trgm cascade');
      const env = readEnv({ LOG_LEVEL: 'silent', JWT_SECRET: SECRET });
      app = await createApp(env, world.database);
      await app.init();
      await app.getHttpAdapter().getInstance().ready();
      plain = new ApiClient(app, ada.token);
    });
    afterAll(() => app.close());

    it('finds the same, but forgives no slip', async () => {
      for (const text of ['lovel', 'carl nielsen', 'carl@work.example', '33 12 34 56'])
        expect((await search(text, plain)).many).toHaveLength(1);
      expect((await search('Lovelase', plain)).ids).toEqual([]);
    });
  });
});
