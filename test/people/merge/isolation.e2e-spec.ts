import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { MergeWorld } from './merge-world.js';
import type { EntryWords } from './planning-world.js';

describe('people out of reach', () => {
  let world: MergeWorld;
  let home: string;
  let foreign: string;
  let actor: Actor;

  beforeEach(async () => {
    world = await MergeWorld.create();
    home = await world.group('Home', 'home');
    foreign = await world.group('Foreign', 'foreign');
    actor = await world.actor({ [home]: 'user' });
  });
  afterEach(() => world.drop());

  const stranger = async (): Promise<string> => {
    const id = await world.person('Ada');
    await world.member(id, foreign, 'contact', 'R1');
    await world.email(id, 'ada@example.org');
    await world.phone(id, '+12125550100');
    return id;
  };
  /** Ids differ from run to run; nothing else may. */
  const answer = async (words: EntryWords): Promise<string> => {
    const { outcome, match, errors } = await world.one(words, actor, { dryRun: true });
    return JSON.stringify({ outcome, match, errors });
  };

  it.each<[string, EntryWords]>([
    ['by e-mail', { first: 'Ada', email: 'ada@example.org' }],
    ['by phone', { first: 'Ada', phone: '(212) 555-0100' }],
    ['by reference', { first: 'Ada', ref: 'R1' }],
    [
      'by all, under the same name',
      { first: 'Eve', email: 'ada@example.org', phone: '(212) 555-0100', ref: 'R1' },
    ],
    ['without enough to create one', { email: 'ada@example.org' }],
  ])('change nothing in the answer when they are met %s', async (_how, words) => {
    const alone = await answer(words);
    const before = (await world.statements([words], actor)).length;
    await world.rows(sql`truncate people cascade`);
    actor = await world.actor({ [home]: 'user' });
    const id = await stranger();
    expect(await answer(words)).toBe(alone);
    expect(alone).not.toContain('"candidates":[{');
    expect(await world.statements([words], actor)).toHaveLength(before);
    expect(await world.points(id)).toEqual(['ada@example.org*', '+12125550100*']);
    expect(await world.count('person_duplicates')).toBe(0);
  });

  it('cannot be named: as an end of an assignment, by a PATCH, or by their group', async () => {
    const id = await stranger();
    const missing = '999999';
    const told = async (words: (person: string) => EntryWords): Promise<void> => {
      const [one, other] = [await answer(words(id)), await answer(words(missing))];
      expect(one.replaceAll(id, missing)).toBe(other);
      expect(one).toContain('not_found');
    };
    await told((person) => ({ person, first: 'Eve' }));
    await told((person) => ({ ref: 'RX', assignments: [{ assignedToId: person, pointer: '/0' }] }));
    const skipped = await world.one({ ref: 'R2', groups: [home, foreign, missing] }, actor);
    expect(skipped.match.skipped_groups).toEqual([foreign, missing]);
    const refused = await world.one({ ref: 'R2', groupRefs: ['foreign'] }, actor, {
      unknownGroups: 'refuse',
    });
    const unknown = await world.one({ ref: 'R2', groupRefs: ['nowhere'] }, actor, {
      unknownGroups: 'refuse',
    });
    expect(JSON.stringify(refused).replaceAll('foreign', 'nowhere')).toBe(JSON.stringify(unknown));
  });

  it('are nobody’s wait: their rows are not locked', async () => {
    const id = await stranger();
    await world.database.transaction(async (tx) => {
      await tx.query(sql`select id from people where id = ${id} for update`);
      expect(await world.one({ first: 'Ada', email: 'ada@example.org' }, actor)).toMatchObject({
        outcome: 'created',
      });
    });
  });

  it('who hold a new reference in a hidden group of the match are queued for that group alone', async () => {
    const id = await stranger();
    const known = await world.person('Eve');
    await world.member(known, home);
    await world.member(known, foreign);
    await world.email(known, 'eve@example.org');
    const result = await world.one({ ref: 'R1', email: 'eve@example.org' }, actor);
    expect(result).toMatchObject({
      outcome: 'updated',
      personId: known,
      match: { warnings: [], candidates: [{ id: known }] },
    });
    expect(JSON.stringify(result)).not.toContain('Foreign');
    expect(await world.rows(sql`select person_id, candidate_ids, group_id from person_duplicates`)).toEqual([
      { person_id: known, candidate_ids: [id], group_id: foreign },
    ]);
    expect(
      await world.rows(
        sql`select external_ref from group_memberships where person_id = ${known} order by id`,
      ),
    ).toEqual([{ external_ref: 'R1' }, { external_ref: null }]);
  });

  it('made by the actor are reached as long as they have no group', async () => {
    const mine = await world.person('Ada', actor.personId);
    await world.email(mine, 'ada@example.org');
    expect(
      await world.one({ email: 'ada@example.org' }, actor, { personalWithoutGroup: true }),
    ).toMatchObject({ outcome: 'unchanged', personId: mine });
    await world.member(mine, foreign);
    expect(await world.one({ email: 'ada@example.org', first: 'Ada' }, actor)).toMatchObject({
      outcome: 'created',
    });
  });
});
