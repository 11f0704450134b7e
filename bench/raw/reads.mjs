import { listInOrder } from '../../dist/src/jsonapi/query/parse-page.js';
import { readCursor, writeCursor } from '../../dist/src/jsonapi/query/cursor.js';
import {
  bare,
  document,
  emailAddress,
  encoded,
  groupMembership,
  page,
  person,
  phoneNumber,
} from './documents.mjs';
import * as statements from './statements.mjs';

const PATH = '/apis/v4/people';

/** @param ask runs a named statement @param actor `{groups, personId}` */
export async function one(ask, { groups, personId }, id) {
  const [row] = await ask(statements.ONE, [groups, personId, id]);
  return document(`${PATH}/${id}`, person(row));
}

/** A page of a group, with e-mails, phones and memberships: one statement for each kind of row. */
export async function pageOfGroup(ask, { groups, personId }, query, groupId, size) {
  const rows = await ask(statements.PAGE, [groups, personId, groupId, size + 1, 0]);
  const shown = rows.slice(0, size);
  const ids = shown.map(({ id }) => id);
  const emails = await ask(statements.EMAILS_OF, [ids]);
  const phones = await ask(statements.PHONES_OF, [ids]);
  const memberships = await ask(statements.MEMBERSHIPS_OF, [ids, groups, personId]);
  const of = {
    email_addresses: linkage('email_address', emails),
    phone_numbers: linkage('phone_number', phones),
    group_memberships: linkage('group_membership', memberships),
  };
  const data = shown.map((row) =>
    person(row, {
      email_addresses: of.email_addresses.get(row.id) ?? [],
      phone_numbers: of.phone_numbers.get(row.id) ?? [],
      group_memberships: of.group_memberships.get(row.id) ?? [],
    }),
  );
  const included = [
    ...emails.map(emailAddress),
    ...phones.map(phoneNumber),
    ...memberships.map(groupMembership),
  ];
  return page(PATH, query, data, { size, more: rows.length > size, included });
}

function linkage(type, rows) {
  const ends = new Map();
  for (const { id, person_id } of rows) {
    const own = ends.get(person_id);
    if (own) own.push({ type, id });
    else ends.set(person_id, [{ type, id }]);
  }
  return ends;
}

export async function sparse(ask, { groups, personId }, query, size) {
  const rows = await ask(statements.SPARSE, [groups, personId, size + 1, 0]);
  const data = rows.slice(0, size).map(({ id, ...attributes }) => bare('person', 'people', id, attributes));
  return page(PATH, query, data, { size, more: rows.length > size });
}

export async function search(ask, { groups, personId }, query, word, size) {
  const rows = await ask(statements.SEARCH, [groups, personId, word, `%${word}%`, size + 1]);
  const data = rows.slice(0, size).map(({ id, full_name }) => bare('person', 'people', id, { full_name }));
  return page(PATH, query, data, { size, more: rows.length > size });
}

const term = (field, type) => ({ path: [], field, type, descending: false });
const LIST = listInOrder('people', [
  term('last_name', 'string'),
  term('first_name', 'string'),
  term('id', 'id'),
]);
const cursorOf = (row) =>
  writeCursor(LIST, { values: [row.last_name, row.first_name, row.id], inclusive: false });

/** Pages by cursor, by last and first names. */
export async function walk(ask, { groups, personId }, sent, after, size) {
  const place = after && readCursor(LIST, after, ['string', 'string', 'id']);
  const rows = place
    ? await ask(statements.WALK_ON, [groups, personId, size + 1, ...place.values])
    : await ask(statements.WALK_FIRST, [groups, personId, size + 1]);
  const shown = rows.slice(0, size);
  const base = `${PATH}?sort=last_name,first_name`;
  const at = (key, row) => `${base}&${encoded(`page[${key}]=${cursorOf(row)}&page[size]=${size}`)}`;
  return {
    jsonapi: { version: '1.1' },
    links: {
      self: { href: `${PATH}?${encoded(sent)}`, type: PROFILED },
      first: `${base}&${encoded(`page[size]=${size}`)}`,
      prev: place ? at('before', shown[0]) : null,
      next: rows.length > size ? at('after', shown.at(-1)) : null,
    },
    data: shown.map((row) => ({ ...person(row), meta: { page: { cursor: cursorOf(row) } } })),
  };
}

const PROFILED =
  'application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination"';
