import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import { together, type SqlRunner } from '../../database/index.js';
import { ATTRIBUTES } from './entry.js';
import type { Attributes, EmailState, MembershipState, PersonState, PhoneState } from './person-state.js';

interface PersonRow extends Attributes {
  readonly id: string;
  readonly external_ref: string | null;
  readonly created_by_id: string | null;
  readonly created_by_client_id: string | null;
  readonly has_login: boolean;
  readonly assigned_to_actor: boolean;
}

type OfPerson<T> = T & { readonly personId: string };

/** The people who fulfil `search` (a condition on `p`) with what the rules look at: four statements, or one for nobody. */
export async function loadPeople(tx: SqlRunner, search: Sql, actor: Actor): Promise<PersonState[]> {
  const rows = await tx.query<PersonRow>(sql`
    select p.id, p.first_name, p.middle_name, p.last_name, p.gender, p.birth_date::text as birth_date,
      p.external_ref, p.created_by_id, p.created_by_client_id,
      exists (select from users u where u.person_id = p.id) as has_login,
      exists (select from contact_assignments a
        where a.person_id = p.id and a.assigned_to_id = ${actor.personId}::bigint) as assigned_to_actor
    from people p where ${search}`);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [ofEmails, ofPhones, ofMemberships] = await together(
    loadEmails(tx, ids),
    loadPhones(tx, ids),
    loadMemberships(tx, ids),
  );
  const [emails, phones, memberships] = [byPerson(ofEmails), byPerson(ofPhones), byPerson(ofMemberships)];
  return rows.map((row) => ({
    id: row.id,
    attributes: attributesOf(row),
    externalRef: row.external_ref,
    createdById: row.created_by_id,
    createdByClientId: row.created_by_client_id,
    hasLogin: row.has_login,
    assignedToActor: row.assigned_to_actor,
    emails: emails.get(row.id) ?? [],
    phones: phones.get(row.id) ?? [],
    memberships: memberships.get(row.id) ?? [],
  }));
}

const attributesOf = (row: Attributes): Attributes =>
  Object.fromEntries(ATTRIBUTES.map((name) => [name, row[name]])) as Attributes;

const loadEmails = (tx: SqlRunner, ids: readonly string[]): Promise<OfPerson<EmailState>[]> =>
  tx.query(sql`
    select id, person_id as "personId", email, normal_form as "normalForm", is_primary as "primary"
    from email_addresses where person_id = any(${ids}::bigint[]) order by id`);

const loadPhones = (tx: SqlRunner, ids: readonly string[]): Promise<OfPerson<PhoneState>[]> =>
  tx.query(sql`
    select id, person_id as "personId", number, e164, normal_form as "normalForm", location, extension,
      is_primary as "primary"
    from phone_numbers where person_id = any(${ids}::bigint[]) order by id`);

const loadMemberships = (tx: SqlRunner, ids: readonly string[]): Promise<OfPerson<MembershipState>[]> =>
  tx.query(sql`
    select id, person_id as "personId", group_id as "groupId", role, external_ref as "externalRef",
      archived_at::text as "archivedAt"
    from group_memberships where person_id = any(${ids}::bigint[]) order by id`);

function byPerson<T extends object>(rows: readonly OfPerson<T>[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const { personId, ...row } of rows) {
    const list = grouped.get(personId) ?? [];
    list.push(row as unknown as T);
    grouped.set(personId, list);
  }
  return grouped;
}
