import fc from 'fast-check';
import sql from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { MergeWorld } from './merge-world.js';
import type { ConflictingRef } from '../../../src/people/merge/index.js';
import type { EntryWords } from './planning-world.js';

/** Few values, so that entries meet. */
const pick = <T>(...values: readonly T[]) => fc.constantFrom(undefined, ...values);
const anEntry: fc.Arbitrary<EntryWords & { readonly where?: number }> = fc.record({
  first: pick('Ada', 'Eve', 'ADA', null),
  last: pick('Lovelace', null),
  email: pick('a@x.org', 'b@x.org', 'A@x.org', null),
  phone: pick('212 555 0100', '212 555 0101'),
  ref: pick('R1', 'R2', null),
  where: pick(0, 1),
});

describe('a batch', () => {
  let batch: MergeWorld;
  let single: MergeWorld;
  beforeAll(async () => {
    [batch, single] = await Promise.all([MergeWorld.create(), MergeWorld.create()]);
  });
  afterAll(() => Promise.all([batch.drop(), single.drop()]));

  it('leaves the people that its entries would leave one by one', async () => {
    const policy = fc.record({
      conflictingRef: pick<ConflictingRef>('match', 'by_name', 'separate'),
      nameGuard: fc.boolean(),
    });
    const property = fc.asyncProperty(
      fc.array(anEntry, { minLength: 1, maxLength: 8 }),
      policy,
      async (entries, options) => {
        const [one, other] = [await begin(batch), await begin(single)];
        const together = await batch.post(inGroups(entries, one.groups), one.actor, { policy: options });
        const apart: string[] = [];
        for (const entry of inGroups(entries, other.groups))
          apart.push((await single.one(entry, other.actor, { policy: options })).outcome);
        expect(together.map(({ outcome }) => outcome)).toEqual(apart);
        expect(await people(batch)).toEqual(await people(single));
        expect(await batch.count('person_changes')).toBe(await single.count('person_changes'));
        expect(await queue(batch)).toEqual(await queue(single));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

const inGroups = (
  entries: readonly (EntryWords & { where?: number })[],
  groups: readonly string[],
): EntryWords[] =>
  entries.map(({ where, ...entry }) => ({
    ...entry,
    groups: where === undefined ? undefined : groups.slice(where, where + 1),
  }));

async function begin(world: MergeWorld): Promise<{ groups: string[]; actor: Actor }> {
  await world.rows(sql`truncate people, groups, person_duplicates restart identity cascade`);
  const groups = [await world.group('One'), await world.group('Two')];
  return { groups, actor: await world.actor(Object.fromEntries(groups.map((id) => [id, 'user']))) };
}

/** Everybody as the rules see them, in the order of their making; ids of rows are not part of it. */
const people = (world: MergeWorld) =>
  world.rows(sql`
    select p.first_name, p.last_name, p.external_ref,
      (select array_agg(array[normal_form, email, is_primary::text] order by normal_form)
        from email_addresses e where e.person_id = p.id) as emails,
      (select array_agg(array[normal_form, is_primary::text] order by normal_form)
        from phone_numbers n where n.person_id = p.id) as phones,
      (select array_agg(array[g.name, m.external_ref] order by g.name)
        from group_memberships m join groups g on g.id = m.group_id where m.person_id = p.id) as groups
    from people p order by p.id`);

const queue = (world: MergeWorld) =>
  world.rows(sql`
    select d.kind, d.times_seen, cardinality(d.candidate_ids) as candidates, d.evidence -> 'keys' as keys
    from person_duplicates d order by d.kind, d.evidence ->> 'keys', d.times_seen, candidates, d.fingerprint`);
