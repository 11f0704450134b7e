import sql from 'sql-template-tag';
import { countQueries } from '../support/count-queries.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient, resultsOf, type OperationResult } from '../support/operations-client.js';

type Json = Record<string, unknown>;

const person = (attributes: Json, more: Json = {}) => ({
  op: 'add',
  data: { type: 'person', attributes, ...more },
});
const email = (address: string, personId: string, word: 'id' | 'lid' = 'id') => ({
  op: 'add',
  data: {
    type: 'email_address',
    attributes: { email: address },
    relationships: { person: { data: { type: 'person', [word]: personId } } },
  },
});
const matchOf = (result: OperationResult | undefined): Json => result?.meta?.['match'] as Json;

describe('People among the operations', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let ops: OperationsClient;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'admin' });
    ops = new OperationsClient(ada.api);
  });
  afterAll(() => world.close());

  /** Somebody of the group with an address. */
  const known = async (name: string, address: string): Promise<string> => {
    const id = await world.contact(name, north);
    await world.email(id, address, true);
    return id;
  };

  it('are matched as POST /people matches, each seeing what those before it did', async () => {
    const id = await known('Grace', 'grace@example.org');
    const answer = await ops.send([
      person({ first_name: 'Linus', external_ref: 'ops-1' }, { lid: 'l' }),
      email('linus@example.org', 'l', 'lid'),
      email('grace.two@example.org', id),
      person({ first_name: 'Linus', last_name: 'T', external_ref: 'ops-1' }),
      person({ external_ref: 'ops-1', last_name: 'T' }),
      person({ first_name: 'Ken', external_ref: 'ops-2' }),
    ]);
    expect(answer.status).toBe(200);
    const results = resultsOf(answer);
    const outcomes = [0, 3, 4, 5].map((i) => matchOf(results[i])['outcome']);
    expect(outcomes).toEqual(['created', 'updated', 'unchanged', 'created']);
    expect([results[3]?.data?.id, results[4]?.data?.id]).toEqual([
      results[0]?.data?.id,
      results[0]?.data?.id,
    ]);
    expect(results[3]?.data?.attributes).toMatchObject({
      full_name: 'Linus T',
      primary_email_address: 'linus@example.org',
    });
    expect(results[2]?.data?.relationships?.['person']?.data).toEqual({ type: 'person', id });
    expect(
      await world.database.query(
        sql`select action from person_changes where person_id = ${results[0]?.data?.id}::bigint order by id`,
      ),
    ).toEqual([{ action: 'created' }, { action: 'updated' }, { action: 'matched' }]);
  });

  it('say which operation made the person that a later one meets', async () => {
    const ref = { external_ref: 'ops-3' };
    const answer = await ops.send([
      { op: 'update', data: { type: 'person', id: ada.personId, attributes: {} } },
      person({ first_name: 'Dup', ...ref }),
      person({ last_name: 'Licate', ...ref }),
    ]);
    expect(matchOf(resultsOf(answer)[2])).toMatchObject({ outcome: 'updated', duplicate_of_index: 1 });
  });

  it('leave nothing when one cannot be decided: no person, no history, nothing in the queue', async () => {
    const [east, west] = [await world.group('East'), await world.group('West')];
    const both = await world.caller('Both', { [east]: 'user', [west]: 'user' });
    for (const [name, group] of [
      ['Twin', east],
      ['Twain', west],
    ] as const) {
      const id = await world.person(name);
      await world.member(id, group, 'contact', { external_ref: 'of-two' });
    }
    const operations = [
      person({ first_name: 'Before', external_ref: 'before' }),
      person({ first_name: 'Other', external_ref: 'of-two' }),
    ];
    const before = await world.everything();
    const client = new OperationsClient(both.api);
    const pointer = '/atomic:operations/1/data';
    for (const [by, status] of [
      [client, 409],
      [client.lenient, 422],
    ] as const)
      expect((await by.send(operations)).refusal).toEqual({ status, errors: [['ambiguous_match', pointer]] });
    expect(await world.everything()).toBe(before);
  });

  it('are told all that is wrong with those that stand together', async () => {
    const before = await world.everything();
    const answer = await ops.send([
      person({ first_name: 'Before', external_ref: 'ops-4' }),
      person({ last_name: 'Nobody can find' }),
      person({ first_name: 'Ref', external_ref: ' blank ' }),
    ]);
    expect(answer.refusal).toEqual({
      status: 422,
      errors: [
        ['insufficient_information', '/atomic:operations/1/data'],
        ['invalid_attribute', '/atomic:operations/2/data/attributes/external_ref'],
      ],
    });
    expect(await world.everything()).toBe(before);
  });

  it('follow the policies of the request, which only tighten', async () => {
    const id = await known('Policy', 'policy@example.org');
    await world.database.query(
      sql`update group_memberships set external_ref = 'old-ref' where person_id = ${id}::bigint`,
    );
    const sent = person({ first_name: 'Policy', external_ref: 'ops-policy' });
    for (const [parameters, policy] of [
      ['', { conflicting_ref: 'by_name', name_guard: false }],
      ['?conflicting_ref=separate&name_guard=true', { conflicting_ref: 'separate', name_guard: true }],
      ['?conflicting_ref=match', { conflicting_ref: 'by_name', name_guard: false }],
    ] as const) {
      const answer = await ops.send([sent], `${parameters || '?dry_run=true'}`);
      expect(matchOf(resultsOf(answer)[0])['policy']).toEqual(policy);
    }
    const refused = await ops.send([sent], '?conflicting_ref=whatever');
    expect(refused.refusal).toEqual({ status: 400, errors: [['invalid_parameter', 'conflicting_ref']] });
  });

  it('are only looked up in a dry run: those met are shown, those to be made have no id', async () => {
    const ref = { external_ref: 'ops-dry' };
    const met = await known('Met', 'met@example.org');
    await world.database.query(
      sql`update group_memberships set external_ref = 'ops-met' where person_id = ${met}::bigint`,
    );
    const before = await world.everything();
    const answer = await ops.send(
      [
        person({ first_name: 'New', ...ref }, { lid: 'n' }),
        person({ last_name: 'Again', ...ref }),
        email('new@example.org', 'n', 'lid'),
        person({ gender: 'x', external_ref: 'ops-met' }),
      ],
      '?dry_run=true',
    );
    const [made, again, address, found] = resultsOf(answer);
    expect([made, again, address].map((result) => result?.data)).toEqual([undefined, undefined, undefined]);
    expect([matchOf(made)['outcome'], matchOf(again)['outcome']]).toEqual(['created', 'updated']);
    expect(found?.data).toMatchObject({ id: met, attributes: { gender: 'x' } });
    expect(await world.everything()).toBe(before);
  });

  it('are not met across the borders of groups', async () => {
    const south = await world.group('South');
    const hidden = await world.contact('Hidden', south);
    await world.email(hidden, 'hidden@example.org', true);
    const before = await world.everything();
    const answer = await ops.send([
      { op: 'update', data: { type: 'person', id: hidden, attributes: { first_name: 'Seen' } } },
    ]);
    const none = await ops.send([email('mine@example.org', hidden)]);
    for (const { refusal } of [answer, none]) expect(refusal.status).toBe(404);
    expect(none.refusal.errors).toEqual([
      ['not_found', '/atomic:operations/0/data/relationships/person/data'],
    ]);
    expect(await world.everything()).toBe(before);
  });

  it('cost the same number of statements, however many are added one after the other', async () => {
    const add = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, i) =>
        person({ first_name: `N${i}`, external_ref: `${prefix}-${i}` }),
      );
    const count = async (operations: unknown[]): Promise<number> => {
      const { result, statements } = await countQueries(() => ops.send(operations));
      expect([result.status, resultsOf(result).length]).toEqual([200, operations.length]);
      // Now and then the planner's statistics are renewed.
      return statements.filter((statement) => !/^(analyze|select reltuples)/i.test(statement)).length;
    };
    const few = await count(add(2, 'few'));
    expect(await count(add(200, 'many'))).toBe(few);
  });

  describe('with several requests at once', () => {
    const deadlocks = (): Promise<number> =>
      world.value(sql`select deadlocks::int from pg_stat_database where datname = current_database()`);

    it('are made once, and nobody waits in a circle, whatever the order of the operations', async () => {
      const refs = Array.from({ length: 8 }, (_, i) => `shared-${i}`);
      const before = await deadlocks();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => {
          const own = i % 2 === 0 ? refs : [...refs].reverse();
          return ops.send(
            own.flatMap((ref) => [
              person({ first_name: 'Shared', external_ref: ref }, { lid: ref }),
              email(`${ref}@example.org`, ref, 'lid'),
            ]),
          );
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(
        await world.value(
          sql`select count(*)::int from group_memberships where external_ref like 'shared-%'`,
        ),
      ).toBe(8);
      expect(
        await world.value(sql`select count(*)::int from email_addresses where normal_form like 'shared-%'`),
      ).toBe(8);
      await world.value(sql`select pg_stat_force_next_flush()`);
      expect(await deadlocks()).toBe(before);
    });

    it('change the same people in opposite orders, all of them, without a circle', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 6; i += 1) ids.push(await known(`C${i}`, `circle-${i}@example.org`));
      const before = await deadlocks();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => {
          const own = i % 2 === 0 ? ids : [...ids].reverse();
          return ops.send(
            own.flatMap((id) => [
              { op: 'update', data: { type: 'person', id, attributes: { gender: `g${i}` } } },
              email(`circle-${i}-${id}@example.org`, id),
            ]),
          );
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      const genders = await world.database.query(
        sql`select distinct gender from people where id = any(${ids}::bigint[])`,
      );
      expect(genders).toHaveLength(1);
      expect(
        await world.value(
          sql`select count(*)::int from email_addresses where person_id = any(${ids}::bigint[])`,
        ),
      ).toBe(6 * 9);
      expect(await deadlocks()).toBe(before);
    });
  });
});
