import fc from 'fast-check';
import { ROLES, type Role } from '../../../src/auth/index.js';
import type { ConflictingRef } from '../../../src/people/merge/entry.js';
import type {
  ModelCaller,
  ModelGroup,
  ModelMembership,
  ModelPerson,
  ModelPoint,
  ModelWorld,
} from './reference-world.js';

/** Small alphabets: most entries meet somebody, many meet several. */
const EMAILS = ['a@x.org', 'b@x.org', 'c@x.org'];
const PHONES = ['+12125550100', '+12125550101', '+442079460018', '5550100'];
export const FIRST = ['Ada', 'ADA', 'Eve'];
export const REFS = ['R1', 'R2', 'r1'];

const CALLER = '100';
export const COLLEAGUE = '101';
/** 3 lies below 1, 4 below 3; 5 is often out of reach. */
const PARENTS: Readonly<Record<string, string | null>> = { 1: null, 2: null, 3: '1', 4: '3', 5: null };
export const GROUPS = Object.keys(PARENTS);

export const often = <T>(weight: number, usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight, arbitrary: fc.constant(usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );
const conflictingRef = (weight: number) =>
  often<ConflictingRef | null>(weight, null, 'match', 'by_name', 'separate');

const aGroup = (id: string): fc.Arbitrary<ModelGroup> =>
  fc.record({
    id: fc.constant(id),
    ref: fc.constant(`g${id}`),
    parent: fc.constant(PARENTS[id] ?? null),
    region: often<string | null>(6, null, 'GB', 'US'),
    conflictingRef: conflictingRef(12),
    nameGuard: often<boolean | null>(12, null, true, false),
  });

const aMembership = (group: string): fc.Arbitrary<ModelMembership | null> =>
  fc.option(
    fc.record({
      group: fc.constant(group),
      role: often<Role>(6, 'contact', ...ROLES),
      ref: fc.constantFrom(null, null, ...REFS),
      archived: often(6, false, true),
    }),
    { freq: 2 },
  );

const points = (keys: readonly string[]): fc.Arbitrary<ModelPoint[]> =>
  fc
    .tuple(fc.subarray([...keys], { maxLength: 2 }), fc.nat(1))
    .map(([chosen, primary]) =>
      chosen.map((key, index) => ({ text: key, key, primary: index === primary % chosen.length })),
    );

const aPerson = (id: string): fc.Arbitrary<ModelPerson> =>
  fc.record({
    id: fc.constant(id),
    attributes: fc.record({
      first_name: fc.constantFrom(null, ...FIRST),
      middle_name: often<string | null>(3, null, 'King'),
      last_name: fc.constantFrom(null, 'Lovelace'),
      gender: fc.constant(null),
      birth_date: fc.constant(null),
    }),
    ref: fc.constantFrom(null, ...REFS),
    createdBy: fc.constantFrom(null, CALLER, COLLEAGUE),
    assignedTo: fc.constantFrom([], [], [CALLER], [COLLEAGUE]),
    login: often(5, false, true),
    deleted: often(6, false, true),
    emails: points(EMAILS),
    phones: points(PHONES),
    memberships: fc
      .oneof(
        { weight: 4, arbitrary: fc.tuple(...GROUPS.map(aMembership)) },
        { weight: 1, arbitrary: fc.constant([]) },
      )
      .map((memberships) => memberships.filter((membership) => membership !== null)),
  });

/** The caller, with a role in some groups, and a colleague. */
const aCaller: fc.Arbitrary<ModelPerson> = fc
  .tuple(
    aPerson(CALLER),
    fc.subarray(GROUPS.slice(0, 4), { minLength: 1 }),
    fc.array(often<Role>(4, 'user', ...ROLES), { minLength: 4, maxLength: 4 }),
  )
  .map(([person, groups, roles]) => ({
    ...person,
    ...{ login: true, deleted: false, ref: null },
    memberships: groups.map((group, index) => {
      const known = person.memberships.find((membership) => membership.group === group);
      return {
        group,
        ref: known?.ref ?? null,
        archived: known?.archived ?? false,
        role: roles[index] ?? 'user',
      };
    }),
  }));

export const aWorld: fc.Arbitrary<ModelWorld> = fc
  .record({
    groups: fc.tuple(...GROUPS.map(aGroup)),
    caller: aCaller,
    colleague: aPerson(COLLEAGUE),
    others: fc
      .integer({ min: 0, max: 6 })
      .chain((count) =>
        fc.tuple(...Array.from({ length: count }, (_, index) => aPerson(String(102 + index)))),
      ),
  })
  .map(({ groups, caller, colleague, others }) => ({
    groups,
    people: asTheDatabaseAllows([caller, { ...colleague, deleted: false }, ...others]),
    pairs: [],
    held: [],
    nextId: 102 + others.length,
  }));

/** No shared reference in a group, one of its own only for who is in no group, nobody assigned to oneself. */
function asTheDatabaseAllows(people: readonly ModelPerson[]): ModelPerson[] {
  const taken = new Set<string>();
  return people.map((person) => {
    const memberships = person.memberships.map((membership) => {
      const name = `${membership.group} ${membership.ref}`;
      if (membership.ref === null || membership.archived) return membership;
      if (taken.has(name)) return { ...membership, ref: null };
      taken.add(name);
      return membership;
    });
    const isInGroups = memberships.some(({ archived }) => !archived);
    const assignedTo = person.assignedTo.filter((id) => id !== person.id);
    return { ...person, memberships, assignedTo, ref: isInGroups ? null : person.ref };
  });
}

export const aModelCaller: fc.Arbitrary<ModelCaller> = fc.record({
  person: fc.constant(CALLER),
  superAdmin: often(8, false, true),
});
