import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { CHUNK_SIZE } from '../../../src/people/merge/merge.service.js';
import { countQueries } from '../../support/count-queries.js';
import { MergeWorld } from './merge-world.js';
import type { EntryWords } from './planning-world.js';

const SIZE = 2 * CHUNK_SIZE + 10;
const LAST = SIZE - 1;

describe('A request of more entries than a chunk has', () => {
  let world: MergeWorld;
  let actor: Actor;

  beforeEach(async () => {
    world = await MergeWorld.create();
    actor = await world.actor({ [await world.group('Home')]: 'user' });
  });
  afterEach(() => world.drop());

  /** Each of another person, but for those that `others` puts in their places. */
  const entries = (others: Readonly<Record<number, EntryWords>> = {}): EntryWords[] =>
    Array.from({ length: SIZE }, (_, i) => others[i] ?? { first: `P${i}`, email: `p${i}@x.org` });

  it('is committed chunk by chunk, and answered in the order of its entries', async () => {
    const { result, statements } = await countQueries(() =>
      world.post(entries({ 700: { first: 'X' } }), actor),
    );
    expect(statements.filter((text) => text === 'commit')).toHaveLength(3);
    expect(result.map(({ index }) => index)).toEqual(entries().map((_, i) => i));
    expect(result.filter(({ outcome }) => outcome !== 'created')).toEqual([
      expect.objectContaining({ index: 700, outcome: 'failed' }),
    ]);
    const emails = await world.rows<{ normal_form: string; person_id: string }>(
      sql`select normal_form, person_id from email_addresses order by id`,
    );
    expect(emails).toEqual(
      result
        .filter(({ outcome }) => outcome === 'created')
        .map(({ index, personId }) => ({ normal_form: `p${index}@x.org`, person_id: personId })),
    );
  });

  it('tells which of its entries made a person, whatever chunk that was in, and of nobody else', async () => {
    await world.one({ first: 'Old', email: 'old@x.org' }, actor);
    const again = { first: 'Again', email: 'p3@x.org' };
    const results = await world.post(
      entries({ 4: again, [CHUNK_SIZE]: again, [LAST]: again, [LAST - 1]: { email: 'old@x.org' } }),
      actor,
    );
    const told = [4, CHUNK_SIZE, LAST, LAST - 1].map((i) => results[i]);
    expect(told.map((result) => result?.match.duplicate_of_index)).toEqual([3, 3, 3, undefined]);
    expect(new Set(told.slice(0, 3).map((result) => result?.personId))).toEqual(
      new Set([results[3]?.personId]),
    );
    expect(told.map((result) => result?.outcome)).toEqual(['updated', 'unchanged', 'unchanged', 'unchanged']);
  });

  it('is tried as one: the later entries see what the earlier ones would have done, and nothing is written', async () => {
    const before = await world.everything();
    const some = entries({ [LAST]: { first: 'Again', email: 'p3@x.org' } });
    const tried = await world.post(some, actor, { dryRun: true });
    expect(await world.everything()).toEqual(before);
    expect(tried[LAST]).toMatchObject({ outcome: 'updated', match: { duplicate_of_index: 3 } });
    const done = await world.post(some, actor);
    expect(tried.map(({ outcome, match }) => [outcome, match.changes])).toEqual(
      done.map(({ outcome, match }) => [outcome, match.changes]),
    );
  });

  it('stands or falls as one when it is atomic', async () => {
    const before = await world.everything();
    const results = await world.post(entries({ [LAST]: { first: 'Nobody' } }), actor, { atomic: true });
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(LAST).fill('rolled_back'),
      'failed',
    ]);
    expect(await world.everything()).toEqual(before);
  });

  it('that dies in the middle leaves whole entries only, and sending it again completes it', async () => {
    await world.rows(sql`
      create function stop() returns trigger language plpgsql as
      $$ begin raise 'the power is gone'; end $$`);
    await world.rows(sql`
      create trigger stop before insert on email_addresses for each row
      when (new.normal_form = 'p600@x.org') execute function stop()`);
    await expect(world.post(entries(), actor)).rejects.toThrow('the power is gone');
    const whole = sql`
      select count(*)::int as people, count(e.id)::int as emails, count(m.id)::int as memberships,
        count(c.id)::int as changes
      from people p left join email_addresses e on e.person_id = p.id
        left join group_memberships m on m.person_id = p.id left join person_changes c on c.person_id = p.id
      where p.id <> ${actor.personId}`;
    const all = (count: number) => [{ people: count, emails: count, memberships: count, changes: count }];
    expect(await world.rows(whole)).toEqual(all(CHUNK_SIZE));
    await world.rows(sql`drop trigger stop on email_addresses`);
    const outcomes = (await world.post(entries(), actor)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(entries().map((_, i) => (i < CHUNK_SIZE ? 'unchanged' : 'created')));
    expect(await world.rows(whole)).toEqual(all(SIZE));
  });
});

describe('A first sync', () => {
  let world: MergeWorld;
  beforeEach(async () => {
    world = await MergeWorld.create();
  });
  afterEach(() => world.drop());

  /**
   * The checks of foreign keys have plans of their own, made once for a connection. Made while PostgreSQL believes that
   * a table has a row or two, they read all of it for every row that points there.
   */
  it('into empty tables does not go on with the plans that were made for them', async () => {
    const actor = await world.actor({ [await world.group('Home')]: 'user' });
    await world.rows(sql`analyze`);
    const people = (from: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        first: 'P',
        email: `p${from + i}@x.org`,
        ref: `R${from + i}`,
      }));
    for (let chunk = 0; chunk < 10; chunk += 1) await world.post(people(chunk * 100), actor);
    const known = await world.value<number>(
      sql`select reltuples::int from pg_class where relname = 'people'`,
    );
    expect(known).toBeGreaterThan(500);
    expect(await world.scans(people(1000), actor)).toBeLessThan(10);
  });

  it('into tables that PostgreSQL knows already does not have them looked at again', async () => {
    const actor = await world.actor({ [await world.group('Home')]: 'user' });
    await world.rows(sql`insert into people (first_name) select 'P' from generate_series(1, 1000)`);
    await world.rows(sql`analyze people`);
    const people = (count: number) => Array.from({ length: count }, (_, i) => ({ ref: `R${count}-${i}` }));
    const looked = async (count: number): Promise<number> => {
      const { statements } = await countQueries(() => world.post(people(count), actor));
      return statements.filter((text) => text.startsWith('analyze')).length;
    };
    expect(await looked(400)).toBe(0);
    expect(await looked(500)).toBe(0);
    expect(await looked(499)).toBe(1);
  });
});
