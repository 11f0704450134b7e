import sql, { raw } from 'sql-template-tag';
import type { Database } from '../../src/database/index.js';
import { MADE, type Plan } from './world-plan.js';

const TABLES: readonly (keyof Plan)[] = [
  ...(['groups', 'people', 'users', 'email_addresses', 'phone_numbers', 'addresses'] as const),
  ...(['group_memberships', 'contact_assignments', 'person_changes', 'person_duplicates'] as const),
];

/** What a row has beyond what its plan says. */
const STORED: Partial<
  Record<
    keyof Plan,
    (row: { readonly id: number; readonly person_id: number; readonly group_id: number | null }) => object
  >
> = {
  users: ({ id }) => ({
    ...{ email: `zqu${id}z@example.org`, normal_form: `zqu${id}z@example.org`, password_hash: 'none' },
  }),
  email_addresses: ({ id }) => ({
    ...{ email: `zqe${id}z@example.org`, normal_form: `zqe${id}z@example.org`, is_primary: true },
  }),
  phone_numbers: ({ id }) => {
    const number = `+4520${String(id).padStart(6, '0')}`;
    return { number, e164: number, normal_form: number, is_primary: true };
  },
  addresses: ({ id }) => ({ address_type: 'current', city: `zqa${id}z` }),
  person_changes: () => ({ action: 'updated' }),
  person_duplicates: ({ id, person_id, group_id }) => ({
    ...{ kind: person_id === null ? 'held_entry' : 'pair', fingerprint: `plan ${id}` },
    evidence: { entry: `zqd${id}z`, group_ids: group_id === null ? [] : [String(group_id)] },
  }),
};
/** Rows that are made by requests have ids beyond those of any plan, the same in each world. */
const FIRST_OWN_ID = 100_000;

/** An API client, by its public name and its session. */
export const CLIENT = { clientName: 'kith-crawls', sessionId: '90000' };

/**
 * Makes the database this world and nothing else; every login has a session of the same id.
 * @param given memberships of the {@link CLIENT}
 */
export async function fillWorld(
  database: Database,
  plan: Plan,
  given: readonly number[] = [],
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(
      sql`truncate idempotency_keys, outbox_messages, one_time_links, sessions, api_clients cascade`,
    );
    await tx.query(sql`truncate ${raw(TABLES.join(', '))} cascade`);
    for (const table of TABLES) {
      const rows = plan[table].map((row) => ({
        ...{ created_at: MADE, ...(table !== 'person_changes' && { updated_at: MADE }) },
        ...STORED[table]?.(row as never),
        ...row,
      }));
      const [first] = rows;
      if (first) await insertAll(tx, table, Object.keys(first), rows);
      await tx.query(sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${FIRST_OWN_ID})`);
    }
    await insertAll(
      tx,
      'sessions',
      ['id', 'user_id', 'expires_at'],
      plan.users.map(({ id }) => ({
        ...{ id, user_id: id, expires_at: '2999-01-01T00:00:00Z' },
      })),
    );
    const [{ clientName, sessionId }, client] = [CLIENT, { api_client_id: 1 }];
    const named = { id: 1, name: 'Client', client_id: clientName, secret_hash: 'none' };
    await insertAll(tx, 'api_clients', Object.keys(named), [named]);
    const session = { id: sessionId, ...client, expires_at: '2999-01-01T00:00:00Z' };
    await insertAll(tx, 'sessions', Object.keys(session), [session]);
    await insertAll(
      tx,
      'api_client_memberships',
      ['api_client_id', 'group_membership_id'],
      given.map((id) => ({ ...client, group_membership_id: id })),
    );
  });
}

async function insertAll(
  tx: Pick<Database, 'query'>,
  table: string,
  columns: readonly string[],
  rows: readonly object[],
): Promise<void> {
  const names = raw(columns.join(', '));
  // An array of ids is an array there, and a text here.
  await tx.query(sql`
    insert into ${raw(table)} (${names}) overriding system value
    select ${names} from jsonb_populate_recordset(null::${raw(table)}, ${JSON.stringify(rows)}::jsonb)`);
}
