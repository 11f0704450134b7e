import type { MergePlan } from './merge-plan.js';
import type {
  AssignmentState,
  EmailState,
  MembershipState,
  PersonState,
  PhoneState,
} from './person-state.js';

export type Owned<T> = T & { readonly personId: string };

export interface RowChanges<T> {
  readonly inserted: readonly Owned<T>[];
  readonly updated: readonly Owned<T>[];
  readonly removedIds: readonly string[];
}

/** The plan as rows: what each table gains, changes and loses, whatever number of entries touched a person. */
export interface PlannedRows {
  readonly newPeople: readonly PersonState[];
  readonly changedPeople: readonly PersonState[];
  readonly emails: RowChanges<EmailState>;
  readonly phones: RowChanges<PhoneState>;
  readonly memberships: RowChanges<MembershipState>;
  /** References that another row of this plan takes over; PostgreSQL checks each row at once. */
  readonly releasedIds: readonly string[];
  readonly assignments: readonly AssignmentState[];
}

/** From the first `before` of each person to its last `after`. Pure. */
export function rowsOf({ changes, freedMembershipIds }: MergePlan): PlannedRows {
  const before = new Map<string, PersonState | null>();
  const after = new Map<string, PersonState>();
  for (const change of changes) {
    if (!before.has(change.after.id)) before.set(change.after.id, change.before);
    after.set(change.after.id, change.after);
  }
  const people = [...after.values()];
  const first = (person: PersonState): PersonState | null => before.get(person.id) ?? null;
  const memberships = compare(people, first, (person) => person.memberships);
  return {
    newPeople: people.filter((person) => !first(person)),
    changedPeople: people.filter((person) => first(person)),
    emails: compare(people, first, (person) => person.emails),
    phones: compare(people, first, (person) => person.phones),
    memberships,
    releasedIds: [...freedMembershipIds, ...released(memberships, [...before.values()])],
    assignments: changes.flatMap((change) => change.assignments),
  };
}

function compare<T extends { readonly id: string }>(
  people: readonly PersonState[],
  first: (person: PersonState) => PersonState | null,
  rowsOfPerson: (person: PersonState) => readonly T[],
): RowChanges<T> {
  const inserted: Owned<T>[] = [];
  const updated: Owned<T>[] = [];
  const removedIds: string[] = [];
  for (const person of people) {
    const before = first(person);
    const [old, now] = [before ? rowsOfPerson(before) : [], rowsOfPerson(person)];
    if (old === now) continue;
    const known = new Map(old.map((row) => [row.id, row]));
    for (const row of now) {
      const was = known.get(row.id);
      known.delete(row.id);
      if (!was) inserted.push({ ...row, personId: person.id });
      else if (was !== row && JSON.stringify(was) !== JSON.stringify(row))
        updated.push({ ...row, personId: person.id });
    }
    removedIds.push(...known.keys());
  }
  return { inserted, updated, removedIds };
}

/** Live memberships whose old reference is written to another one of the group; in the archive it is in nobody's way. */
function released(
  { inserted, updated }: RowChanges<MembershipState>,
  before: readonly (PersonState | null)[],
): string[] {
  const refOf = ({ groupId, externalRef }: MembershipState): string => `${groupId}:${externalRef ?? ''}`;
  const written = new Map([...inserted, ...updated].map((row) => [refOf(row), row.id]));
  return before
    .flatMap((person) => person?.memberships ?? [])
    .filter((row) => row.archivedAt === null && row.externalRef !== null)
    .filter((row) => (written.get(refOf(row)) ?? row.id) !== row.id)
    .map(({ id }) => id);
}
