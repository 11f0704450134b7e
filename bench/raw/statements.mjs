/**
 * SQL as somebody writes it by hand who knows the question: for the rights of a user of some groups (`$1`: the ids, `$2`:
 * the person), without a thought for anything else that could be asked.
 */
const named = (name, text) => ({ name, text });

/** Who asks, with the groups of the moment. */
export const ACTOR = named(
  'actor',
  `with recursive asking as (
    select u.id as user_id, u.person_id, s.last_used_at < now() - interval '60 seconds' as touch_due
    from sessions s join users u on u.id = s.user_id join people p on p.id = u.person_id
    where s.id = $1 and s.user_id = $2 and s.revoked_at is null and s.expires_at > now()
      and u.deactivated_at is null and p.deleted_at is null
  ), reach as (
    select m.group_id from asking join group_memberships m on m.person_id = asking.person_id
    where m.archived_at is null and m.role <> 'contact'
    union
    select g.id from reach join groups g on g.parent_id = reach.group_id
  )
  select *, array(select group_id from reach) as groups from asking`,
);

export const TOUCH = named(
  'touch',
  `update sessions set last_used_at = now(), expires_at = greatest(expires_at, now() + interval '172860 seconds')
   where id = $1 and last_used_at < now() - interval '60 seconds'`,
);

/** `offset 0`: asked of each row, not made a set of all. */
const readable = (p) => `${p}.deleted_at is null and (${p}.id = $2
  or exists (select from group_memberships m
    where m.person_id = ${p}.id and m.group_id = any($1::bigint[]) and m.archived_at is null offset 0)
  or exists (select from contact_assignments a where a.person_id = ${p}.id and a.assigned_to_id = $2 offset 0)
  or (${p}.created_by_id = $2
    and not exists (select from group_memberships m where m.person_id = ${p}.id and m.archived_at is null offset 0)))`;

const EMAIL = `(select e.email from email_addresses e where e.person_id = t.id and e.is_primary)`;
const PHONE = `(select e.number from phone_numbers e where e.person_id = t.id and e.is_primary)`;
const FULL_NAME = `nullif(concat_ws(' ', t.first_name, t.middle_name, t.last_name), '')`;

const PERSON = `t.id, t.version, t.first_name, t.middle_name, t.last_name, ${FULL_NAME} as full_name, t.gender,
  t.birth_date::text as birth_date,
  coalesce((select m.external_ref from group_memberships m
    where m.person_id = t.id and m.external_ref is not null and m.archived_at is null
      and (m.group_id = any($1::bigint[]) or m.person_id = $2) order by m.id limit 1), t.external_ref) as external_ref,
  ${EMAIL} as primary_email_address, ${PHONE} as primary_phone_number, t.created_at, t.updated_at,
  (select u.id from users u where u.person_id = t.id and (u.person_id = $2
    or exists (select from group_memberships m where m.person_id = t.id and m.archived_at is null and m.group_id = any($1::bigint[])))) as "user",
  (select c.id from people c where c.id = t.created_by_id and ${readable('c')}) as created_by`;

export const ONE = named('one', `select ${PERSON} from people t where t.id = $3 and ${readable('t')}`);

export const PAGE = named(
  'page',
  `select ${PERSON} from people t where ${readable('t')}
     and exists (select from group_memberships g where g.person_id = t.id and g.group_id = $3 and g.archived_at is null)
     and $3 = any($1::bigint[])
   order by t.id limit $4 offset $5`,
);

const ids = `any($1::bigint[])`;
export const EMAILS_OF = named(
  'emails',
  `select id, person_id, email, is_primary, created_at, updated_at from email_addresses where person_id = ${ids} order by person_id, id`,
);
export const PHONES_OF = named(
  'phones',
  `select id, person_id, number, e164, location, extension, is_primary from phone_numbers where person_id = ${ids} order by person_id, id`,
);
export const MEMBERSHIPS_OF = named(
  'memberships',
  `select id, person_id, group_id, role, archived_at, external_ref, created_at, updated_at from group_memberships
   where person_id = ${ids} and (group_id = any($2::bigint[]) or person_id = $3) order by person_id, id`,
);

export const SPARSE = named(
  'sparse',
  `select t.id, t.first_name, t.last_name, ${EMAIL} as primary_email_address
   from people t where ${readable('t')}
   order by t.last_name collate "und-x-icu", t.first_name collate "und-x-icu", t.id limit $3 offset $4`,
);

export const SEARCH = named(
  'search',
  `select t.id, ${FULL_NAME} as full_name from people t
   where ${readable('t')} and t.id in (
     select id from people where first_name ilike $4 or first_name % $3
     union all select id from people where middle_name ilike $4 or middle_name % $3
     union all select id from people where last_name ilike $4 or last_name % $3
     union all select person_id from email_addresses where normal_form ilike $4 or normal_form % $3)
   order by t.id limit $5`,
);

const KEYS = `t.last_name collate "und-x-icu", t.first_name collate "und-x-icu", t.id`;
export const WALK_FIRST = named(
  'walk',
  `select ${PERSON} from people t where ${readable('t')} order by ${KEYS} limit $3`,
);
/** All of the world have names: a comparison of rows is one range of the index. */
export const WALK_ON = named(
  'walk-on',
  `select ${PERSON} from people t where ${readable('t')}
     and (t.last_name collate "und-x-icu", t.first_name collate "und-x-icu", t.id) > ($4, $5, $6)
   order by ${KEYS} limit $3`,
);

/** Writes: every key locked first, in one order. */
export const LOCK = named(
  'lock',
  `select count(pg_advisory_xact_lock(1, bucket)) from unnest($1::int[]) as bucket`,
);

/** $3, $4, $5: references, normal forms of e-mails and of phones. */
export const CANDIDATES = named(
  'candidates',
  `select p.id, p.first_name, p.middle_name, p.last_name, p.gender, p.birth_date::text as birth_date,
     array(select e.normal_form from email_addresses e where e.person_id = p.id order by e.is_primary desc, e.id) as emails,
     array(select n.normal_form from phone_numbers n where n.person_id = p.id order by n.is_primary desc, n.id) as phones,
     array(select m.group_id || '=' || coalesce(m.external_ref, '') from group_memberships m
       where m.person_id = p.id and m.archived_at is null order by m.id) as memberships
   from people p where p.id in (
     select person_id from email_addresses where normal_form = any($4::text[])
     union select person_id from phone_numbers where normal_form = any($5::text[])
     union select person_id from group_memberships where external_ref = any($3::text[]) and archived_at is null)
     and ${readable('p')}
   order by p.id for no key update of p`,
);

/** Everything of new people in one statement; the ids of their rows come from the sequences in the order of the entries. */
export const INSERT = named(
  'insert',
  `with entries as materialized (
     select nextval('people_id_seq') as id, n.* from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
       with ordinality as n(first_name, last_name, email, phone, ref, group_id, position)
   ), made as (
     insert into people (id, first_name, last_name, created_by_id) overriding system value
     select id, first_name, last_name, $7 from entries
   ), mails as (
     insert into email_addresses (person_id, email, normal_form, is_primary)
     select id, email, email, true from entries where email is not null returning id, person_id, email
   ), numbers as (
     insert into phone_numbers (person_id, number, e164, normal_form, is_primary)
     select id, phone, phone, phone, true from entries where phone is not null returning id, person_id, number
   ), members as (
     insert into group_memberships (person_id, group_id, external_ref)
     select id, group_id, ref from entries returning id, person_id, group_id, role, external_ref
   ), history as (
     insert into person_changes (person_id, actor_id, action, before, after, request_id)
     select e.id, $7, 'created', '{"first_name":null,"last_name":null,"email_addresses":[],"phone_numbers":[],"group_memberships":[]}',
       jsonb_build_object('first_name', e.first_name, 'last_name', e.last_name,
         'email_addresses', jsonb_build_array(jsonb_build_object('id', m.id::text, 'email', m.email, 'normal_form', m.email, 'primary', true)),
         'phone_numbers', jsonb_build_array(jsonb_build_object('id', n.id::text, 'number', n.number, 'e164', n.number,
           'normal_form', n.number, 'location', null, 'extension', null, 'primary', true)),
         'group_memberships', jsonb_build_array(jsonb_build_object('id', g.id::text, 'group_id', g.group_id::text, 'role', g.role,
           'external_ref', g.external_ref, 'archived_at', null))), $8
     from entries e left join mails m on m.person_id = e.id left join numbers n on n.person_id = e.id join members g on g.person_id = e.id
   )
   select id from entries order by position`,
);

/** The last names of people, with the history. */
export const UPDATE = named(
  'update',
  `with entries as materialized (
     select * from unnest($1::bigint[], $2::text[], $3::text[]) as n(id, last_name, was)
   ), changed as (
     update people p set last_name = e.last_name from entries e where p.id = e.id returning p.id
   )
   insert into person_changes (person_id, actor_id, action, before, after, request_id)
   select e.id, $4, 'updated', jsonb_build_object('last_name', e.was), jsonb_build_object('last_name', e.last_name), $5
   from entries e join changed on changed.id = e.id`,
);
