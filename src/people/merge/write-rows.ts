import sql from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import type { Transaction } from '../../database/index.js';
import type { RealId } from './allocate-ids.js';
import { ATTRIBUTES } from './entry.js';
import type { PersonState } from './person-state.js';
import type { PlannedRows } from './row-changes.js';
import { writeEmails, writeMemberships, writePhones } from './write-children.js';

/**
 * Writes the rows, a bounded number of statements however many they are; none for what does not change. The people are
 * first: the others point at them, and must not count as a change of their own to whom this writes anyway.
 */
export function writeRows(tx: Transaction, rows: PlannedRows, real: RealId, actor: Actor): void {
  insertPeople(tx, rows.newPeople, real);
  updatePeople(tx, rows.changedPeople);
  writeEmails(tx, rows.emails, real);
  writePhones(tx, rows.phones, real);
  writeMemberships(tx, rows, real);
  insertAssignments(tx, rows, real, actor);
}

/** The values of each attribute, in the order of {@link ATTRIBUTES}, and the reference. */
const columnsOf = (people: readonly PersonState[]): (string | null)[][] => [
  ...ATTRIBUTES.map((name) => people.map(({ attributes }) => attributes[name])),
  people.map(({ externalRef }) => externalRef),
];

function insertPeople(tx: Transaction, people: readonly PersonState[], real: RealId): void {
  if (people.length === 0) return;
  const [first, middle, last, gender, birth, ref] = columnsOf(people);
  tx.send(sql`
    insert into people (id, first_name, middle_name, last_name, gender, birth_date, external_ref, created_by_id,
      created_by_client_id)
    overriding system value
    select * from unnest(${people.map(({ id }) => real(id))}::bigint[], ${first}::text[], ${middle}::text[],
      ${last}::text[], ${gender}::text[], ${birth}::date[], ${ref}::text[],
      ${people.map(({ createdById }) => createdById)}::bigint[],
      ${people.map(({ createdByClientId = null }) => createdByClientId)}::bigint[])`);
}

/** Also of whom only a child changes: with this row her version grows. */
function updatePeople(tx: Transaction, people: readonly PersonState[]): void {
  if (people.length === 0) return;
  const [first, middle, last, gender, birth, ref] = columnsOf(people);
  tx.send(sql`
    update people p
    set first_name = n.first_name, middle_name = n.middle_name, last_name = n.last_name, gender = n.gender,
      birth_date = n.birth_date, external_ref = n.external_ref
    from unnest(${people.map(({ id }) => id)}::bigint[], ${first}::text[], ${middle}::text[], ${last}::text[],
      ${gender}::text[], ${birth}::date[], ${ref}::text[])
      as n(id, first_name, middle_name, last_name, gender, birth_date, external_ref)
    where p.id = n.id`);
}

function insertAssignments(tx: Transaction, { assignments }: PlannedRows, real: RealId, actor: Actor): void {
  if (assignments.length === 0) return;
  tx.send(sql`
    insert into contact_assignments (id, assigned_to_id, person_id, group_id, note, assigned_by_id,
      assigned_by_client_id)
    overriding system value
    select n.*, ${actor.personId}::bigint, ${actor.clientId ?? null}::bigint from unnest(${assignments.map(({ id }) => real(id))}::bigint[],
      ${assignments.map(({ assignedToId }) => real(assignedToId))}::bigint[],
      ${assignments.map(({ personId }) => real(personId))}::bigint[],
      ${assignments.map(({ groupId }) => groupId)}::bigint[],
      ${assignments.map(({ note }) => note)}::text[]) as n
    on conflict do nothing`);
}
