import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { MergeWorld } from './merge-world.js';

describe('writing entries', () => {
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

  it('creates a person with all its rows and its history', async () => {
    const result = await world.one(ada, actor, { requestId: 'req-1' });
    expect(result).toMatchObject({
      outcome: 'created',
      errors: [],
      match: {
        ...{ outcome: 'created', matched_by: null, groups_added: [home], skipped_groups: [], warnings: [] },
        keys: { external_ref: 'R1', email_addresses: ['ada@example.org'], phone_numbers: ['+12125550100'] },
        changes: { first_name: [null, 'Ada'], email_addresses: [[], ['Ada@Example.org']] },
      },
    });
    const id = result.personId as string;
    expect(
      await world.rows(
        sql`select first_name, birth_date::text, external_ref, created_by_id from people where id = ${id}`,
      ),
    ).toEqual([
      { first_name: 'Ada', birth_date: '1815-12-10', external_ref: null, created_by_id: actor.personId },
    ]);
    expect(await world.points(id)).toEqual(['ada@example.org*', '+12125550100*']);
    expect(
      await world.rows(
        sql`select group_id, role, external_ref from group_memberships where person_id = ${id}`,
      ),
    ).toEqual([{ group_id: home, role: 'contact', external_ref: 'R1' }]);
    const [change] = await world.rows(sql`select * from person_changes`);
    const [email] = await world.rows<{ id: string }>(sql`select id from email_addresses`);
    expect(change).toMatchObject({
      ...{ person_id: id, actor_id: actor.personId, action: 'created', request_id: 'req-1' },
      before: { first_name: null, email_addresses: [] },
      after: {
        first_name: 'Ada',
        email_addresses: [{ id: email?.id, normal_form: 'ada@example.org', primary: true }],
      },
    });
  });

  it('updates the one it finds, keeps the old values and what is needed to take it back', async () => {
    const { personId } = await world.one(ada, actor);
    const [before] = await world.rows<{ updated_at: string }>(
      sql`select updated_at from people where id = ${personId}`,
    );
    const entry = {
      ref: 'R2',
      email: 'ada@example.org',
      first: 'ADA',
      emails: [
        { email: 'ada@example.org', pointer: '/0' },
        { email: 'a@lovelace.org', pointer: '/1' },
      ],
    };
    const result = await world.one(entry, actor);
    expect(result).toMatchObject({
      outcome: 'updated',
      personId,
      match: { matched_by: 'email_address', warnings: [{ code: 'external_ref_replaced' }] },
    });
    expect(await world.points(personId as string)).toEqual([
      'ada@example.org',
      'a@lovelace.org*',
      '+12125550100*',
    ]);
    const [after] = await world.rows<{ updated_at: string }>(
      sql`select updated_at from people where id = ${personId}`,
    );
    expect(Date.parse(after?.updated_at ?? '')).toBeGreaterThanOrEqual(Date.parse(before?.updated_at ?? ''));
    const [change] = await world.rows(
      sql`select action, before, after from person_changes order by id desc limit 1`,
    );
    expect(change).toMatchObject({
      action: 'matched',
      before: {
        first_name: 'Ada',
        email_addresses: [{ normal_form: 'ada@example.org', primary: true }],
        group_memberships: [{ group_id: home, external_ref: 'R1' }],
      },
      after: {
        first_name: 'ADA',
        email_addresses: [
          { normal_form: 'ada@example.org', primary: false },
          { normal_form: 'a@lovelace.org', primary: true },
        ],
        group_memberships: [{ group_id: home, external_ref: 'R2' }],
      },
    });
    expect((change as { before: object }).before).not.toHaveProperty('last_name');
  });

  it('writes nothing when an entry is repeated', async () => {
    await world.one(ada, actor);
    const before = await world.everything();
    for (const again of [
      ada,
      { ...ada, email: ' ADA@example.ORG' },
      { ref: 'R1' },
      { phone: '+12125550100' },
    ])
      expect(await world.one(again, actor)).toMatchObject({ outcome: 'unchanged', match: { changes: {} } });
    expect(await world.everything()).toEqual(before);
  });

  it('answers a dry run the same, and writes nothing', async () => {
    const before = await world.everything();
    const dry = await world.post([ada, { email: ada.email, gender: 'female' }, { first: 'Eve' }], actor, {
      dryRun: true,
    });
    expect(await world.everything()).toEqual(before);
    const wet = await world.post([ada, { email: ada.email, gender: 'female' }, { first: 'Eve' }], actor);
    expect(dry.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'failed']);
    expect(dry[0]).not.toHaveProperty('personId');
    expect(dry[1]?.match.candidates[0]?.id).toBeNull();
    expect(wet[1]?.match.candidates[0]?.id).toBe(wet[0]?.personId);
    expect(dry.map(({ match: { candidates: _, ...match } }) => match)).toEqual(
      wet.map(({ match: { candidates: _, ...match } }) => match),
    );
  });

  it('undoes all of an atomic request, and says so', async () => {
    await world.post([ada, { email: 'x@x.org', first: 'X' }], actor);
    await world.one({ email: 'x@x.org', first: 'Y', ref: 'R9' }, actor);
    const before = await world.everything();
    const results = await world.post([{ ref: 'R3' }, { email: 'no' }], actor, { atomic: true });
    expect(results.map(({ outcome }) => outcome)).toEqual(['rolled_back', 'failed']);
    expect(results[0]).not.toHaveProperty('personId');
    expect(await world.everything()).toEqual(before);
  });

  it('frees the reference and the keys of a deleted person, and never revives it', async () => {
    const { personId } = await world.one(ada, actor);
    await world.rows(sql`update people set deleted_at = now() where id = ${personId}`);
    const result = await world.one(ada, actor);
    expect(result).toMatchObject({ outcome: 'created', match: { candidates: [], warnings: [] } });
    expect(result.personId).not.toBe(personId);
    expect(
      await world.value(sql`select external_ref from group_memberships where person_id = ${personId}`),
    ).toBeNull();
  });

  it('assigns the person, and the version of both ends grows', async () => {
    const leader = await world.person('Leader');
    await world.member(leader, home);
    const before = await world.value<string>(sql`select updated_at from people where id = ${leader}`);
    const assignments = [{ assignedToId: leader, groupId: home, note: 'call', pointer: '/included/0' }];
    const { personId } = await world.one({ ...ada, assignments }, actor);
    expect(
      await world.rows(
        sql`select assigned_to_id, person_id, group_id, note, assigned_by_id from contact_assignments`,
      ),
    ).toEqual([
      {
        assigned_to_id: leader,
        person_id: personId,
        group_id: home,
        note: 'call',
        assigned_by_id: actor.personId,
      },
    ]);
    expect(
      Date.parse(await world.value<string>(sql`select updated_at from people where id = ${leader}`)),
    ).toBeGreaterThan(Date.parse(before));
    expect(await world.one({ ...ada, assignments }, actor)).toMatchObject({ outcome: 'unchanged' });
  });

  it('PATCHes a person: records by id, one primary, cleared kinds', async () => {
    const { personId = '' } = await world.one(ada, actor);
    const [email] = await world.rows<{ id: string }>(sql`select id from email_addresses`);
    const emails = [
      { id: email?.id, email: 'new@example.org', pointer: '/0' },
      { email: 'other@example.org', primary: true, pointer: '/1' },
    ];
    expect(await world.one({ person: personId, emails, phones: null }, actor)).toMatchObject({
      outcome: 'updated',
      personId,
    });
    expect(await world.points(personId)).toEqual(['new@example.org', 'other@example.org*']);
    expect(
      await world.one({ person: personId, emails: [{ id: email?.id, primary: true, pointer: '/0' }] }, actor),
    ).toMatchObject({ outcome: 'updated' });
    expect(await world.points(personId)).toEqual(['new@example.org*', 'other@example.org']);
  });

  it('takes arrays, quotes and all of Unicode as they are', async () => {
    const first = `O'Neil "{a,b}" \\ 😀 NULL`;
    const { personId } = await world.one({ first, ref: '{"a",\\}', email: "o'neil@example.org" }, actor);
    expect(await world.value(sql`select first_name from people where id = ${personId}`)).toBe(first);
    expect(
      await world.value(sql`select external_ref from group_memberships where person_id = ${personId}`),
    ).toBe('{"a",\\}');
  });
});
