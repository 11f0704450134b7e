import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import type { SqlRunner } from '../../database/index.js';
import type { Attributes, EmailState, MembershipState, PersonState, PhoneState } from './person-state.js';

interface PersonRow extends Attributes {
  readonly id: string;
  readonly external_ref: string | null;
  readonly created_by_id: string | null;
  readonly created_by_client_id: string | null;
  readonly has_login: boolean;
  readonly assigned_to_actor: boolean;
  readonly emails: readonly EmailState[] | null;
  readonly phones: readonly PhoneState[] | null;
  readonly memberships: readonly MembershipState[] | null;
}

/** The people who fulfil `search` (a condition on `p`) with what the rules look at, in one statement. */
export async function loadPeople(tx: SqlRunner, search: Sql, actor: Actor): Promise<PersonState[]> {
  const rows = await tx.query<PersonRow>(sql`
    select p.id, p.first_name, p.middle_name, p.last_name, p.gender, p.birth_date::text as birth_date,
      p.external_ref, p.created_by_id, p.created_by_client_id,
      exists (select from users u where u.person_id = p.id) as has_login,
      exists (select from contact_assignments a
        where a.person_id = p.id and a.assigned_to_id = ${actor.personId}::bigint) as assigned_to_actor,
      (select json_agg(json_build_object('id', e.id::text, 'email', e.email, 'normalForm', e.normal_form,
          'primary', e.is_primary) order by e.id)
        from email_addresses e where e.person_id = p.id) as emails,
      (select json_agg(json_build_object('id', n.id::text, 'number', n.number, 'e164', n.e164,
          'normalForm', n.normal_form, 'location', n.location, 'extension', n.extension,
          'primary', n.is_primary) order by n.id)
        from phone_numbers n where n.person_id = p.id) as phones,
      (select json_agg(json_build_object('id', m.id::text, 'groupId', m.group_id::text, 'role', m.role,
          'externalRef', m.external_ref, 'archivedAt', m.archived_at::text) order by m.id)
        from group_memberships m where m.person_id = p.id) as memberships
    from people p where ${search}`);
  return rows.map(toState);
}

const toState = (row: PersonRow): PersonState => ({
  id: row.id,
  attributes: {
    first_name: row.first_name,
    middle_name: row.middle_name,
    last_name: row.last_name,
    gender: row.gender,
    birth_date: row.birth_date,
  },
  externalRef: row.external_ref,
  createdById: row.created_by_id,
  createdByClientId: row.created_by_client_id,
  hasLogin: row.has_login,
  assignedToActor: row.assigned_to_actor,
  emails: row.emails ?? [],
  phones: row.phones ?? [],
  memberships: row.memberships ?? [],
});
