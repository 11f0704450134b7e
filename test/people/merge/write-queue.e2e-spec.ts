import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { BothGroupIdentifiersError } from '../../../src/people/merge/index.js';
import { MergeWorld } from './merge-world.js';

describe('entries that meet several people or groups', () => {
  let world: MergeWorld;
  let home: string;
  let actor: Actor;

  beforeEach(async () => {
    world = await MergeWorld.create();
    home = await world.group('Home', 'home-ref');
    actor = await world.actor({ [home]: 'user' });
  });
  afterEach(() => world.drop());

  const ada = {
    first: 'Ada',
    last: 'Lovelace',
    email: 'Ada@Example.org',
    phone: '(212) 555-0100',
    ref: 'R1',
    birth: '1815-12-10',
  };

  it('writes of a failing entry nothing but its place in the queue, which counts', async () => {
    for (const first of ['Anna', 'Eve']) {
      const id = await world.person(first);
      await world.member(id, home);
      await world.email(id, 'family@example.org');
    }
    const before = await world.everything();
    const result = await world.one({ email: 'family@example.org', last: 'Smith' }, actor);
    const again = await world.one({ email: 'FAMILY@example.org', last: 'Smith' }, actor);
    const after = await world.everything();
    const [held] = after['person_duplicates'] ?? [];
    expect(held).toMatchObject({
      kind: 'held_entry',
      status: 'open',
      times_seen: 2,
      person_id: null,
      evidence: { entry: { attributes: { last_name: 'Smith' } } },
    });
    expect(held?.['candidate_ids']).toHaveLength(2);
    for (const { errors } of [result, again])
      expect(errors).toMatchObject([
        {
          code: 'ambiguous_match',
          status: 409,
          meta: { candidate_ids: held?.['candidate_ids'], duplicate_id: held?.['id'] },
        },
      ]);
    expect({ ...after, person_duplicates: [] }).toEqual(before);
    await world.one({ email: 'family@example.org', last: 'Smith' }, actor, { atomic: true });
    await world.one({ email: 'family@example.org', last: 'Smith' }, actor, { dryRun: true });
    expect(await world.everything()).toEqual(after);
  });

  it('opens a held entry again that comes after its verdict, with those whom it meets now', async () => {
    const ids: string[] = [];
    for (const first of ['Anna', 'Eve', 'Eva']) {
      const id = await world.person(first);
      await world.member(id, home);
      await world.email(id, 'family@example.org');
      ids.push(id);
    }
    const held = { email: 'family@example.org', last: 'Smith' };
    await world.one(held, actor);
    await world.rows(sql`update person_duplicates set status = 'resolved', verdict = 'create_new'`);
    await world.rows(sql`update people set deleted_at = now() where id = ${ids[0]}`);
    const [seen, again] = [await world.one(held, actor), await world.one(held, actor)];
    expect(await world.rows(sql`select * from person_duplicates`)).toMatchObject([
      { status: 'open', verdict: 'create_new', times_seen: 3, candidate_ids: ids.slice(1) },
    ]);
    expect(again.errors[0]?.meta).toEqual(seen.errors[0]?.meta);
  });

  it('queues a pair once, ever', async () => {
    await world.one(ada, actor);
    const { personId } = await world.one({ ref: 'R2', email: ada.email, first: 'Eve' }, actor);
    const [pair] = await world.rows<{ id: string }>(sql`select * from person_duplicates`);
    expect(pair).toMatchObject({ kind: 'pair', status: 'open', person_id: personId, times_seen: 1 });
    await world.rows(sql`update person_duplicates set status = 'resolved'`);
    await world.rows(sql`delete from email_addresses where person_id = ${personId}`);
    await world.one({ ref: 'R2', email: ada.email }, actor);
    expect(await world.rows(sql`select id, status, times_seen from person_duplicates`)).toEqual([
      { id: pair?.id, status: 'resolved', times_seen: 1 },
    ]);
  });

  it('makes a second person in another group and queues the pair across the groups', async () => {
    const away = await world.group('Away');
    const both = await world.actor({ [home]: 'user', [away]: 'user' });
    const first = await world.one({ ...ada, groups: [home] }, both);
    const second = await world.one({ ...ada, groups: [away] }, both);
    expect(second).toMatchObject({
      outcome: 'created',
      match: { candidates: [{ id: first.personId, taken: false, reason: 'in_another_group' }] },
    });
    expect(
      await world.rows(sql`select kind, person_id, candidate_ids, group_id from person_duplicates`),
    ).toEqual([
      { kind: 'cross_group', person_id: second.personId, candidate_ids: [first.personId], group_id: home },
    ]);
  });

  it('moves references within a request, although the database checks each row at once', async () => {
    const [one, two] = await world.post(
      [
        { ref: 'A', email: 'a@x.org' },
        { ref: 'B', email: 'b@x.org' },
      ],
      actor,
    );
    const results = await world.post(
      [
        { person: one?.personId, ref: 'C' },
        { person: two?.personId, ref: 'A' },
        { person: one?.personId, ref: 'B' },
        { ref: 'C', email: 'c@x.org' },
      ],
      actor,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated', 'created']);
    expect(
      await world.rows(
        sql`select person_id, external_ref from group_memberships where external_ref is not null order by person_id`,
      ),
    ).toEqual([
      { person_id: one?.personId, external_ref: 'B' },
      { person_id: two?.personId, external_ref: 'A' },
      { person_id: results[3]?.personId, external_ref: 'C' },
    ]);
  });

  it('leaves the reference in the archive alone when somebody else takes it in the group', async () => {
    const away = await world.group('Away');
    const both = await world.actor({ [home]: 'user', [away]: 'user' });
    const { personId } = await world.one({ ref: 'A', email: 'a@x.org', groups: [home, away] }, both);
    await world.rows(sql`update group_memberships set archived_at = now() where group_id = ${away}::bigint`);
    await world.post(
      [
        { ref: 'A', first: 'Eve', groups: [away] },
        { email: 'a@x.org', first: 'Ada', groups: [home] },
      ],
      both,
    );
    expect(
      await world.rows(
        sql`select group_id, external_ref from group_memberships where person_id = ${personId} order by id`,
      ),
    ).toEqual([
      { group_id: home, external_ref: 'A' },
      { group_id: away, external_ref: 'A' },
    ]);
  });

  it('refuses a whole request that names groups both ways, before anything is written', async () => {
    const before = await world.everything();
    const entries = [ada, { ...ada, groups: [home], groupRefs: [] }];
    await expect(world.post(entries, actor)).rejects.toThrow(BothGroupIdentifiersError);
    expect(await world.everything()).toEqual(before);
  });

  it('finds groups by reference, and a super admin reaches all of them', async () => {
    const admin = await world.actor({}, true);
    const { personId } = await world.one({ ...ada, groupRefs: ['home-ref'] }, admin);
    expect(await world.one(ada, admin)).toMatchObject({ outcome: 'unchanged', personId });
    expect(await world.value(sql`select group_id from group_memberships where person_id = ${personId}`)).toBe(
      home,
    );
  });
});
