import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import type { Transaction } from '../../../src/database/index.js';
import { MergeWorld } from './merge-world.js';

describe('what PostgreSQL asks to be done again', () => {
  let world: MergeWorld;
  let home: string;
  let actor: Actor;
  beforeEach(async () => {
    world = await MergeWorld.create();
    home = await world.group('Home');
    actor = await world.actor({ [home]: 'user' });
  });
  afterEach(() => world.drop());

  /** A sequence does not roll back: the first times the table is written the transaction fails, then it does not. */
  async function failTwice(table: string, sqlState: string): Promise<void> {
    await world.rows(sql`create sequence attempts`);
    await world.rows(
      statement(`create function fail_twice() returns trigger language plpgsql as $$ begin
        if nextval('attempts') <= 2 then raise exception 'again' using errcode = '${sqlState}'; end if;
        return null; end $$`),
    );
    await world.rows(
      statement(
        `create trigger fail_twice after insert on ${table} for each statement execute function fail_twice()`,
      ),
    );
  }

  describe.each([
    ['a serialization failure', '40001'],
    ['a deadlock', '40P01'],
    ['a lost race for a unique key', '23505'],
    ['a row that is named and was deleted meanwhile', '23503'],
  ])('%s', (_name, sqlState) => {
    it.each([['people'], ['group_memberships'], ['person_changes'], ['person_duplicates']])(
      'while %s is written is invisible, and leaves nothing of the attempts',
      async (table) => {
        await world.one({ ref: 'R1', email: 'ada@example.org', first: 'Ada' }, actor);
        await failTwice(table, sqlState);
        const entries = [
          { ref: 'R2', email: 'ada@example.org', first: 'Eve' },
          { email: 'new@example.org', first: 'New' },
        ];
        const results = await world.post(entries, actor);
        expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
        expect(await world.value(sql`select last_value::int from attempts`)).toBe(3);
        expect(await world.count('people')).toBe(4);
        expect(await world.count('email_addresses')).toBe(3);
        expect(await world.count('person_changes')).toBe(3);
        expect(await world.count('person_duplicates')).toBe(1);
        const again = await world.post(entries, actor);
        expect(again.map(({ outcome, personId }) => [outcome, personId])).toEqual(
          results.map(({ personId }) => ['unchanged', personId]),
        );
      },
    );
  });

  it('because of a real deadlock is invisible as well', async () => {
    const [one, two] = await world.post([{ ref: 'A' }, { ref: 'B' }], actor);
    let posted: ReturnType<MergeWorld['post']> | undefined;
    await world.database.transaction(async (tx) => {
      // Whoever waits longer than its own patience is the victim: let it not be us.
      await tx.query(sql`set local deadlock_timeout = '1min'`);
      await lock(tx, two?.personId);
      posted = world.post(
        [
          { ref: 'A', first: 'Ada' },
          { ref: 'B', first: 'Bea' },
        ],
        actor,
      );
      await world.untilSomebodyWaits();
      await lock(tx, one?.personId);
      await tx.query(sql`update people set last_name = 'Kept' where id = ${two?.personId}::bigint`);
    });
    expect((await posted)?.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
    expect(
      await world.rows(sql`select first_name, last_name from people where first_name <> 'Actor' order by id`),
    ).toEqual([
      { first_name: 'Ada', last_name: null },
      { first_name: 'Bea', last_name: 'Kept' },
    ]);
    expect(await deadlocks(world)).toBe('1');
  });

  it('because somebody else took a reference that a person brings along is decided anew', async () => {
    const away = await world.group('Away');
    const both = await world.actor({ [home]: 'user', [away]: 'user' });
    const ada = await world.one({ ref: 'R1', email: 'ada@example.org', groups: [home] }, both);
    const eve = await world.person('Eve');
    let posted: ReturnType<MergeWorld['one']> | undefined;
    await world.database.transaction(async (tx) => {
      await tx.query(sql`insert into group_memberships (person_id, group_id, external_ref)
        values (${eve}::bigint, ${away}::bigint, 'R1')`);
      posted = world.one({ email: 'ada@example.org', groups: [home, away] }, both);
      await world.untilSomebodyWaits();
    });
    expect(await posted).toMatchObject({
      outcome: 'unchanged',
      personId: ada.personId,
      match: { warnings: [{ code: 'membership_conflict' }], groups_added: [] },
    });
    expect(await world.rows(sql`select kind, person_id, candidate_ids from person_duplicates`)).toEqual([
      { kind: 'pair', person_id: ada.personId, candidate_ids: [eve] },
    ]);
  });

  it('for ever is told in the end', async () => {
    await world.rows(sql`create sequence attempts`);
    await world.rows(
      statement(`create function fail() returns trigger language plpgsql as $$ begin
        perform nextval('attempts'); raise exception 'again' using errcode = '40001'; end $$`),
    );
    await world.rows(
      statement(`create trigger fail after insert on people for each statement execute function fail()`),
    );
    await expect(world.one({ ref: 'R1' }, actor)).rejects.toMatchObject({ code: '40001' });
    expect(await world.value(sql`select last_value::int from attempts`)).toBe(8);
    expect(await world.count('people')).toBe(1);
  });
});

const statement = (text: string) => sql`${raw(text)}`;

const lock = (tx: Transaction, id: string | undefined) =>
  tx.query(sql`select id from people where id = ${id}::bigint for update`);

const deadlocks = (world: MergeWorld): Promise<string> =>
  world.value(sql`select deadlocks from pg_stat_database where datname = current_database()`);
