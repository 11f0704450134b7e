import type { SightModel } from './sight-model.js';
import type { Change, Membership, Person, Plan } from './world-plan.js';

/** Ids of what only the other world has. */
const BEYOND = 50_000;

/**
 * The same world for somebody, and another one for everybody else: what she cannot read is gone, or is something else where
 * what she reads hangs on it; and there are strangers with the e-mails, phones, names and references of the people she knows.
 */
export function worldWithout(model: SightModel): Plan {
  const { plan } = model;
  const reads = (table: string) => (row: { readonly id: number }) => model.readable(table).has(row.id);
  // An administrator brings back from the archive whom she does not read until then.
  const returning = plan.group_memberships.filter(
    (m) => m.archived_at !== null && model.rank(m.group_id) >= 2,
  );
  const known = plan.people.filter(
    (one) =>
      reads('people')(one) || (one.deleted_at === null && returning.some((m) => m.person_id === one.id)),
  );
  const isKnown = (id: number): boolean => known.some((one) => one.id === id);
  const elsewhere = plan.group_memberships
    .filter((m) => isKnown(m.person_id) && !reads('group_memberships')(m))
    // Who adds her again finds what stands in the archive of a group, and so may tell.
    .flatMap((m) =>
      model.readable('groups').has(m.group_id) ? m : isTold(model, m.person_id) ? changedMembership(m) : [],
    );
  const kept = {
    group_memberships: plan.group_memberships.filter(reads('group_memberships')),
    contact_assignments: plan.contact_assignments.filter(reads('contact_assignments')),
    person_changes: plan.person_changes
      .filter((one) => reads('person_changes')(one) || returning.some((m) => m.person_id === one.person_id))
      .map((one) => withoutHidden(model, one)),
    person_duplicates: plan.person_duplicates.filter(
      (one) =>
        reads('person_duplicates')(one) ||
        [...one.candidate_ids, one.person_id].every((id) => id === null || isKnown(id)),
    ),
  };
  const strangers = strangersLike(model, known);
  const group_memberships = [...kept.group_memberships, ...elsewhere, ...strangers.group_memberships];
  const people = [...known, ...stubs(plan, isKnown, named(kept, known)), ...strangers.people];
  const parts = <T extends { readonly person_id: number }>(rows: readonly T[]): T[] =>
    rows.filter(({ person_id: id }) => isKnown(id));
  return {
    ...{ ...kept, group_memberships, people },
    groups: groupsOf(model, [
      ...group_memberships.map((m) => m.group_id),
      ...kept.contact_assignments.map((a) => a.group_id),
      ...kept.person_duplicates.map((d) => d.group_id),
    ]),
    // That a person has a login is seen by whoever may not change her names.
    users: parts(plan.users),
    email_addresses: [...parts(plan.email_addresses), ...strangers.email_addresses],
    phone_numbers: [...parts(plan.phone_numbers), ...strangers.phone_numbers],
    addresses: parts(plan.addresses),
  };
}

/**
 * Who made somebody, or looks after her, is told by her rights whether she is in any group; and whom she looks after,
 * when she is taken out of all that are within reach. So is who administers a group of hers, by her login.
 */
const isTold = (model: SightModel, personId: number): boolean =>
  isTied(model, personId) || showsLogin(model, personId);

/** A login shows to an administrator of all her groups: it does not, where she is in another as well. */
const showsLogin = (model: SightModel, personId: number): boolean =>
  model.plan.users.some((user) => user.person_id === personId) &&
  model.plan.group_memberships.some(
    (m) => m.person_id === personId && m.archived_at === null && model.rank(m.group_id) >= 2,
  );

const isTied = ({ plan, me }: SightModel, personId: number): boolean =>
  plan.people.some(({ id, created_by_id: maker }) => id === personId && maker === me) ||
  plan.contact_assignments.some((a) =>
    [a.person_id, a.assigned_to_id].every((id) => [personId, me].includes(id)),
  );

/** In a group of its own, with another role and reference: that there is one keeps her maker from changing her. */
const changedMembership = (m: Membership): Membership => ({
  ...m,
  group_id: BEYOND + m.id,
  role: m.role === 'contact' ? 'admin' : 'contact',
  external_ref: m.external_ref === null ? `other ${m.id}` : null,
});

function withoutHidden(model: SightModel, change: Change): Change {
  const side = (rows: Change['before']): Change['before'] =>
    Object.fromEntries(
      Object.entries(rows).flatMap(([name, value]) => {
        if (!Array.isArray(value)) return [[name, value]];
        const seen = value.filter((row) => model.embedded(change as never, name, row as never));
        return seen.length > 0 ? [[name, seen]] : [];
      }),
    );
  return { ...change, before: side(change.before), after: side(change.after) };
}

/** Whom the rows that stay name. */
const named = (
  kept: Pick<Plan, 'group_memberships' | 'contact_assignments' | 'person_changes' | 'person_duplicates'>,
  known: readonly Person[],
): ReadonlySet<number | null> =>
  new Set([
    ...known.map((one) => one.created_by_id),
    ...kept.group_memberships.map((one) => one.person_id),
    ...kept.contact_assignments.flatMap((one) => [one.person_id, one.assigned_to_id, one.assigned_by_id]),
    ...kept.person_changes.map((one) => one.actor_id),
    ...kept.person_duplicates.map((one) => one.person_id),
  ]);

const stubs = (plan: Plan, isKnown: (id: number) => boolean, names: ReadonlySet<number | null>): Person[] =>
  plan.people
    .filter(({ id }) => !isKnown(id) && names.has(id))
    .map(({ id, deleted_at }) => ({ id, deleted_at, first_name: 'Other', created_by_id: null }));

function groupsOf(model: SightModel, namedIds: readonly (number | null)[]): Plan['groups'] {
  const known = model.plan.groups.filter(({ id }) => model.readable('groups').has(id));
  const ids = new Set([...namedIds, ...known.map((one) => one.parent_id), BEYOND]);
  const others = [...ids].filter((id): id is number => id !== null && !model.readable('groups').has(id));
  return [
    ...others.map((id) => ({ id, name: `Other ${id}`, external_ref: `other ${id}`, parent_id: null })),
    ...known,
  ];
}

type Strangers = Pick<Plan, 'people' | 'group_memberships' | 'email_addresses' | 'phone_numbers'>;

function strangersLike({ plan }: SightModel, known: readonly Person[]): Strangers {
  const twin = (id: number): number => BEYOND + id;
  const of = <T extends { readonly person_id: number }>(rows: readonly T[]): T[] =>
    rows.filter(({ person_id: id }) => known.some((one) => one.id === id));
  const points = (rows: Plan['email_addresses'], value: (id: number) => object) =>
    of(rows).map(({ id, person_id }) => ({ id: twin(id), person_id: twin(person_id), ...value(id) }));
  return {
    people: known.map((one) => ({ ...one, id: twin(one.id), created_by_id: null, deleted_at: null })),
    group_memberships: known.map(({ id }) => ({
      ...{ id: twin(id), person_id: twin(id), group_id: BEYOND, role: 'user', archived_at: null },
      external_ref:
        plan.group_memberships.find((m) => m.person_id === id && m.external_ref !== null)?.external_ref ??
        null,
    })),
    email_addresses: points(plan.email_addresses, (id) => ({
      ...{ email: `zqe${id}z@example.org`, normal_form: `zqe${id}z@example.org` },
    })),
    phone_numbers: points(plan.phone_numbers, (id) => {
      const number = `+4520${String(id).padStart(6, '0')}`;
      return { number, e164: number, normal_form: number };
    }),
  };
}
