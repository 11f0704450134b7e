import { createHmac } from 'node:crypto';

/** The one who asks: an administrator of the group above all others, not a super admin. */
export const READER = { person: 1, user: 1, session: 1 };
export const JWT_SECRET = 'the benchmark signs its tokens with this';
/** Groups 2 to 11, below group 1; people of the world are in one of the first nine. */
export const GROUPS = 10;
/** Where new people are put, so that pages of the others stay as they are. */
export const INBOX = 11;

const FIRST =
  'Ada Ben Cleo Dan Eva Finn Grace Hugo Ida Jon Kim Lea Max Nina Otto Pia Quinn Rosa Sam Tess'.split(' ');
const BEGIN =
  'Ander Berg Carl Dahl Eng Falk Gran Holm Ing Jern Klin Lind Mar Nor Oster Palm Ros Sten Thor Vik'.split(
    ' ',
  );
const MIDDLE = 'a e i o stro qui wel bra mun tre'.split(' ');
const END = 'berg dahl feld gren holt ling mark nas rup son'.split(' ');

const array = (words) => `array['${words.join("','")}']`;
const pick = (words, number) => `(${array(words)})[1 + (${number}) % ${words.length}]`;

/** SQL that fills an empty, migrated database; person `i + 1` is the `i`th of the world. */
export const seed = (people) => `
  insert into people (first_name, last_name) values ('Reader', 'Of All');
  insert into groups (name) values ('All');
  insert into groups (name, external_ref, parent_id) select 'Group ' || i, 'G-' || i, 1 from generate_series(1, ${GROUPS}) i;
  insert into group_memberships (person_id, group_id, role) values (1, 1, 'admin');
  insert into users (person_id, email, normal_form, password_hash)
    values (1, 'reader@example.org', 'reader@example.org', 'signs in with a token only');
  insert into sessions (user_id, expires_at) values (1, now() + interval '30 days');
  insert into people (first_name, middle_name, last_name, gender, birth_date, created_by_id)
    select ${pick(FIRST, 'i * 7')}, case when i % 3 = 0 then ${pick(FIRST, 'i * 11 + 5')} end,
      ${pick(BEGIN, 'i * 13')} || ${pick(MIDDLE, 'i / 20')} || ${pick(END, 'i / 200')},
      (array['female', 'male', null])[1 + i % 3], date '1950-01-01' + i % 20000, 1
    from generate_series(1, ${people}) i;
  insert into email_addresses (person_id, email, normal_form, is_primary)
    select i + 1, 'person' || i || '@example.org', 'person' || i || '@example.org', true from generate_series(1, ${people}) i;
  insert into phone_numbers (person_id, number, e164, normal_form, is_primary)
    select i + 1, n, n, n, true
    from generate_series(1, ${people}) i, lateral (select '+1415' || 2000000 + i as n) number;
  insert into group_memberships (person_id, group_id, external_ref)
    select i + 1, 2 + i % ${GROUPS - 1}, 'E-' || i from generate_series(1, ${people}) i;
  insert into contact_assignments (assigned_to_id, person_id, group_id, assigned_by_id)
    select 2 + i % 50, i + 1, 2 + i % ${GROUPS - 1}, 1 from generate_series(100, ${people}, 10) i;
  insert into person_changes (person_id, actor_id, action, before, after, request_id)
    select i + 1, 1, 'created', '{"first_name": null}', '{"first_name": "Ada"}', 'seed' from generate_series(1, ${people}) i;
`;

/** A token of the reader. */
export function tokenOfReader() {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const claims = { user_id: `${READER.user}`, sid: `${READER.session}`, iat, exp: iat + 172_800 };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}

/** The names of person `i` of the world. */
export const nameOf = (i) => ({
  first_name: FIRST[(i * 7) % 20],
  last_name: `${BEGIN[(i * 13) % 20]}${MIDDLE[Math.floor(i / 20) % 10]}${END[Math.floor(i / 200) % 10]}`,
});

/** The last name of a person of the world, a letter lost. */
export const misspelledName = (i) => nameOf(i).last_name.replace(/^(....)./, '$1');
