import { setTimeout as delay } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { createDataSource, Database } from '../../../src/database/index.js';
import { KithServer, killLeftovers } from '../../start/kith-server.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { LOCK_BUCKETS } from '../../../src/people/merge/lock-keys.js';
import { email, person } from '../person-document.js';

const PASSWORD = 'correct horse battery';
const PATIENCE_MS = 120_000;
/** So many can a PostgreSQL as it comes hold in all. */
const LOCK_TABLE = 6_400;

/** The answer to one entry of `POST /persons/multiple`. */
interface Told {
  readonly success: boolean;
  readonly outcome: string;
  readonly identifier: string;
}

describe('two servers on one database', () => {
  let own: TestDatabase;
  let database: Database;
  let servers: KithServer[] = [];
  let token: string;
  let home: string;
  let away: string;

  beforeAll(async () => {
    own = await createTestDatabase();
    database = new Database(await createDataSource(own.url).initialize());
    const settings = {
      ...{
        DATABASE_URL: own.url,
        ADMIN_PASSWORD: PASSWORD,
        JWT_SECRET: 'a secret of the tests that is long enough',
      },
      ...{ RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_SIGN_IN_PER_MINUTE: '0' },
    };
    const first = await KithServer.start({ settings });
    servers = [first, await KithServer.start({ settings })];
    ({ token } = await first.signIn(PASSWORD));
    await first.createGroup('Away', token);
    [home, away] = (await ids(sql`select id from groups order by id`)) as [string, string];
  }, PATIENCE_MS);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.end()));
    await killLeftovers([]);
    await database.dataSource.destroy();
    await own.drop();
  });

  const ids = async (statement: ReturnType<typeof sql>): Promise<string[]> =>
    (await database.query<{ id: string }>(statement)).map(({ id }) => id);

  const server = (client: number): KithServer => servers[client % servers.length] as KithServer;

  async function multiple(client: number, persons: readonly object[]): Promise<Told[]> {
    const response = await fetch(`${server(client).url}/persons/multiple`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ persons }),
    });
    const body = (await response.json()) as { persons: Told[] };
    expect({ status: response.status, failed: body.persons.filter(({ success }) => !success) }).toEqual({
      status: 200,
      failed: [],
    });
    return body.persons;
  }

  /** E-mails and references that two living people of one group have: there must be none. */
  const twins = () =>
    database.query(sql`
      select m.group_id, e.normal_form as key, count(distinct p.id)::int from people p
        join group_memberships m on m.person_id = p.id join email_addresses e on e.person_id = p.id
      where p.deleted_at is null group by 1, 2 having count(distinct p.id) > 1
      union all
      select m.group_id, m.external_ref, count(*)::int from group_memberships m
      where m.external_ref is not null group by 1, 2 having count(*) > 1`);

  /** The most locks that the database held in all, until the work was done; and what came of the work. */
  async function watched<T>(work: Promise<T>): Promise<{ done: T; locks: number; keyLocks: number }> {
    let [isDone, locks, keyLocks] = [false, 0, 0];
    const watching = (async () => {
      while (!isDone) {
        const [now] = await database.query<{ locks: number; keys: number }>(sql`
          select count(*)::int as locks, count(distinct objid) filter (where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database()))::int as keys
          from pg_locks`);
        await delay(10);
        locks = Math.max(locks, now?.locks ?? 0);
        keyLocks = Math.max(keyLocks, now?.keys ?? 0);
      }
    })();
    try {
      return { done: await work, locks, keyLocks };
    } finally {
      isDone = true;
      await watching;
    }
  }

  const deadlocks = async (): Promise<unknown> => {
    const [row] = await database.query<{ deadlocks: string }>(
      sql`select deadlocks from pg_stat_database where datname = current_database()`,
    );
    return row?.deadlocks;
  };

  it('make one person of fifty clients that post it in fifty spellings', async () => {
    const spelling = (client: number): string =>
      [...'newcomer@example.org']
        .map((letter, at) => ((client >> (at % 6)) & 1 ? letter.toUpperCase() : letter))
        .join('');
    const posts = Array.from({ length: 50 }, async (_, client) => {
      const body = person({ first_name: 'New' }, [email(spelling(client))]);
      const response = await server(client).post('/apis/v4/people', body, token);
      const { data } = (await response.json()) as { data: { id: string } };
      return { status: response.status, id: data.id };
    });
    const answers = await Promise.all(posts);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 201]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(
      await ids(sql`select person_id as id from email_addresses where normal_form = 'newcomer@example.org'`),
    ).toEqual([answers[0]?.id]);
    expect(await twins()).toEqual([]);
  });

  it('make each of two hundred people once, of twenty clients with other orders and scopes', async () => {
    const before = await deadlocks();
    const entry = (index: number, client: number) => ({
      ...(client % 3 === 0 ? { external_ref: `S${index}` } : {}),
      ...{
        first_name: `P${index}`,
        email_address: client % 2 ? `P${index}@Example.ORG` : `p${index}@example.org`,
      },
      ...{ phone_number: `+1 212 555 ${1000 + index}` },
      ...(client % 4 === 0 ? {} : { group_ids: client % 4 === 1 ? [home, away] : [home] }),
    });
    const order = (client: number): number[] => {
      const all = Array.from(
        { length: 200 },
        (_, index) => (index * (2 * client + 1) * 7 + client * 13) % 200,
      );
      return new Set(all).size === 200 ? all : all.map((_, index) => (client % 2 ? index : 199 - index));
    };
    const clients = Array.from({ length: 20 }, (_, client) =>
      multiple(
        client,
        order(client).map((index) => entry(index, client)),
      ).then((told) => order(client).map((index, at) => [index, told[at]?.identifier] as const)),
    );
    const { done, locks, keyLocks } = await watched(Promise.all(clients));
    const idsOf = new Map<number, Set<string | undefined>>();
    for (const [index, id] of done.flat()) idsOf.set(index, (idsOf.get(index) ?? new Set()).add(id));
    expect([...idsOf.values()].map(({ size }) => size)).toEqual(Array(200).fill(1));
    expect(await twins()).toEqual([]);
    const [left] = await database.query(sql`
      select count(distinct p.id)::int as people, count(distinct e.id)::int as emails, count(distinct n.id)::int as phones,
        count(distinct (p.id, m.group_id))::int as memberships, count(distinct m.external_ref)::int as refs
      from people p join email_addresses e on e.person_id = p.id join phone_numbers n on n.person_id = p.id
        join group_memberships m on m.person_id = p.id where p.first_name ~ '^P[0-9]+$'`);
    expect(left).toEqual({ people: 200, emails: 200, phones: 200, memberships: 400, refs: 200 });
    expect(keyLocks).toBeLessThanOrEqual(LOCK_BUCKETS);
    expect(locks).toBeLessThan(LOCK_TABLE);
    expect(await deadlocks()).toBe(before);
    const again = await multiple(
      0,
      order(0).map((index) => entry(index, 0)),
    );
    expect(again.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
  });

  it('make each person once of long batches in opposite orders', async () => {
    const before = await deadlocks();
    const all = Array.from({ length: 1_200 }, (_, index) => ({
      ...{ external_ref: `O${index}`, first_name: `O${index}`, email_address: `o${index}@example.org` },
    }));
    const turned = [...all.slice(700), ...all.slice(0, 700)];
    const orders = [all, [...all].reverse(), turned, [...turned].reverse()];
    const { done, locks } = await watched(
      Promise.all(orders.map((order, client) => multiple(client, order))),
    );
    const idsOf = done.map((told, i) =>
      Object.fromEntries(told.map(({ identifier }, at) => [orders[i]?.[at]?.external_ref, identifier])),
    );
    expect(idsOf.slice(1)).toEqual([idsOf[0], idsOf[0], idsOf[0]]);
    expect(new Set(Object.values(idsOf[0] ?? {})).size).toBe(1_200);
    expect(done.flat().filter(({ outcome }) => outcome === 'created')).toHaveLength(1_200);
    expect(locks).toBeLessThan(LOCK_TABLE);
    expect(await deadlocks()).toBe(before);
  });

  it(
    'take ten thousand entries, half of them known, beside single posts of the same people',
    async () => {
      const entry = (index: number) => ({
        ...{ external_ref: `T${index}`, first_name: `Q${index}` },
        ...{ email_address: `q${index}@example.org`, phone_number: `+1 646 ${2_000_000 + index}` },
      });
      const entries = Array.from({ length: 10_000 }, (_, index) => entry(index));
      const known = await multiple(1, entries.slice(0, 5_000));
      const before = await deadlocks();
      const batch = multiple(0, entries);
      const singles = Array.from({ length: 60 }, (_, client) => multiple(client, [entry(client * 166)]));
      const { done, locks } = await watched(Promise.all([batch, ...singles]));
      const [all = [], ...others] = done;
      expect(new Set(all.map(({ identifier }) => identifier)).size).toBe(10_000);
      expect(others.flat().map(({ identifier }) => identifier)).toEqual(
        others.map((_, client) => all[client * 166]?.identifier),
      );
      const outcomes = done.flat().map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(5_000);
      expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(5_060);
      expect(all.slice(0, 5_000).map(({ identifier }) => identifier)).toEqual(
        known.map(({ identifier }) => identifier),
      );
      expect(await twins()).toEqual([]);
      expect(locks).toBeLessThan(LOCK_TABLE);
      expect(await deadlocks()).toBe(before);
    },
    PATIENCE_MS,
  );
});
