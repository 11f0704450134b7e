import sql, { raw, type Sql } from 'sql-template-tag';
import { TokenService, type Role } from '../../../src/auth/index.js';
import type { Row } from '../../../src/database/index.js';
import type { ResourceDefinition } from '../../../src/jsonapi/index.js';
import { ApiClient } from '../api-client.js';
import { bootApp, type TestApp } from '../boot-app.js';
import { insert } from './insert.factory.js';

/** Somebody with a login, signed in. */
export interface Caller {
  readonly name: string;
  readonly personId: string;
  readonly userId: string;
  readonly token: string;
  /** Speaks strict JSON:API; `api.lenient` plain JSON. */
  readonly api: ApiClient;
}

const SECRET = 'a secret of the tests that is long enough';

/** What is written when somebody only looks. */
const NOTES_ON_USE = ['sessions'];

/** A booted server with a database of its own, and ways to put rows into it past the API. */
export class World {
  private constructor(private readonly testApp: TestApp) {}

  static async boot(
    settings: NodeJS.ProcessEnv = {},
    further?: readonly ResourceDefinition[],
  ): Promise<World> {
    return new World(await bootApp({ JWT_SECRET: SECRET, ...settings }, further));
  }

  get app(): TestApp['app'] {
    return this.testApp.app;
  }

  get database(): TestApp['database'] {
    return this.testApp.database;
  }

  get dataDir(): string {
    return this.testApp.dataDir;
  }

  close(): Promise<void> {
    return this.testApp.close();
  }

  /** A caller without a token. */
  get nobody(): ApiClient {
    return new ApiClient(this.app);
  }

  person(values: Readonly<Record<string, unknown>> | string = {}): Promise<string> {
    return insert(this.database, 'people', {
      first_name: 'Somebody',
      ...(typeof values === 'string' ? { first_name: values } : values),
    });
  }

  email(personId: string, email: string, primary = false): Promise<string> {
    const values = { person_id: personId, email, normal_form: email.toLowerCase(), is_primary: primary };
    return insert(this.database, 'email_addresses', values);
  }

  phone(personId: string, number: string, primary = false): Promise<string> {
    const values = { person_id: personId, number, normal_form: number, e164: number, is_primary: primary };
    return insert(this.database, 'phone_numbers', values);
  }

  group(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return insert(this.database, 'groups', { name, ...values });
  }

  member(
    personId: string,
    groupId: string,
    role: Role = 'contact',
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const membership = { person_id: personId, group_id: groupId, role, ...values };
    return insert(this.database, 'group_memberships', membership);
  }

  /** A person in a group. */
  async contact(name: string, groupId: string): Promise<string> {
    const personId = await this.person(name);
    await this.member(personId, groupId);
    return personId;
  }

  assignment(
    assignedToId: string,
    personId: string,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    return insert(this.database, 'contact_assignments', {
      assigned_to_id: assignedToId,
      person_id: personId,
      ...values,
    });
  }

  /** A login for somebody who is there. @returns its id */
  login(personId: string, { name = 'login', superAdmin = false } = {}): Promise<string> {
    const email = `${name.toLowerCase()}.${personId}@example.org`;
    return insert(this.database, 'users', {
      person_id: personId,
      email,
      normal_form: email,
      password_hash: 'none: signs in with a token only',
      super_admin: superAdmin,
    });
  }

  /** Somebody who can sign in, and has. @param roles by the id of the group */
  async caller(
    name: string,
    roles: Readonly<Record<string, Role>> = {},
    { superAdmin = false } = {},
  ): Promise<Caller> {
    const personId = await this.person(name);
    const userId = await this.login(personId, { name, superAdmin });
    for (const [groupId, role] of Object.entries(roles)) await this.member(personId, groupId, role);
    const token = await this.tokenFor(userId);
    return { name, personId, userId, token, api: new ApiClient(this.app, token) };
  }

  /** A token of a new session. */
  async tokenFor(userId: string): Promise<string> {
    const expires_at = new Date(Date.now() + 3_600_000);
    const sessionId = await insert(this.database, 'sessions', { user_id: userId, expires_at });
    return this.app.get(TokenService).sign({ userId, sessionId }).token;
  }

  /** @returns the first column of the first row */
  async value<T = string>(statement: Sql): Promise<T> {
    const [row = {}] = await this.database.query(statement);
    return Object.values(row)[0] as T;
  }

  /** One stored row by column. */
  async row(table: string, id: string): Promise<Row | undefined> {
    const [row] = await this.database.query(sql`select * from ${raw(table)} where id = ${id}::bigint`);
    return row;
  }

  count(table: string): Promise<number> {
    return this.value<number>(sql`select count(*)::int from ${raw(table)}`);
  }

  /** The names of all tables, but for those that are written when somebody only looks. */
  async tables(): Promise<string[]> {
    const tables = await this.database.query<{ name: string }>(sql`
      select relname as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> all(${NOTES_ON_USE}) order by 1`);
    return tables.map(({ name }) => name);
  }

  /** All there is in whatever table, as one text: equal before and after what must change nothing. */
  async everything(): Promise<string> {
    const tables = await this.tables();
    const rows = tables.map((name) => `(select jsonb_agg(t order by t) from "${name}" t)`);
    return this.value(sql`select jsonb_build_array(${raw(rows.join(', '))})::text`);
  }
}
