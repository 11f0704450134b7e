import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../../src/auth/index.js';
import { loadActor } from '../../src/auth/load-actor.js';
import { ReachSizes } from '../../src/auth/reach-sizes.js';
import type { RowUse } from '../../src/jsonapi/index.js';
import { readablePerson } from '../../src/people/readable-person.js';
import { World } from '../support/factories/world.factory.js';

const TTL = 1000;
const GROUPS = 8;
/** Past five times the root of what a small database counts as, 500. */
const CROWD = 600;

describe('Whom one may read', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
    await world.database.query(sql`
      insert into groups (name, parent_id) select 'group ' || i, case when i % 3 = 0 then 1 end
      from generate_series(1, ${GROUPS}::int) i`);
    await world.database.query(sql`
      insert into people (first_name, created_by_id, deleted_at)
      select 'person ' || i, case when i % 4 = 0 then 1 + i % 5 end, case when i % 17 = 0 then now() end
      from generate_series(1, ${CROWD}::int) i`);
    await world.database.query(sql`
      insert into group_memberships (person_id, group_id, role, archived_at)
      select p.id, g.id, 'contact', case when (p.id + g.id) % 4 = 0 then now() end
      from people p join groups g on (p.id * 7 + g.id * 3) % 11 = 0 where p.id > 20
      on conflict do nothing`);
    await world.database.query(sql`
      insert into contact_assignments (assigned_to_id, person_id)
      select 1 + i % 12, 30 + i from generate_series(1, 60) i`);
    await world.database.query(sql`
      insert into group_memberships (person_id, group_id, role)
      select i, 1 + i % ${GROUPS}::int, (array['owner', 'admin', 'user', 'contact'])[1 + i % 4]
      from generate_series(1, 12) i on conflict do nothing`);
  });
  afterAll(() => world.close());

  const actorOf = async (personId: number): Promise<Actor> => {
    const [row] = await world.database.query<{ id: string }>(sql`
      insert into users (person_id, email, normal_form, password_hash)
      values (${personId}, ${`u${personId}@example.org`}, ${`u${personId}@example.org`}, 'none')
      on conflict (person_id) do update set email = excluded.email returning id`);
    const userId = row?.id as string;
    const [session] = await world.database.query<{ id: string }>(sql`
      insert into sessions (user_id, expires_at) values (${userId}, now() + interval '1 hour') returning id`);
    return (await loadActor(world.database, { userId, sessionId: session?.id as string }, TTL)) as Actor;
  };

  const readableTo = async (actor: Actor, use: RowUse): Promise<string[]> => {
    const rows = await world.database.query<{ id: string }>(
      sql`select p.id from people p where ${readablePerson(actor, raw('p'), use)} order by p.id`,
    );
    return rows.map(({ id }) => id);
  };

  it('is the same in whichever way it is asked, and whether it is known to be many or few', async () => {
    const seen = new Set<number>();
    for (let personId = 1; personId <= 12; personId += 1) {
      const actor = await actorOf(personId);
      const found: string[][] = [];
      for (const reachesMany of [true, false])
        for (const use of ['each', 'list', 'all'] as const)
          found.push(await readableTo({ ...actor, reachesMany }, use));
      expect(found).toEqual(Array(6).fill(found[0]));
      seen.add(found[0]?.length ?? 0);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('is known to be many past a bound that is asked once a minute, and grows with the root of all people', async () => {
    const group = await world.group('crowd');
    const personId = Number(await world.person('of a crowd'));
    await world.member(String(personId), group, 'user');
    expect((await actorOf(personId)).reachesMany).toBe(false);
    await world.database.query(sql`
      insert into group_memberships (person_id, group_id)
      select id, ${group}::bigint from people where first_name like 'person %'`);
    const actor = await actorOf(personId);
    expect(actor.reachesMany).toBe(true);

    const { userId, sessionId } = actor as { userId: string; sessionId: string };
    const sizes = new ReachSizes();
    const load = (): Promise<Actor | null> => loadActor(world.database, { userId, sessionId }, TTL, sizes);
    expect((await load())?.reachesMany).toBe(true);
    await world.database.query(
      sql`delete from group_memberships where group_id = ${group}::bigint and role = 'contact'`,
    );
    expect((await load())?.reachesMany).toBe(true);
    expect(sizes.of(sessionId)).toBe(true);
    expect(sizes.of(sessionId, Date.now() + 60_000)).toBeUndefined();
    expect((await load())?.reachesMany).toBe(false);
  });
});
