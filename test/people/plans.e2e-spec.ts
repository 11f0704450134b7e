import sql from 'sql-template-tag';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { planOf, statementsOf, type Statement } from '../support/statements.js';
import { PlainClient } from './plain-client.js';

const PEOPLE = 20_000;
/** The tables that grow with the people. */
const GROWING = 'people|email_addresses|phone_numbers|group_memberships|contact_assignments|person_changes';

/**
 * The statements that are really sent, with their values, as PostgreSQL would do them where it matters: none reads through
 * a whole table that grows. Asked are somebody who reaches everybody, and somebody who reaches a few.
 */
describe('Plans among twenty thousand people', () => {
  let world: World;
  let callers: Record<'of many' | 'of few', Caller>;
  beforeAll(async () => {
    world = await World.boot();
    const all = await world.group('all');
    const few = await world.group('few');
    const query = world.database.query.bind(world.database);
    await query(sql`
      insert into people (first_name, last_name, created_by_id)
      select 'First' || i % 400, 'Last' || i % 3000, (select min(id) from people) from generate_series(1, ${PEOPLE}::int) i`);
    const each = sql`from people p where p.first_name like 'First%'`;
    await query(sql`
      insert into email_addresses (person_id, email, normal_form, is_primary)
      select p.id, 'p' || p.id || '@example.org', 'p' || p.id || '@example.org', true ${each}`);
    await query(sql`
      insert into phone_numbers (person_id, number, e164, normal_form, is_primary)
      select p.id, n, n, n, true from people p, lateral (select '+1415' || 2000000 + p.id as n) number
      where p.first_name like 'First%'`);
    await query(sql`
      insert into group_memberships (person_id, group_id, external_ref) select p.id, ${all}::bigint, 'R-' || p.id ${each}`);
    await query(sql`
      insert into group_memberships (person_id, group_id) select p.id, ${few}::bigint ${each} and p.id % 400 = 0`);
    await query(sql`
      insert into contact_assignments (assigned_to_id, person_id) select p.id - 1, p.id ${each} and p.id % 10 = 0 and p.id > 100`);
    await query(sql`
      insert into person_changes (person_id, action, before, after)
      select p.id, 'created', '{}', '{"first_name": "First"}' ${each}`);
    callers = {
      'of many': await world.caller('Wide', { [all]: 'admin' }),
      'of few': await world.caller('Narrow', { [few]: 'admin' }),
    };
    await world.database.dataSource.query('vacuum analyze');
  });
  afterAll(() => world.close());

  const someone = (): Promise<string> =>
    world.value(
      sql`select person_id::text from group_memberships where group_id = 3 order by person_id limit 1`,
    );

  /** What of the plans reads a whole table. */
  const wholeTables = async (statements: readonly Statement[]): Promise<string[]> => {
    const read = statements.filter(({ text }) => /^\s*(select|with)/.test(text));
    const plans = await Promise.all(read.map((one) => planOf(world.database.dataSource, one)));
    return plans.flatMap((plan, i) =>
      plan
        .split('\n')
        .filter((line) => new RegExp(`Seq Scan on (${GROWING})\\b`).test(line))
        .map((line) => `${line.trim()} in ${(read[i] as Statement).text.slice(0, 200)}`),
    );
  };

  const asked = async (
    who: keyof typeof callers,
    ask: (caller: Caller) => Promise<ApiAnswer>,
  ): Promise<void> => {
    let answer: ApiAnswer | undefined;
    const statements = await statementsOf(async () => {
      answer = await ask(callers[who]);
    });
    expect(answer?.status).toBeLessThan(300);
    expect(await wholeTables(statements)).toEqual([]);
  };

  const INCLUDES = 'include=email_addresses,phone_numbers,group_memberships,groups';

  describe.each(['of many', 'of few'] as const)('for a reader %s', (who) => {
    it.each([
      ['the first page', `/people?${INCLUDES}&page[size]=25`],
      ['a page by names', '/people?sort=last_name,first_name&page[size]=25'],
      ['the youngest people', '/people?sort=-created_at&page[size]=25'],
      ['the people changed last', '/people?sort=-updated_at&page[size]=25'],
      ['the people changed since', '/people?filter[updated_at][gt]=2999-01-01T00:00:00Z&sort=updated_at'],
      ['the last of the history', '/person_changes?sort=-created_at&page[size]=25'],
      ['the history since', '/person_changes?filter[since]=2999-01-01T00:00:00Z'],
      ['people by references', '/people?filter[external_ref][in]=R-500,R-600'],
      ['people by an e-mail address', '/people?filter[email_addresses.email]=p500@example.org'],
      ['people by their first e-mail address', '/people?filter[primary_email_address]=p500@example.org'],
      ['an e-mail address by its text', '/email_addresses?filter[email]=p500@example.org'],
      ['memberships by reference', '/group_memberships?filter[external_ref]=R-500'],
      ['somebody by a part of her name', '/people?filter[q]=Narow'],
      ['the memberships of a page', '/group_memberships?page[size]=25&include=person'],
      ['the e-mail addresses', '/email_addresses?page[size]=25&include=person'],
    ])('reads %s by indexes', async (_what, path) => {
      await asked(who, ({ api }) => api.get(path));
    });

    it('reads one person and all that belongs to her', async () => {
      const id = await someone();
      await asked(who, ({ api }) => api.get(`/people/${id}?${INCLUDES}`));
      await asked(who, ({ api }) => api.get(`/people/${id}/email_addresses`));
    });

    it('goes on behind a cursor, however deep', async () => {
      const profile =
        'application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination"';
      const first = await callers[who].api.get('/people?sort=last_name,first_name&page[size]=20', {
        accept: profile,
      });
      const { next } = first.document.links as { next: string };
      await asked(who, ({ api }) => api.get(next));
    });
  });

  it('finds a group of many by its index', async () => {
    await asked('of many', ({ api }) => api.get(`/people?filter[groups]=2&${INCLUDES}&page[size]=25`));
  });

  it('finds, locks and writes a person by indexes, whether new or known', async () => {
    const post = (email: string) => ({
      data: { type: 'person', attributes: { last_name: 'Posted' } },
      included: [{ type: 'email_address', attributes: { email } }],
    });
    await asked('of many', ({ api }) => api.post('/people', post('new@example.org')));
    await asked('of many', ({ api }) => api.post('/people', post('p500@example.org')));
  });

  it.each([
    { email_address: 'P500@example.org' },
    { phone_number: '+14152000500' },
    { external_ref: 'R-500' },
  ])('finds %j in plain JSON by an index', async (search) => {
    const plain = new PlainClient(world.app, callers['of many'].token);
    let found: unknown[] = [];
    const statements = await statementsOf(async () => {
      found = (await plain.post('/persons/find', search)).persons;
    });
    expect(found).toHaveLength(1);
    expect(await wholeTables(statements)).toEqual([]);
  });

  it('does a batch by indexes', async () => {
    const persons = Array.from({ length: 200 }, (_, i) => ({
      ...{
        external_ref: `R-${300 + i * 2}`,
        email_address: `p${300 + i * 2}@example.org`,
        last_name: 'Batch',
      },
    }));
    const plain = new PlainClient(world.app, callers['of many'].token);
    let status: number | undefined;
    const statements = await statementsOf(async () => {
      ({ status } = await plain.post('/persons/multiple', { persons }));
    });
    expect(status).toBe(200);
    expect(await wholeTables(statements)).toEqual([]);
  });
});
