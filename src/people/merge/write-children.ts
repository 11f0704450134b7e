import sql, { type Sql } from 'sql-template-tag';
import type { Transaction } from '../../database/index.js';
import type { RealId } from './allocate-ids.js';
import type { EmailState, MembershipState, PhoneState } from './person-state.js';
import type { Owned, PlannedRows, RowChanges } from './row-changes.js';

const EMAILS = sql`email_addresses`;
const PHONES = sql`phone_numbers`;

/** One list per member: `unnest` makes rows of them. */
const column = <T, K extends keyof T>(rows: readonly T[], name: K): T[K][] => rows.map((row) => row[name]);

export function writeEmails(tx: Transaction, rows: RowChanges<EmailState>, real: RealId): void {
  makeRoom(tx, EMAILS, rows);
  const { updated, inserted } = rows;
  if (updated.length > 0)
    tx.send(sql`
      update email_addresses c set email = n.email, normal_form = n.normal_form, is_primary = n.is_primary
      from unnest(${column(updated, 'id')}::bigint[], ${column(updated, 'email')}::text[],
        ${column(updated, 'normalForm')}::text[], ${column(updated, 'primary')}::boolean[])
        as n(id, email, normal_form, is_primary)
      where c.id = n.id`);
  if (inserted.length > 0)
    tx.send(sql`
      insert into email_addresses (id, person_id, email, normal_form, is_primary) overriding system value
      select * from unnest(${realIds(inserted, 'id', real)}::bigint[], ${realIds(inserted, 'personId', real)}::bigint[],
        ${column(inserted, 'email')}::text[], ${column(inserted, 'normalForm')}::text[],
        ${column(inserted, 'primary')}::boolean[])`);
}

export function writePhones(tx: Transaction, rows: RowChanges<PhoneState>, real: RealId): void {
  makeRoom(tx, PHONES, rows);
  const { updated, inserted } = rows;
  if (updated.length > 0)
    tx.send(sql`
      update phone_numbers c set number = n.number, e164 = n.e164, normal_form = n.normal_form, location = n.location,
        extension = n.extension, is_primary = n.is_primary
      from unnest(${column(updated, 'id')}::bigint[], ${phoneColumns(updated)})
        as n(id, number, e164, normal_form, location, extension, is_primary)
      where c.id = n.id`);
  if (inserted.length > 0)
    tx.send(sql`
      insert into phone_numbers
        (id, person_id, number, e164, normal_form, location, extension, is_primary) overriding system value
      select * from unnest(${realIds(inserted, 'id', real)}::bigint[], ${realIds(inserted, 'personId', real)}::bigint[],
        ${phoneColumns(inserted)})`);
}

const phoneColumns = (rows: readonly PhoneState[]): Sql => sql`
  ${column(rows, 'number')}::text[], ${column(rows, 'e164')}::text[], ${column(rows, 'normalForm')}::text[],
  ${column(rows, 'location')}::text[], ${column(rows, 'extension')}::text[], ${column(rows, 'primary')}::boolean[]`;

const realIds = <T extends Owned<{ readonly id: string }>>(
  rows: readonly T[],
  name: 'id' | 'personId',
  real: RealId,
): string[] => rows.map((row) => real(row[name]));

/** Two primary ones at a time are against the database's constraint, even for the length of a statement. */
function makeRoom(tx: Transaction, table: Sql, rows: RowChanges<EmailState | PhoneState>): void {
  if (rows.removedIds.length > 0)
    tx.send(sql`delete from ${table} where id = any(${rows.removedIds}::bigint[])`);
  const promoted = [...rows.updated, ...rows.inserted].some(({ primary }) => primary);
  const demoted = rows.updated.filter(({ primary }) => !primary).map(({ id }) => id);
  if (promoted && demoted.length > 0)
    tx.send(sql`update ${table} set is_primary = false where id = any(${demoted}::bigint[]) and is_primary`);
}

export function writeMemberships(
  tx: Transaction,
  { memberships: { inserted, updated, removedIds }, releasedIds }: PlannedRows,
  real: RealId,
): void {
  if (removedIds.length > 0)
    tx.send(sql`delete from group_memberships where id = any(${removedIds}::bigint[])`);
  if (releasedIds.length > 0)
    tx.send(sql`update group_memberships set external_ref = null where id = any(${releasedIds}::bigint[])`);
  if (updated.length > 0)
    tx.send(sql`
      update group_memberships c
      set role = n.role, external_ref = n.external_ref, archived_at = n.archived_at
      from unnest(${column(updated, 'id')}::bigint[], ${membershipColumns(updated)})
        as n(id, role, external_ref, archived_at)
      where c.id = n.id`);
  if (inserted.length > 0)
    tx.send(sql`
      insert into group_memberships
        (id, person_id, group_id, role, external_ref, archived_at) overriding system value
      select * from unnest(${realIds(inserted, 'id', real)}::bigint[], ${realIds(inserted, 'personId', real)}::bigint[],
        ${column(inserted, 'groupId')}::bigint[], ${membershipColumns(inserted)})`);
}

const membershipColumns = (rows: readonly MembershipState[]): Sql => sql`
  ${column(rows, 'role')}::text[], ${column(rows, 'externalRef')}::text[],
  ${column(rows, 'archivedAt')}::timestamptz[]`;
