import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { LIMITS } from '../../../src/people/merge/limits.js';
import { MergeWorld } from './merge-world.js';
import { entry, type EntryWords } from './planning-world.js';

const PHONE = '+12125550100';
const COUNT = 400;
/** Those that a request reads of a crowd, whatever it says, and two of a first name. */
const FEW = LIMITS.read + 2;

describe('A key that more people hold than a request reads', () => {
  let world: MergeWorld;
  let actor: Actor;
  let home: string;
  let club: string;

  beforeAll(async () => {
    world = await MergeWorld.create();
    home = await world.group('Home');
    club = await world.group('Club');
    actor = await world.actor({ [home]: 'user', [club]: 'user' });
  });
  beforeEach(() => world.rows(sql`delete from people where id <> ${actor.personId}::bigint`));
  beforeEach(() => crowd(home, COUNT));
  afterAll(() => world.drop());

  /** P1, P2 … with the references R1, R2 … and the one phone. */
  const crowd = (groupId: string, count: number): Promise<unknown> =>
    world.rows(sql`
      with made as (
        insert into people (first_name, last_name) select 'P' || i, 'Of ' || ${groupId} from generate_series(1, ${count}::int) i
        returning id, substr(first_name, 2) as number
      ), members as (
        insert into group_memberships (person_id, group_id, role, external_ref)
        select id, ${groupId}::bigint, 'contact', 'R' || number from made
      )
      insert into phone_numbers (person_id, number, e164, normal_form, is_primary)
      select id, ${PHONE}, ${PHONE}, ${PHONE}, true from made`);

  const idOf = (first: string): Promise<string> =>
    world.value(sql`select id from people where first_name = ${first} order by id limit 1`);

  const found = async (words: EntryWords): Promise<string> => {
    const { outcome, match, errors } = await world.one({ phone: PHONE, ...words }, actor, { dryRun: true });
    const taken = match.candidates.find((each) => each.taken)?.id;
    const [row] = await world.rows<{ first_name: string }>(
      sql`select first_name from people where id = ${taken ?? null}::bigint`,
    );
    return errors[0]?.code ?? (row ? `${match.matched_by} ${row.first_name}` : outcome);
  };

  /** How many rows of people the entries lock. */
  const lockedBy = (words: readonly EntryWords[]): Promise<number> =>
    world.database.transaction(async (tx) => {
      const options = { creationFromNamesAlone: false, unknownGroups: 'skip', dryRun: true } as const;
      await world.service.runIn(tx, words.map(entry), actor, options);
      const [row] = await tx.query<{ count: number }>(sql`
        select count(*)::int as count from people where xmax = pg_current_xact_id()::xid`);
      return row?.count ?? 0;
    });

  const STRANGERS = Array.from({ length: 20 }, (_, i) => ({ phone: PHONE, ref: `N${i}`, first: `N${i}` }));

  it('has so many of its holders read and locked, however many there are, in the same statements', async () => {
    const others = STRANGERS.map(({ phone }, i) => ({ phone, ref: `S${i}`, first: `S${i}` }));
    const statements = await world.statements(others.slice(0, 1), actor);
    expect(await lockedBy(STRANGERS)).toBe(LIMITS.read);
    await crowd(club, COUNT);
    expect(await lockedBy(STRANGERS)).toBe(LIMITS.read);
    expect(await world.statements(others.slice(1), actor)).toHaveLength(statements.length);
  });

  it('has two more of each first name that is sent', async () => {
    await crowd(club, COUNT);
    const locked = await lockedBy([{ phone: PHONE, ref: 'N', first: 'p390' }]);
    expect(locked).toBe(FEW);
  });

  it('finds the one who has all the names', async () => {
    expect(await found({ first: 'p399', last: `OF ${home}` })).toBe('name_tiebreak P399');
    await crowd(club, COUNT);
    expect(await found({ first: 'P399', last: `Of ${club}` })).toBe('name_tiebreak P399');
    expect(await found({ first: 'P399' })).toBe('ambiguous_match');
  });

  it('finds by a last name alone', async () => {
    await world.rows(sql`update people set last_name = 'Hopper' where first_name = 'P400'`);
    expect(await found({ last: 'hopper' })).toBe('name_tiebreak P400');
  });

  it('takes who has another reference and the same first name, and nobody of another name', async () => {
    expect(await found({ ref: 'New', first: 'P398' })).toBe('phone_number P398');
    expect(await found({ ref: 'New', first: 'Ada' })).toBe('created');
  });

  it('takes the only one who has no reference', async () => {
    await world.rows(sql`
      update group_memberships set external_ref = null where person_id = ${await idOf('P397')}::bigint`);
    expect(await found({ ref: 'New', first: 'Ada' })).toBe('phone_number P397');
  });

  it('takes the only one of a named group, though she is the youngest', async () => {
    await crowd(club, 1);
    expect(await found({ groups: [club] })).toBe('phone_number P1');
    expect(await found({ groups: [home] })).toBe('ambiguous_match');
  });

  it('takes who has the other key as well', async () => {
    await world.email(await idOf('P396'), 'p396@x.org');
    expect(await found({ email: 'p396@x.org' })).toBe('email_address+phone_number P396');
  });

  it('is not there for who cannot read the people', async () => {
    const stranger = await world.actor({ [club]: 'user' });
    const { outcome, match } = await world.one({ phone: PHONE, ref: 'New', first: 'Ada' }, stranger);
    expect(outcome).toBe('created');
    expect(match).toMatchObject({ candidates: [], warnings: [] });
    expect(match).not.toHaveProperty('left_out');
  });

  it('gets one more when many send the same new person at once', async () => {
    const entries = STRANGERS.slice(0, 5);
    const all = await Promise.all(Array.from({ length: 8 }, () => world.post(entries, actor)));
    const outcomes = all.flat().map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(35);
    expect(await world.value<string>(sql`select count(*) from phone_numbers`)).toBe(String(COUNT + 5));
  });

  it('fills the queue with the pairs of its first holders only, once a request has made thousands of them', async () => {
    await world.rows(sql`delete from people where id <> ${actor.personId}::bigint`);
    const all = Array.from({ length: 1200 }, (_, i) => ({ phone: PHONE, ref: `N${i}`, first: `N${i}` }));
    const made = await world.post(all, actor);
    expect(made.every(({ outcome }) => outcome === 'created')).toBe(true);
    expect(await world.value<string>(sql`select count(*) from person_duplicates`)).toBe('1300');
    const again = await world.post(all, actor);
    expect(again.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
    expect(await world.value<string>(sql`select count(*) from person_duplicates`)).toBe('1300');
  });
});
