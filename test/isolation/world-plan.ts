import type { Role } from '../../src/auth/index.js';

type Id = number;
export interface Group {
  readonly id: Id;
  readonly name: string;
  readonly external_ref: string;
  readonly parent_id: Id | null;
}
export interface Person {
  readonly id: Id;
  readonly first_name: string;
  readonly created_by_id: Id | null;
  readonly deleted_at: string | null;
}
export interface Membership {
  readonly id: Id;
  readonly person_id: Id;
  readonly group_id: Id;
  readonly role: Role;
  readonly external_ref: string | null;
  readonly archived_at: string | null;
}
export interface Assignment {
  readonly id: Id;
  readonly assigned_to_id: Id;
  readonly person_id: Id;
  readonly group_id: Id | null;
  readonly assigned_by_id: Id | null;
  readonly note: string;
}
/** Belongs to a person. */
export interface Part {
  readonly id: Id;
  readonly person_id: Id;
}
export interface User extends Part {
  readonly super_admin: boolean;
}
export interface Change extends Part {
  readonly actor_id: Id | null;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}
export interface Duplicate {
  readonly id: Id;
  readonly person_id: Id | null;
  readonly candidate_ids: readonly Id[];
  readonly group_id: Id | null;
}

/** All rows of a world by table, as they are stored. Ids of persons are those of their logins too. */
export interface Plan {
  readonly groups: readonly Group[];
  readonly people: readonly Person[];
  readonly group_memberships: readonly Membership[];
  readonly users: readonly User[];
  readonly email_addresses: readonly Part[];
  readonly phone_numbers: readonly Part[];
  readonly addresses: readonly Part[];
  readonly contact_assignments: readonly Assignment[];
  readonly person_changes: readonly Change[];
  readonly person_duplicates: readonly Duplicate[];
}

/** When everything in these worlds was made: whatever carries another time was written by a request. */
export const MADE = '2026-01-01T00:00:00+00:00';

/** Small and fast, and the same on every machine (mulberry32). */
export function randomFrom(seed: number): {
  below(n: number): number;
  chance(p: number): boolean;
  of<T>(all: readonly T[]): T;
} {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, chance: (p) => next() < p, of: (all) => all[below(all.length)] as never };
}

const ROLES: readonly Role[] = ['owner', 'admin', 'user', 'user', 'contact', 'contact', 'contact'];
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i + 1));

/**
 * A random world: a few trees of groups, people in some of them, in none, or gone, with what belongs to them. Each text
 * says whose it is (`zq`, a letter for its kind, an id, `z`): wherever it turns up one sees whether it may.
 */
export function randomPlan(seed: number): Plan {
  const random = randomFrom(seed);
  const groups = many(4 + random.below(4), (id) => ({
    ...{ id, name: `zqg${id}z`, external_ref: `zqh${id}z` },
    parent_id: id > 1 && random.chance(0.5) ? 1 + random.below(id - 1) : null,
  }));
  const people = many(8 + random.below(7), (id) => ({
    ...{ id, first_name: `zqp${id}z`, created_by_id: random.chance(0.4) ? 1 + random.below(4) : null },
    deleted_at: id > 5 && random.chance(0.1) ? MADE : null,
  }));
  const anybody = (): number => 1 + random.below(people.length);
  const live = people.filter(({ deleted_at: gone }) => gone === null);
  const group_memberships = live
    .flatMap(({ id: person_id }) =>
      groups.filter(() => random.chance(0.3)).map(({ id: group_id }) => ({ person_id, group_id })),
    )
    .map((ends, i) => ({
      ...{ id: i + 1, ...ends, role: random.of(ROLES) },
      external_ref: random.chance(0.5) ? `zqm${i + 1}z` : null,
      archived_at: random.chance(0.15) ? MADE : null,
    }));
  const parts = (chance: number): Part[] =>
    people.filter(() => random.chance(chance)).map(({ id }, i) => ({ id: i + 1, person_id: id }));
  const contact_assignments = uniqueEnds(
    many(random.below(9), () => ({
      ...{ assigned_to_id: anybody(), person_id: anybody() },
      group_id: random.chance(0.6) ? random.of(groups).id : null,
      assigned_by_id: random.chance(0.7) ? anybody() : null,
    })),
    (id) => live.some((one) => one.id === id),
  ).map((ends, i) => ({ id: i + 1, ...ends, note: `zqn${i + 1}z` }));
  const embedded = (of: number): Record<string, unknown> => ({
    group_memberships: group_memberships.filter(({ person_id: id }) => id === of && random.chance(0.7)),
    contact_assignments: contact_assignments.filter(
      ({ person_id: id, assigned_to_id: to }) => (id === of || to === of) && random.chance(0.7),
    ),
  });
  return {
    ...{ groups, people, group_memberships, contact_assignments },
    users: live.slice(0, 5).map(({ id }) => ({ id, person_id: id, super_admin: id === 1 })),
    // Some are known by nothing but a reference.
    email_addresses: parts(0.6),
    phone_numbers: parts(0.4),
    addresses: parts(0.3),
    person_changes: many(random.below(10), (id) => {
      const [own, of] = [random.chance(0.5), anybody()];
      return {
        ...{ id, person_id: of, actor_id: random.chance(0.8) ? anybody() : null },
        before: { ...(own && { last_name: null }) },
        after: { ...(own && { last_name: `zqc${id}z` }), ...embedded(of) },
      };
    }),
    person_duplicates: many(random.below(5), (id) => ({
      id,
      person_id: random.chance(0.8) ? anybody() : null,
      candidate_ids: [...new Set([anybody(), anybody()])],
      group_id: random.chance(0.8) ? random.of(groups).id : null,
    })),
  };
}

type Ends = Omit<Assignment, 'id' | 'note'>;
function uniqueEnds(all: readonly Ends[], isLive: (id: number) => boolean): Ends[] {
  const seen = new Set<string>();
  return all.filter(({ assigned_to_id: to, person_id: of, group_id: group }) => {
    const key = `${to} ${of} ${group}`;
    if (to === of || seen.has(key) || !isLive(to) || !isLive(of)) return false;
    seen.add(key);
    return true;
  });
}
