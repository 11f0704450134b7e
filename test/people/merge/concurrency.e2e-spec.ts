import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { MergeWorld } from './merge-world.js';

describe('many requests at once', () => {
  let world: MergeWorld;
  let home: string;
  let actor: Actor;

  beforeEach(async () => {
    world = await MergeWorld.create();
    home = await world.group('Home');
    actor = await world.actor({ [home]: 'user' });
  });
  afterEach(() => world.drop());

  const spellings = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => {
      const mask = index.toString(2).padStart(5, '0');
      return 'adalo@example.org'.replace(/^.{5}/, (name) =>
        [...name].map((letter, at) => (mask[at] === '1' ? letter.toUpperCase() : letter)).join(''),
      );
    });

  it('make one person of thirty spellings of its e-mail', async () => {
    const results = await Promise.all(
      spellings(30).map((email) => world.one({ first: 'Ada', email }, actor)),
    );
    expect(new Set(results.map(({ personId }) => personId)).size).toBe(1);
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(29);
    expect(await world.count('email_addresses')).toBe(1);
    expect(await world.count('person_changes')).toBe(1);
  });

  it('in groups that overlap meet as well', async () => {
    const away = await world.group('Away');
    const both = await world.actor({ [home]: 'user', [away]: 'user' });
    const scopes = Array.from({ length: 20 }, (_, index) => (index % 2 ? [home, away] : [away, home]));
    const results = await Promise.all(
      scopes.map((groups) => world.one({ first: 'Ada', email: 'a@x.org', groups }, both)),
    );
    expect(new Set(results.map(({ personId }) => personId)).size).toBe(1);
  });

  it('that reach one person by different keys lose no change', async () => {
    const id = await world.person('Ada');
    await world.member(id, home);
    await world.email(id, 'ada@example.org');
    await world.phone(id, '+12125550100');
    const entries = Array.from({ length: 24 }, (_, index) => ({
      ...(index % 2 ? { email: 'ada@example.org' } : { phone: '+12125550100' }),
      emails: [
        ...(index % 2 ? [{ email: 'ada@example.org', pointer: '/0' }] : []),
        { email: `ada${index}@example.org`, pointer: '/1' },
      ],
    }));
    const results = await Promise.all(entries.map((entry) => world.one(entry, actor)));
    expect(results.map(({ outcome, personId }) => `${outcome} ${personId}`)).toEqual(
      entries.map(() => `updated ${id}`),
    );
    expect(await world.count('email_addresses')).toBe(25);
    expect(await world.value(sql`select count(*)::int from email_addresses where is_primary`)).toBe(1);
    expect(await world.count('person_changes')).toBe(24);
  });

  it('with the same reference and nothing else make one person', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => world.one({ ref: 'R1' }, actor)));
    expect(new Set(results.map(({ personId }) => personId)).size).toBe(1);
  });

  it('of overlapping batches in opposite orders end, and make each person once', async () => {
    const entries = Array.from({ length: 40 }, (_, index) => ({
      first: `P${index}`,
      email: `p${index}@x.org`,
    }));
    const batches = [entries, [...entries].reverse(), entries.slice(10), [...entries].reverse().slice(5)];
    const results = await Promise.all(batches.map((batch) => world.post(batch, actor)));
    expect(results.flat().every(({ errors }) => errors.length === 0)).toBe(true);
    expect(await world.count('email_addresses')).toBe(40);
  });

  it('that assign each other do not wait for ever', async () => {
    const people = await Promise.all(['a', 'b', 'c'].map((ref) => world.one({ ref }, actor)));
    const ids = people.map(({ personId = '' }) => personId);
    const pairs = ids.flatMap((one) =>
      ids.filter((other) => other !== one).map((other) => [one, other] as const),
    );
    const results = await Promise.all(
      [...pairs, ...pairs].map(([person, assignedToId]) =>
        world.one({ person, assignments: [{ assignedToId, pointer: '/0' }] }, actor),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === 'updated')).toHaveLength(6);
    expect(await world.count('contact_assignments')).toBe(6);
  });

  it('meet a change that came between their search and their locks', async () => {
    const id = await world.person('Ada');
    await world.member(id, home);
    await world.email(id, 'ada@example.org');
    let posted: Promise<unknown> = Promise.resolve();
    await world.database.transaction(async (tx) => {
      await tx.query(sql`select id from people where id = ${id} for update`);
      posted = world.one({ first: 'Ada', email: 'ada@example.org' }, actor);
      await world.untilSomebodyWaits();
      await tx.query(sql`update people set deleted_at = now() where id = ${id}`);
    });
    expect(await posted).toMatchObject({ outcome: 'created' });
  });
});

describe('the number of statements', () => {
  let world: MergeWorld;
  let actor: Actor;
  beforeEach(async () => {
    world = await MergeWorld.create();
    actor = await world.actor({ [await world.group('Home')]: 'user' });
  });
  afterEach(() => world.drop());

  const entries = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({
      ...{
        ref: `R${from + index}`,
        first: 'Ada',
        email: `p${from + index}@x.org`,
        phone: `+1212555${1000 + from + index}`,
      },
    }));

  it('is fixed for one new person, and the same for two hundred', async () => {
    const one = await world.statements(entries(1), actor);
    expect(one.map((text) => text.split(' ').slice(0, 3).join(' '))).toMatchInlineSnapshot(`
     [
       "with reached as",
       "select array(select form",
       "select count(pg_advisory_xact_lock($1::int, bucket))",
       "select p.id from",
       "select p.id, p.first_name,",
       "select m.id as",
       "select nextval(wanted.sequence) as",
       "insert into people",
       "insert into email_addresses",
       "insert into phone_numbers",
       "insert into group_memberships",
       "insert into person_changes",
     ]
    `);
    expect(await world.statements(entries(200, 1), actor)).toEqual(one);
    expect(await world.count('email_addresses')).toBe(201);
  });

  it('is fixed for one match, and the same for two hundred', async () => {
    await world.post(entries(200), actor);
    const changed = (count: number, from = 0) =>
      entries(count, from).map((entry) => ({ ...entry, first: 'Eve', email: `new.${entry.email}` }));
    const one = await world.statements(changed(1), actor);
    expect(await world.statements(changed(199, 1), actor)).toEqual(one);
    expect(one).toHaveLength(12);
    expect(await world.statements(changed(1), actor)).toHaveLength(6);
    expect(await world.statements(changed(200), actor)).toHaveLength(6);
  });
});
