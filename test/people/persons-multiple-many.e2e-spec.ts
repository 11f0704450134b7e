import { randomUUID } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import { countQueries } from '../support/count-queries.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { PlainClient, type PlainAnswer } from './plain-client.js';

type Entry = Readonly<Record<string, unknown>>;

/** More than two chunks, and more than one. */
const THREE_CHUNKS = 1_010;
const TWO_CHUNKS = 510;

describe('POST /persons/multiple of many', () => {
  let world: World;
  let ada: Caller;
  let client: PlainClient;

  beforeAll(async () => {
    world = await World.boot({ RATE_LIMIT_PER_MINUTE: '0' });
    ada = await world.caller('Ada', { [await world.group('North')]: 'user' });
    client = new PlainClient(world.app, ada.token);
  });
  afterAll(() => world.close());

  const entries = (name: string, count: number, from = 0): Entry[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ external_ref: `${name}${from + i}`, first_name: `P${from + i}` },
      ...{ email_address: `${name}${from + i}@x.org` },
    }));
  const sync = (persons: readonly Entry[], headers: Record<string, string> = {}): Promise<PlainAnswer> =>
    client.post('/persons/multiple', { persons }, headers);
  const outcomes = ({ persons }: PlainAnswer): unknown[] => persons.map(({ outcome }) => outcome);
  const made = (name: string): Promise<number> =>
    world.value(
      sql`select count(distinct person_id)::int from email_addresses where normal_form like ${`${name}%@x.org`}`,
    );
  const statement = (text: string) => world.database.query(sql`${raw(text)}`);

  async function untilSomebodyWaits(): Promise<void> {
    const waiting = sql`
      select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await world.value<number>(waiting)) === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('takes as many statements for five hundred entries as for fifty', async () => {
    const counted = async (persons: readonly Entry[]) => {
      const { result, statements } = await countQueries(() => sync(persons));
      // Now and then statistics are renewed, and the use of the session is noted.
      const needed = statements.filter((text) => !/^(analyze|select reltuples)|sessions/.test(text));
      return [new Set(outcomes(result)), needed] as const;
    };
    await sync([]);
    const some = (from: number, count: number, more: Entry = {}): Entry[] =>
      entries('s', count, from).map((entry, i) => ({
        ...{ ...entry, phone_number: `+1 212 ${5550000 + from + i}` },
        ...more,
      }));
    const [fresh, few] = await counted(some(0, 50));
    expect(fresh).toEqual(new Set(['created']));
    expect(await counted(some(50, 500))).toEqual([fresh, few]);
    const [changed, writing] = await counted(some(0, 50, { last_name: 'Changed' }));
    expect(changed).toEqual(new Set(['updated']));
    expect(await counted(some(50, 500, { last_name: 'Changed' }))).toEqual([changed, writing]);
    const [known, reading] = await counted(some(0, 50));
    expect(known).toEqual(new Set(['unchanged']));
    expect(await counted(some(50, 500))).toEqual([known, reading]);
  });

  it.each(['40001', '40P01'])('does again what PostgreSQL stops with %s, unseen', async (state) => {
    const name = `r${state.toLowerCase()}`;
    await statement(`create sequence attempts`);
    await statement(`create function fail_twice() returns trigger language plpgsql as $$ begin
      if nextval('attempts') <= 2 then raise 'again' using errcode = '${state}'; end if; return null; end $$`);
    await statement(`create trigger fail_twice after insert on person_changes
      for each statement execute function fail_twice()`);
    const answer = await sync(entries(name, 20));
    await statement(`drop function fail_twice cascade`);
    await statement(`drop sequence attempts`);
    expect([answer.status, new Set(outcomes(answer))]).toEqual([200, new Set(['created'])]);
    expect(await made(name)).toBe(20);
    expect(new Set(outcomes(await sync(entries(name, 20))))).toEqual(new Set(['unchanged']));
  });

  it('names 25 of those who share a key, and says how many there are more', async () => {
    const shared = entries('k', 100).map((entry) => ({ ...entry, phone_number: '+1 646 555 0100' }));
    expect(new Set(outcomes(await sync(shared)))).toEqual(new Set(['created']));
    const [person] = (await sync([{ phone_number: '+1 646 555 0100', first_name: 'Eve' }])).persons;
    expect(person).toMatchObject({ failure_code: 'ambiguous_match', left_out: { candidates: 75 } });
    expect(person?.['candidates']).toHaveLength(25);
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (key: string = randomUUID()) => ({ 'idempotency-key': key });
    const wasReplayed = ({ headers }: PlainAnswer): boolean => headers['idempotency-replayed'] === 'true';

    it('is done once, and answered each time the same', async () => {
      const headers = keyed();
      const body = [...entries('o', 2), { first_name: 'Nobody' }];
      const first = await sync(body, headers);
      const before = await world.everything();
      const again = await sync(body, headers);
      expect([wasReplayed(first), wasReplayed(again)]).toEqual([false, true]);
      expect(again.body).toEqual(first.body);
      expect(outcomes(again)).toEqual(['created', 'created', 'failed']);
      expect(await world.everything()).toBe(before);
    });

    it('is answered the same when it was empty, refused, or a dry run', async () => {
      for (const body of [
        { persons: [] },
        { persons: 'none' },
        { persons: entries('d', 1), dry_run: true },
        { persons: [...entries('d', 1), { first_name: 'Nobody' }], atomic: true },
      ]) {
        const headers = keyed();
        const first = await client.post('/persons/multiple', body, headers);
        const again = await client.post('/persons/multiple', body, headers);
        expect([again.status, again.body, wasReplayed(again)]).toEqual([first.status, first.body, true]);
      }
      expect(await made('d')).toBe(0);
    });

    it('is refused for another body, and is another key for another caller', async () => {
      const headers = keyed();
      await sync(entries('b', 1), headers);
      const other = await sync(entries('b', 2), headers);
      expect([other.status, other.error.type]).toEqual([422, 'idempotency_key_reused']);
      const eve = await world.caller('Eve', { [await world.group('South')]: 'user' });
      const hers = await new PlainClient(world.app, eve.token).post(
        '/persons/multiple',
        { persons: entries('b', 2) },
        headers,
      );
      expect([hers.status, wasReplayed(hers), outcomes(hers)]).toEqual([200, false, ['created', 'created']]);
    });

    it('tells a twin that it is still running', async () => {
      const headers = keyed();
      let first: Promise<PlainAnswer> | undefined;
      await world.database.transaction(async (tx) => {
        await tx.query(sql`lock table email_addresses in exclusive mode`);
        first = sync(entries('t', 1), headers);
        await untilSomebodyWaits();
        const twin = await sync(entries('t', 1), headers);
        expect([twin.status, twin.error.type, twin.headers['retry-after']]).toEqual([
          409,
          'idempotency_key_in_use',
          '1',
        ]);
      });
      expect(outcomes((await first) as PlainAnswer)).toEqual(['created']);
    });

    it('keeps its right with each chunk, and its answer with the last', async () => {
      const headers = keyed();
      const { result, statements } = await countQueries(() => sync(entries('c', THREE_CHUNKS), headers));
      const told = statements.flatMap((text, i) =>
        text.startsWith('update idempotency_keys') ? [text.split(' ')[3], statements[i + 1]] : [],
      );
      expect(told).toEqual(['leased_until', 'commit', 'leased_until', 'commit', 'answer', 'commit']);
      const again = await sync(entries('c', THREE_CHUNKS), headers);
      expect([wasReplayed(again), again.body]).toEqual([true, result.body]);
    });

    /** When the entry is written. */
    const at = async (email: string, act: string): Promise<() => Promise<unknown>> => {
      await statement(
        `create function act() returns trigger language plpgsql as $$ begin ${act}; return new; end $$`,
      );
      await statement(`create trigger act before insert on email_addresses for each row
        when (new.normal_form = '${email}') execute function act()`);
      return () => statement('drop function act cascade');
    };

    it('that died in the middle is completed by the next request with the key', async () => {
      const headers = keyed();
      const remove = await at('m505@x.org', `raise 'the power is gone'`);
      expect((await sync(entries('m', TWO_CHUNKS), headers)).status).toBe(500);
      expect(await made('m')).toBe(500);
      await remove();
      const again = await sync(entries('m', TWO_CHUNKS), headers);
      expect(wasReplayed(again)).toBe(false);
      expect(outcomes(again)).toEqual([
        ...Array<string>(500).fill('unchanged'),
        ...Array<string>(TWO_CHUNKS - 500).fill('created'),
      ]);
      expect(await made('m')).toBe(TWO_CHUNKS);
    });

    it('stops at the chunk in which another request took it over', async () => {
      const key = randomUUID();
      const remove = await at(
        'h505@x.org',
        `update idempotency_keys set holder = gen_random_uuid() where key = '${key}'`,
      );
      const stopped = await sync(entries('h', TWO_CHUNKS), keyed(key));
      await remove();
      expect([stopped.status, stopped.error.type]).toEqual([409, 'idempotency_key_in_use']);
      expect(await made('h')).toBe(500);
    });
  });
});
