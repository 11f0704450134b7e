import sql, { raw } from 'sql-template-tag';
import type { Database, Row } from '../../../src/database/index.js';
import {
  copyOf,
  type ModelCaller,
  type ModelMembership,
  type ModelPair,
  type ModelPerson,
  type ModelPoint,
  type ModelWorld,
} from './reference-world.js';

/** Everything that a merge may write. */
const WRITTEN = [
  ...['people', 'email_addresses', 'phone_numbers', 'group_memberships'],
  ...['contact_assignments', 'person_changes', 'person_duplicates'],
];

/** The world of the model as rows, and the rows as the world of the model. */
export class ModelDatabase {
  /** The ids of new people in the database by those in the model, which counts no attempts. */
  private readonly known = new Map<string, string>();
  private first = '';
  private begun: ReadonlyMap<string, number> = new Map();

  constructor(private readonly database: Database) {}

  /** In place of all that was there. */
  async put(world: ModelWorld, caller: ModelCaller): Promise<void> {
    this.first = String(world.nextId);
    this.known.clear();
    await this.database.query(sql`truncate people, groups, person_duplicates restart identity cascade`);
    await this.insert('groups', world.groups.map(groupRow));
    await this.insert('people', world.people.map(personRow));
    await this.insert(
      'email_addresses',
      rowsOf(world.people, (person) => person.emails.map(emailRow)),
    );
    await this.insert(
      'phone_numbers',
      rowsOf(world.people, (person) => person.phones.map(phoneRow)),
    );
    await this.insert(
      'group_memberships',
      rowsOf(world.people, (person) => person.memberships.map(membershipRow)),
    );
    await this.insert(
      'contact_assignments',
      rowsOf(world.people, ({ assignedTo }) => assignedTo.map((assigned_to_id) => ({ assigned_to_id }))),
    );
    const logins = world.people.filter(({ login }) => login);
    await this.insert(
      'users',
      logins.map(({ id }) => userRow(id, caller)),
    );
    await this.database.query(
      sql`select setval(pg_get_serial_sequence('people', 'id'), ${world.nextId - 1}::bigint)`,
    );
    this.begun = new Map((await this.versions()).map(({ id, version }) => [id, version]));
  }

  /** What is there now, new people numbered as the model numbers them. Call it after every request. */
  async read(before: ModelWorld): Promise<ModelWorld> {
    const people = await this.people();
    const made = people.filter(({ id }) => Number(id) >= Number(this.first)).map(({ id }) => id);
    made.forEach((id, index) => this.known.set(id, String(Number(this.first) + index)));
    const queue = await this.queue();
    return {
      groups: copyOf(before.groups),
      people: people.map((person) => this.named(person)),
      ...queue,
      nextId: Number(this.first) + made.length,
    };
  }

  /** The model's id of a person that the database knows; an id that was never made is `null`. */
  idOf = (id: string): string | null => (Number(id) < Number(this.first) ? id : (this.known.get(id) ?? null));

  async historyCount(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      sql`select count(*)::int as count from person_changes`,
    );
    return row?.count ?? 0;
  }

  /** Whose version has grown since they were put there. */
  async touched(): Promise<string[]> {
    const grown = (await this.versions()).filter(({ id, version }) => this.begun.get(id) !== version);
    return grown.map(({ id }) => this.idOf(id) ?? '?').sort();
  }

  private versions(): Promise<{ id: string; version: number }[]> {
    return this.database.query(sql`select id, version from people where deleted_at is null`);
  }

  /** Every row that a merge may write, with its version in the database: equal when nothing was written. */
  async everything(): Promise<string> {
    const tables = WRITTEN.map(
      (table) =>
        `(select jsonb_agg(to_jsonb(t) || jsonb_build_object('v', t.xmin::text) order by t.id) from ${table} t)`,
    );
    const [row] = await this.database.query<{ rows: string }>(
      sql`select jsonb_build_array(${raw(tables.join(', '))})::text as rows`,
    );
    return row?.rows ?? '';
  }

  private async insert(table: string, rows: readonly Row[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const columns = raw(Object.keys(first).join(', '));
    await this.database.query(sql`
      insert into ${raw(table)} (${columns}) overriding system value
      select ${columns} from jsonb_populate_recordset(null::${raw(table)}, ${JSON.stringify(rows)}::jsonb)`);
  }

  private named(person: ModelPerson): ModelPerson {
    const createdBy = person.createdBy && this.idOf(person.createdBy);
    return { ...person, id: this.idOf(person.id) ?? person.id, createdBy };
  }

  private people(): Promise<ModelPerson[]> {
    const points = (table: string, text: string) => sql`coalesce((
      select jsonb_agg(jsonb_build_object('text', ${raw(text)}, 'key', normal_form, 'primary', is_primary) order by id)
      from ${raw(table)} c where c.person_id = p.id), '[]')`;
    return this.database.query<ModelPerson>(sql`
      select p.id, jsonb_build_object('first_name', first_name, 'middle_name', middle_name, 'last_name', last_name,
          'gender', gender, 'birth_date', birth_date) as attributes,
        external_ref as ref, created_by_id as "createdBy",
        array(select assigned_to_id::text from contact_assignments a where a.person_id = p.id) as "assignedTo",
        exists (select from users u where u.person_id = p.id) as login, deleted_at is not null as deleted,
        ${points('email_addresses', 'email')} as emails, ${points('phone_numbers', 'number')} as phones,
        coalesce((select jsonb_agg(jsonb_build_object('group', group_id::text, 'role', role, 'ref', m.external_ref,
            'archived', archived_at is not null) order by m.id)
          from group_memberships m where m.person_id = p.id), '[]') as memberships
      from people p order by p.id`);
  }

  private async queue(): Promise<Pick<ModelWorld, 'pairs' | 'held'>> {
    const rows = await this.database.query<QueueRow>(sql`
      select kind, fingerprint, person_id, candidate_ids::text[] as candidate_ids, times_seen
      from person_duplicates order by id`);
    const pairs = rows.filter(({ kind }) => kind !== 'held_entry');
    const held = rows.filter(({ kind }) => kind === 'held_entry');
    return {
      pairs: pairs.map((row) => ({
        kind: row.kind as ModelPair['kind'],
        one: this.idOf(row.person_id ?? '') ?? '?',
        other: this.idOf(row.candidate_ids[0] ?? '') ?? '?',
      })),
      held: held.map(({ fingerprint, candidate_ids: ids, times_seen: times }) => ({
        entry: fingerprint,
        candidates: ids.map((id) => this.idOf(id) ?? '?'),
        times,
      })),
    };
  }
}

interface QueueRow {
  readonly kind: string;
  readonly fingerprint: string;
  readonly person_id: string | null;
  readonly candidate_ids: readonly string[];
  readonly times_seen: number;
}

const rowsOf = (people: readonly ModelPerson[], rows: (person: ModelPerson) => Row[]): Row[] =>
  people
    .flatMap((person) => rows(person).map((row) => ({ person_id: person.id, ...row })))
    .map((row) => ({ ...NOW, ...row }));

const NOW = { created_at: '2024-01-01', updated_at: '2024-01-01' };

const groupRow = (group: ModelWorld['groups'][number]): Row => ({
  ...{ id: group.id, name: `Group ${group.id}`, external_ref: group.ref, parent_id: group.parent },
  ...{ phone_region: group.region, match_conflicting_ref: group.conflictingRef },
  ...{ match_name_guard: group.nameGuard, ...NOW },
});

const personRow = (person: ModelPerson): Row => ({
  ...{ id: person.id, ...person.attributes, external_ref: person.ref, created_by_id: person.createdBy },
  ...{ deleted_at: person.deleted ? '2024-01-02' : null, ...NOW },
});

const emailRow = ({ text, key, primary }: ModelPoint): Row => ({
  ...{ email: text, normal_form: key, is_primary: primary },
});

const phoneRow = ({ text, key, primary }: ModelPoint): Row => ({
  ...{ number: text, e164: key.startsWith('+') ? key : null, normal_form: key, is_primary: primary },
});

const membershipRow = ({ group, role, ref, archived }: ModelMembership): Row => ({
  ...{ group_id: group, role, external_ref: ref, archived_at: archived ? '2024-01-02' : null },
});

const userRow = (id: string, caller: ModelCaller): Row => ({
  ...{
    id,
    person_id: id,
    email: `${id}@login.org`,
    normal_form: `${id}@login.org`,
    password_hash: 'none',
    ...NOW,
  },
  super_admin: id === caller.person && caller.superAdmin,
});
