import type { Assignment, Membership, Plan } from './world-plan.js';

type Ids = ReadonlySet<number>;
type Row = Readonly<Record<string, unknown>>;

/** Who may see what of a world: written from the contract, and slow. It knows no SQL and none of the policies. */
export class SightModel {
  private readonly seen = new Map<string, Ids>();

  constructor(
    readonly plan: Plan,
    /** The person who asks; an API client is nobody. */
    readonly me: number,
    /** The memberships that a client was given. */
    private readonly given: readonly number[] = [],
  ) {}

  get superAdmin(): boolean {
    return this.plan.users.some(({ id, super_admin: all }) => id === this.me && all);
  }

  /** The rank of a role in a group, by a membership there or above: 3 owner, 2 admin, 1 user, 0 none. */
  rank(groupId: number | null): number {
    if (groupId === null) return 0;
    if (this.superAdmin) return 3;
    const group = this.plan.groups.find(({ id }) => id === groupId);
    const own = this.plan.group_memberships
      .filter((m) => this.acts(m) && m.group_id === groupId && m.archived_at === null)
      .map(({ role }) => ({ owner: 3, admin: 2, user: 1, contact: 0 })[role]);
    return Math.max(0, ...own, group?.parent_id == null ? 0 : this.rank(group.parent_id));
  }

  private acts({ id, person_id: person }: Membership): boolean {
    return person === this.me || this.given.includes(id);
  }

  private liveIn(personId: number, least: number): boolean {
    return this.plan.group_memberships.some(
      (m) => m.person_id === personId && m.archived_at === null && this.rank(m.group_id) >= least,
    );
  }

  person(id: number): boolean {
    const row = this.plan.people.find((one) => one.id === id);
    if (!row || row.deleted_at !== null) return false;
    if (this.superAdmin || id === this.me || this.liveIn(id, 1)) return true;
    if (this.plan.contact_assignments.some((a) => a.assigned_to_id === this.me && a.person_id === id))
      return true;
    return row.created_by_id === this.me && !this.plan.group_memberships.some((m) => m.person_id === id);
  }

  private login(personId: number): boolean {
    const live = this.plan.group_memberships.filter(
      (m) => m.person_id === personId && m.archived_at === null,
    );
    const administered = live.filter((m) => this.rank(m.group_id) >= 2);
    return (
      administered.some(({ role }) => role !== 'contact') ||
      (live.length > 0 && administered.length === live.length)
    );
  }

  membership({ person_id: person, group_id: group, archived_at: archived }: Membership): boolean {
    return this.superAdmin || person === this.me || this.rank(group) >= (archived === null ? 1 : 2);
  }

  assignment(a: Omit<Assignment, 'id' | 'note'>): boolean {
    if (this.superAdmin || a.assigned_to_id === this.me || a.person_id === this.me) return true;
    return a.group_id === null ? a.assigned_by_id === this.me : this.rank(a.group_id) >= 1;
  }

  /** The ids of a table that may be read. */
  readable(table: string): Ids {
    let ids = this.seen.get(table);
    if (!ids)
      this.seen.set(
        table,
        (ids = new Set(
          this.rows(table)
            .filter((row) => this.reads(table, row))
            .map(idOf),
        )),
      );
    return ids;
  }

  rows(table: string): readonly Row[] {
    return (this.plan as unknown as Record<string, readonly Row[]>)[table] ?? [];
  }

  private reads(table: string, row: Row): boolean {
    switch (table) {
      case 'groups':
        return this.rank(idOf(row)) >= 1;
      case 'people':
        return this.person(idOf(row));
      case 'group_memberships':
        return this.membership(row as never);
      case 'contact_assignments':
        return this.assignment(row as never);
      case 'users':
        return this.superAdmin || idOf(row) === this.me || this.login(row['person_id'] as number);
      case 'person_changes':
        return this.person(row['person_id'] as number) && this.showsOfChange(row);
      case 'person_duplicates':
        return this.superAdmin || this.people(row).every((id) => this.liveIn(id, 2));
      case 'email_addresses':
      case 'phone_numbers':
      case 'addresses':
        return this.person(row['person_id'] as number);
      default:
        return this.superAdmin;
    }
  }

  private people({ person_id: person, candidate_ids: candidates }: Row): number[] {
    return [...(candidates as number[]), ...(person === null ? [] : [person as number])];
  }

  /** Whether a row within a change may be shown. */
  embedded(change: Row, name: string, row: Row): boolean {
    if (this.superAdmin) return true;
    if (name === 'group_memberships') return change['person_id'] === this.me || this.membership(row as never);
    return this.assignment({
      ...(row as never as Assignment),
      assigned_by_id: change['actor_id'] as number | null,
    });
  }

  private showsOfChange(change: Row): boolean {
    if (this.superAdmin) return true;
    return ['before', 'after'].some((side) =>
      Object.entries(change[side] as Row).some(
        ([name, value]) =>
          !Array.isArray(value) || value.some((row) => this.embedded(change, name, row as Row)),
      ),
    );
  }

  /** The other ends of a relationship that may be read; of a to-one: none or one. */
  ends(type: string, id: number, name: string): { table: string; ids: number[] } {
    const relation = RELATIONS[type]?.[name];
    if (!relation) throw new Error(`Tell the model of ${type}.${name}`);
    const row = this.rows(TABLES[type] as string).find((one) => idOf(one) === id) as Row;
    const readable = this.readable(relation.table);
    const ids = [...new Set(relation.ids(this.plan, row))].filter((end) => readable.has(end));
    return { table: relation.table, ids: ids.sort((a, b) => a - b) };
  }
}

const idOf = (row: Row): number => row['id'] as number;

export const TABLES: Readonly<Record<string, string>> = {
  person: 'people',
  email_address: 'email_addresses',
  phone_number: 'phone_numbers',
  address: 'addresses',
  group: 'groups',
  group_membership: 'group_memberships',
  contact_assignment: 'contact_assignments',
  person_change: 'person_changes',
  person_duplicate: 'person_duplicates',
  user: 'users',
  api_client: 'api_clients',
};

interface Relation {
  readonly table: string;
  ids(plan: Plan, row: Row): number[];
}
const column = (table: string, name: string): Relation => ({
  table,
  ids: (_plan, row) => (row[name] === null ? [] : [row[name] as number]),
});
const back = (table: keyof Plan, name: string): Relation => ({
  table,
  ids: (plan, row) =>
    (plan[table] as readonly unknown[] as readonly Row[]).filter((one) => one[name] === row['id']).map(idOf),
});
const through = (from: 'person_id' | 'group_id', to: 'person_id' | 'group_id', table: string): Relation => ({
  table,
  ids: (plan, row) =>
    plan.group_memberships.filter((m) => m[from] === row['id'] && m.archived_at === null).map((m) => m[to]),
});
const person = column('people', 'person_id');
const group = column('groups', 'group_id');

const RELATIONS: Readonly<Record<string, Readonly<Record<string, Relation>>>> = {
  person: {
    email_addresses: back('email_addresses', 'person_id'),
    phone_numbers: back('phone_numbers', 'person_id'),
    addresses: back('addresses', 'person_id'),
    group_memberships: back('group_memberships', 'person_id'),
    groups: through('person_id', 'group_id', 'groups'),
    contact_assignments: back('contact_assignments', 'assigned_to_id'),
    reverse_contact_assignments: back('contact_assignments', 'person_id'),
    user: back('users', 'person_id'),
    created_by: column('people', 'created_by_id'),
  },
  email_address: { person },
  phone_number: { person },
  address: { person },
  group: {
    parent: column('groups', 'parent_id'),
    children: back('groups', 'parent_id'),
    group_memberships: back('group_memberships', 'group_id'),
    people: through('group_id', 'person_id', 'people'),
  },
  group_membership: { person, group },
  contact_assignment: {
    ...{ person, group, assigned_to: column('people', 'assigned_to_id') },
    assigned_by: column('people', 'assigned_by_id'),
  },
  person_change: { person, actor: column('people', 'actor_id') },
  person_duplicate: {
    ...{ person, group },
    candidates: { table: 'people', ids: (_plan, row) => row['candidate_ids'] as number[] },
  },
  user: { person },
};
