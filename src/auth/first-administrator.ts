import sql from 'sql-template-tag';
import type { Env } from '../config/index.js';
import type { Database, SqlRunner, Transaction } from '../database/index.js';
import { loginNormalForm } from './login-email.js';
import { hashPassword, readablePassword } from './passwords.js';

/** What the first screen shows, once. */
export interface FirstAdministrator {
  readonly email: string;
  readonly password: string;
  /** False when the password is that of the settings, which nobody needs to be told. */
  readonly generated: boolean;
}

const LOCK = 0x61646d69; // "admi"

/**
 * Makes somebody who can sign in when there is no user yet: a person, her super administrator's login, and the group
 * `Home` that she owns. Processes that start together make one. @returns null when there is a user already
 */
export async function ensureFirstAdministrator(
  database: Database,
  env: Pick<Env, 'adminEmail' | 'adminPassword'>,
): Promise<FirstAdministrator | null> {
  if (await hasUser(database)) return null;
  const password = env.adminPassword ?? readablePassword();
  const passwordHash = await hashPassword(password);
  const made = await database.transaction(async (tx) => {
    await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`);
    if (await hasUser(tx)) return false;
    await insertAdministrator(tx, env.adminEmail, passwordHash);
    return true;
  });
  return made ? { email: env.adminEmail, password, generated: env.adminPassword === undefined } : null;
}

async function hasUser(runner: SqlRunner): Promise<boolean> {
  return (await runner.query(sql`select 1 from users limit 1`)).length > 0;
}

async function insertAdministrator(tx: Transaction, email: string, passwordHash: string): Promise<void> {
  const normalForm = loginNormalForm(email);
  await tx.query(sql`
    with person as (
      insert into people (first_name) values ('Administrator') returning id
    ), address as (
      insert into email_addresses (person_id, email, normal_form, is_primary)
      select id, ${email}, ${normalForm}, true from person
    ), home as (
      insert into groups (name) values ('Home') returning id
    ), ownership as (
      insert into group_memberships (person_id, group_id, role) select person.id, home.id, 'owner' from person, home
    )
    insert into users (person_id, email, normal_form, password_hash, super_admin)
    select id, ${email}, ${normalForm}, ${passwordHash}, true from person`);
}
