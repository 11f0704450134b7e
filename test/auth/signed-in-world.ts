import sql, { type Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import { hashPassword } from '../../src/auth/passwords.js';
import { readEnv, type Env } from '../../src/config/index.js';
import { createDataSource, Database, type SqlRunner } from '../../src/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

export const PASSWORD = 'correct horse battery';
export const SECRET = 'a secret of the tests - forty bytes long.';

export interface Login {
  readonly userId: string;
  readonly personId: string;
  readonly email: string;
}

/** A database of its own with what a test of this room asks for. */
export class SignedInWorld {
  private constructor(
    private readonly testDatabase: TestDatabase,
    private readonly dataSource: DataSource,
    readonly database: Database,
  ) {}

  static async create(): Promise<SignedInWorld> {
    const testDatabase = await createTestDatabase();
    const dataSource = await createDataSource(testDatabase.url).initialize();
    return new SignedInWorld(testDatabase, dataSource, new Database(dataSource));
  }

  get url(): string {
    return this.testDatabase.url;
  }

  async drop(): Promise<void> {
    await this.dataSource.destroy();
    await this.testDatabase.drop();
  }

  env(source: NodeJS.ProcessEnv = {}): Env {
    const off = { RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_SIGN_IN_PER_MINUTE: '0' };
    return readEnv({ JWT_SECRET: SECRET, DATABASE_URL: this.url, ...off, ...source });
  }

  /** @returns the first column of the first row */
  async value<T = string>(statement: Sql): Promise<T> {
    const [row = {}] = await this.database.query(statement);
    return Object.values(row)[0] as T;
  }

  async login(name: string, superAdmin = false): Promise<Login> {
    const email = `${name}@example.org`;
    const personId = await this.value(sql`insert into people (first_name) values (${name}) returning id`);
    const userId = await this.value(sql`
      insert into users (person_id, email, normal_form, password_hash, super_admin)
      values (${personId}, ${email}, ${email}, ${await passwordHash}, ${superAdmin}) returning id`);
    return { userId, personId, email };
  }

  session(userId: string): Promise<string> {
    return this.value(sql`
      insert into sessions (user_id, expires_at) values (${userId}, now() + interval '1 hour') returning id`);
  }

  group(name: string, parentId: string | null = null): Promise<string> {
    return this.value(sql`insert into groups (name, parent_id) values (${name}, ${parentId}) returning id`);
  }

  async member(personId: string, groupId: string, role: string, archived = false): Promise<void> {
    await this.database.query(sql`
      insert into group_memberships (person_id, group_id, role, archived_at)
      values (${personId}, ${groupId}, ${role}, ${archived ? new Date() : null})`);
  }
}

/** Hashing is slow by design; one is enough for all logins. */
const passwordHash = hashPassword(PASSWORD);

/** Passes statements on and keeps their text. */
export function recorded(runner: SqlRunner): SqlRunner & { readonly statements: string[] } {
  const statements: string[] = [];
  return {
    statements,
    query: <R>(statement: Sql) => {
      statements.push(statement.text.trim());
      return runner.query<R>(statement);
    },
    queries: (all) => {
      statements.push(...all.map(({ text }) => text.trim()));
      return runner.queries(all);
    },
  };
}
