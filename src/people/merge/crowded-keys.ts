import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../../auth/index.js';
import type { SqlRunner } from '../../database/index.js';
import { readablePerson } from '../readable-person.js';
import { LIMITS } from './limits.js';
import type { NormalEntry } from './normal-entry.js';
import type { Scope } from './resolve-scope.js';

/** E-mails and phones that more people hold than a request looks at. */
export interface CrowdedKeys {
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

const NO_CROWDS: CrowdedKeys = { emails: [], phones: [] };

/** Which of the keys are crowded; reads no more holders than it takes to know. */
export async function crowdedAmong(tx: SqlRunner, { emails, phones }: CrowdedKeys): Promise<CrowdedKeys> {
  if (emails.length + phones.length === 0) return NO_CROWDS;
  const [crowds = NO_CROWDS] = await tx.query<CrowdedKeys>(sql`
    select
      array(select form from unnest(${emails}::text[]) as form where (select count(*) from (
        select from email_addresses where normal_form = form limit ${LIMITS.read + 1}) held) > ${LIMITS.read}) as emails,
      array(select form from unnest(${phones}::text[]) as form where (select count(*) from (
        select from phone_numbers where normal_form = form limit ${LIMITS.read + 1}) held) > ${LIMITS.read}) as phones`);
  return crowds;
}

/**
 * The ids of those of the crowds who can make a difference. Of each key: first the holders who are in the named groups,
 * known by no reference, without a first name, the oldest, as many as a request looks at; two of each first name that
 * an entry gives; two of those who agree in all names of an entry. So many are read and locked, however many hold it.
 */
export function fewOfCrowds(
  crowds: CrowdedKeys,
  entries: readonly NormalEntry[],
  scopes: readonly Scope[],
  actor: Actor,
): Sql {
  return sql`
    with named as materialized (${namesOf(crowds, entries)}),
    holders as materialized (${holdersOf(crowds, scopes, actor)}),
    ranked as (
      select key, person_id, first,
        row_number() over (partition by key order by here desc, bound, first is not null, person_id) as place,
        row_number() over (partition by key, first order by here desc, bound, person_id) as namesake
      from holders
    ),
    agreeing as (
      select person_id, row_number() over (partition by n order by here desc, person_id) as place
      from named n join holders h on h.key = n.key and h.first = n.first
      where (n.middle is null or name_form(h.middle_name) = n.middle)
        and (n.last is null or name_form(h.last_name) = n.last)
      union all
      select person_id, row_number() over (partition by n order by here desc, person_id)
      from named n join holders h on h.key = n.key and name_form(h.last_name) = n.last
      where n.first is null and (n.middle is null or name_form(h.middle_name) = n.middle)
    )
    select person_id from ranked
    where place <= ${LIMITS.read} or (namesake <= 2 and (key, first) in (select key, first from named))
    union all select person_id from agreeing where place <= 2`;
}

/** The names of the entries that are looked for by a crowded key, in the forms that are compared. */
function namesOf({ emails, phones }: CrowdedKeys, entries: readonly NormalEntry[]): Sql {
  const crowds = new Set([...emails, ...phones]);
  const names = entries.flatMap(({ keys, attributes }) =>
    [...keys.emails, ...keys.phones].filter((key) => crowds.has(key)).map((key) => ({ key, ...attributes })),
  );
  return sql`
    select distinct key, name_form(first) as first, name_form(middle) as middle, name_form(last) as last
    from unnest(${names.map(({ key }) => key)}::text[],
      ${names.map(({ first_name: name = null }) => name)}::text[],
      ${names.map(({ middle_name: name = null }) => name)}::text[],
      ${names.map(({ last_name: name = null }) => name)}::text[]) as n(key, first, middle, last)`;
}

/** Everybody of the crowds whom the actor may read, and whether she is `here`, where an entry looks, and `bound` to a reference. */
function holdersOf({ emails, phones }: CrowdedKeys, scopes: readonly Scope[], actor: Actor): Sql {
  const anywhere = scopes.some(({ named }) => !named);
  const groups = [...new Set(scopes.flatMap(({ targets }) => targets))];
  return sql`
    select c.normal_form as key, p.id as person_id, name_form(p.first_name) as first, p.middle_name, p.last_name,
      ${anywhere}::boolean or m.here is true as here, p.external_ref is not null or m.bound is true as bound
    from (
      select normal_form, person_id from email_addresses where normal_form = any(${emails}::text[])
      union all select normal_form, person_id from phone_numbers where normal_form = any(${phones}::text[])) c
    join people p on p.id = c.person_id
    cross join lateral (
      select bool_or(i.here) as here, bool_or(i.here and g.external_ref is not null) as bound
      from group_memberships g
      cross join lateral (select ${anywhere}::boolean or g.group_id = any(${groups}::bigint[]) as here) i
      where g.person_id = p.id and g.archived_at is null) m
    where ${readablePerson(actor, sql`p`)}`;
}
