import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import { isNewId } from './person-state.js';
import type { PlannedRows } from './row-changes.js';

/** The id in the database of a row that may have been made just now. */
export type RealId = (id: string) => string;

/**
 * Takes the ids of all new rows beforehand, in one statement: the history names rows by their ids, and the order in
 * which `insert ... returning` answers is nobody's promise.
 */
export async function allocateIds(tx: SqlRunner, rows: PlannedRows): Promise<RealId> {
  const kinds = [
    rows.newPeople,
    rows.emails.inserted,
    rows.phones.inserted,
    rows.memberships.inserted,
    rows.assignments,
  ];
  if (kinds.every(({ length }) => length === 0)) return (id) => id;
  const taken = await tx.query<{ id: string }>(sql`
    select nextval(wanted.sequence) as id
    from (
      select pg_get_serial_sequence("table", 'id')::regclass as sequence, count, position
      from unnest(
        array['people', 'email_addresses', 'phone_numbers', 'group_memberships', 'contact_assignments'],
        ${kinds.map(({ length }) => length)}::int[]) with ordinality as kind("table", count, position)
      offset 0) as wanted, generate_series(1, wanted.count)
    order by wanted.position, id`);
  const made = kinds.flat().map(({ id }) => id);
  const real = new Map(made.map((id, index) => [id, taken[index]?.id ?? id]));
  return (id) => (isNewId(id) ? (real.get(id) ?? id) : id);
}
