import sql, { type Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import type { Actor, Role } from '../../../src/auth/index.js';
import { readEnv } from '../../../src/config/index.js';
import { createDataSource, Database, type Transaction } from '../../../src/database/index.js';
import { MergeService, type EntryResult, type MergeOptions } from '../../../src/people/merge/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { entry, type EntryWords } from './planning-world.js';

type Rows = Record<string, unknown>[];
/** Everything that a merge may write. */
const TABLES = [
  ...['people', 'email_addresses', 'phone_numbers', 'group_memberships'],
  ...['contact_assignments', 'person_changes', 'person_duplicates'],
] as const;

/** A database of its own with groups and people, and the service on it. */
export class MergeWorld {
  readonly service: MergeService;

  private constructor(
    private readonly testDatabase: TestDatabase,
    private readonly dataSource: DataSource,
    readonly database: Database,
  ) {
    this.service = new MergeService(database, readEnv({ DATABASE_URL: testDatabase.url }));
  }

  static async create(): Promise<MergeWorld> {
    const testDatabase = await createTestDatabase();
    const dataSource = await createDataSource(testDatabase.url).initialize();
    return new MergeWorld(testDatabase, dataSource, new Database(dataSource));
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.testDatabase.drop();
  }

  rows<R = Record<string, unknown>>(statement: Sql): Promise<R[]> {
    return this.database.query<R>(statement);
  }

  /** @returns the first column of the first row */
  async value<T = string>(statement: Sql): Promise<T> {
    const [row = {}] = await this.rows(statement);
    return Object.values(row)[0] as T;
  }

  group(name: string, externalRef: string | null = null): Promise<string> {
    return this.value(
      sql`insert into groups (name, external_ref) values (${name}, ${externalRef}) returning id`,
    );
  }

  person(first: string | null = null, createdById: string | null = null): Promise<string> {
    return this.value(
      sql`insert into people (first_name, created_by_id) values (${first}, ${createdById}) returning id`,
    );
  }

  async member(
    personId: string,
    groupId: string,
    role: Role = 'contact',
    ref: string | null = null,
  ): Promise<void> {
    await this.rows(sql`
      insert into group_memberships (person_id, group_id, role, external_ref)
      values (${personId}, ${groupId}, ${role}, ${ref})`);
  }

  async email(personId: string, email: string): Promise<void> {
    await this.rows(sql`
      insert into email_addresses (person_id, email, normal_form, is_primary)
      values (${personId}, ${email}, ${email.toLowerCase()},
        not exists (select from email_addresses where person_id = ${personId}))`);
  }

  async phone(personId: string, e164: string): Promise<void> {
    await this.rows(sql`
      insert into phone_numbers (person_id, number, e164, normal_form, is_primary)
      values (${personId}, ${e164}, ${e164}, ${e164}, true)`);
  }

  /** A new person with the role in each of the groups, who asks. */
  async actor(groups: Readonly<Record<string, Role>>, superAdmin = false): Promise<Actor> {
    const personId = await this.person('Actor');
    for (const [groupId, role] of Object.entries(groups)) await this.member(personId, groupId, role);
    const roles = new Map(Object.entries(groups));
    return { userId: '1', sessionId: '1', personId, superAdmin, roles, ownGroupIds: [...roles.keys()] };
  }

  post(
    words: readonly EntryWords[],
    actor: Actor,
    options: Partial<MergeOptions> = {},
  ): Promise<EntryResult[]> {
    const all = { creationFromNamesAlone: false, unknownGroups: 'skip' as const, ...options };
    return this.service.run(words.map(entry), actor, all);
  }

  async one(words: EntryWords, actor: Actor, options: Partial<MergeOptions> = {}): Promise<EntryResult> {
    const [result] = await this.post([words], actor, options);
    if (!result) throw new Error('No result came back.');
    return result;
  }

  /** The statements that the entries need; now and then the statistics are renewed as well. */
  async statements(words: readonly EntryWords[], actor: Actor): Promise<string[]> {
    const texts: string[] = [];
    await this.database.transaction((tx) => {
      const noted = (statement: Sql): Sql => {
        texts.push(statement.text.trim().replace(/\s+/g, ' '));
        return statement;
      };
      const noting: Transaction = {
        query: (statement) => tx.query(noted(statement)),
        queries: (statements) => tx.queries(statements.map(noted)),
        send: (statement) => tx.send(noted(statement)),
        afterCommit: (work) => tx.afterCommit(work),
      };
      const options = { creationFromNamesAlone: false, unknownGroups: 'skip' as const };
      return this.service.runIn(noting, words.map(entry), actor, options);
    });
    return texts.filter((text) => !/^(analyze|select reltuples)/.test(text));
  }

  /** How often the table that was read most was read from end to end for the entries. */
  async scans(words: readonly EntryWords[], actor: Actor): Promise<number> {
    const options = { creationFromNamesAlone: false, unknownGroups: 'skip' as const };
    return this.database.transaction(async (tx) => {
      // Of the connection, as long as it has not told the server of them.
      const counted = (): Promise<{ scans: number }[]> =>
        tx.query(sql`
          select seq_scan::int as scans from pg_stat_xact_user_tables
          where relname = any(${[...TABLES]}::text[]) order by relname`);
      const before = await counted();
      await this.service.runIn(tx, words.map(entry), actor, options);
      return Math.max(...(await counted()).map(({ scans }, i) => scans - (before[i]?.scans ?? 0)));
    });
  }

  /** Every row that a merge may write, with its version in the database (`xmin`). */
  async everything(): Promise<Record<string, Rows>> {
    const tables: Record<string, Rows> = {};
    for (const table of TABLES)
      tables[table] = await this.database.dataSource.query(
        `select xmin::text as xmin, * from ${table} order by id`,
      );
    return tables;
  }

  async count(table: (typeof TABLES)[number]): Promise<number> {
    const [row] = await this.database.dataSource.query<{ count: number }[]>(
      `select count(*)::int as count from ${table}`,
    );
    return row?.count ?? 0;
  }

  /** Resolves when a request on this database waits for a lock. */
  async untilSomebodyWaits(): Promise<void> {
    const waiting = sql`
      select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await this.value<number>(waiting)) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** The contact points of a person as they are kept, the primary one marked. */
  async points(personId: string): Promise<string[]> {
    const rows = await this.rows<{ text: string }>(sql`
      select normal_form || case when is_primary then '*' else '' end as text from (
        select id, normal_form, is_primary, 1 as kind from email_addresses where person_id = ${personId}
        union all select id, normal_form, is_primary, 2 from phone_numbers where person_id = ${personId}) as points
      order by kind, id`);
    return rows.map(({ text }) => text);
  }
}
