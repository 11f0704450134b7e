/** The documents, member by member, as Kith shows them. */
const BASE = '/apis/v4';

const toMany = (self, name, data) => {
  const links = { self: `${self}/relationships/${name}`, related: `${self}/${name}` };
  return data === undefined ? { links } : { links, data };
};
const toOne = (self, name, type, id) => ({
  links: { self: `${self}/relationships/${name}`, related: `${self}/${name}` },
  data: id === null ? null : { type, id },
});

const iso = (date) => date && date.toISOString();

/** @param ends the linkage of the to-many relationships that are shown with theirs */
export function person(row, ends = {}) {
  const self = `${BASE}/people/${row.id}`;
  return {
    type: 'person',
    id: row.id,
    attributes: {
      first_name: row.first_name,
      middle_name: row.middle_name,
      last_name: row.last_name,
      full_name: row.full_name,
      gender: row.gender,
      birth_date: row.birth_date,
      external_ref: row.external_ref,
      primary_email_address: row.primary_email_address,
      primary_phone_number: row.primary_phone_number,
      created_at: iso(row.created_at),
      updated_at: iso(row.updated_at),
    },
    relationships: {
      email_addresses: toMany(self, 'email_addresses', ends.email_addresses),
      phone_numbers: toMany(self, 'phone_numbers', ends.phone_numbers),
      addresses: toMany(self, 'addresses'),
      group_memberships: toMany(self, 'group_memberships', ends.group_memberships),
      groups: toMany(self, 'groups'),
      contact_assignments: toMany(self, 'contact_assignments'),
      reverse_contact_assignments: toMany(self, 'reverse_contact_assignments'),
      user: toOne(self, 'user', 'user', row.user),
      created_by: toOne(self, 'created_by', 'person', row.created_by),
    },
    links: { self },
  };
}

export function emailAddress({ id, person_id, email, is_primary, created_at, updated_at }) {
  const self = `${BASE}/email_addresses/${id}`;
  const attributes = { email, primary: is_primary, created_at: iso(created_at), updated_at: iso(updated_at) };
  const relationships = { person: toOne(self, 'person', 'person', person_id) };
  return { type: 'email_address', id, attributes, relationships, links: { self } };
}

export function phoneNumber({ id, person_id, number, e164, location, extension, is_primary }) {
  const self = `${BASE}/phone_numbers/${id}`;
  const attributes = { number, e164, location, extension, primary: is_primary };
  const relationships = { person: toOne(self, 'person', 'person', person_id) };
  return { type: 'phone_number', id, attributes, relationships, links: { self } };
}

export function groupMembership({ id, person_id, group_id, ...row }) {
  const self = `${BASE}/group_memberships/${id}`;
  const attributes = {
    ...{ role: row.role, archived_at: iso(row.archived_at), external_ref: row.external_ref },
    ...{ created_at: iso(row.created_at), updated_at: iso(row.updated_at) },
  };
  const relationships = {
    person: toOne(self, 'person', 'person', person_id),
    group: toOne(self, 'group', 'group', group_id),
  };
  return { type: 'group_membership', id, attributes, relationships, links: { self } };
}

/** A resource with some attributes only. */
export const bare = (type, path, id, attributes) => ({
  ...{ type, id, attributes },
  links: { self: `${BASE}/${path}/${id}` },
});

export const document = (self, data, rest) => ({
  jsonapi: { version: '1.1' },
  links: { self },
  data,
  ...rest,
});

/** A query string as links have it. */
export const encoded = (query) => query.replaceAll('[', '%5B').replaceAll(']', '%5D');

/** A document with a page: one row more than it shows has been read. */
export function page(path, query, data, rest) {
  const others = query.filter(([name]) => !name.startsWith('page[')).map((pair) => pair.join('='));
  const at = (number) =>
    `${path}?${encoded([...others, `page[number]=${number}`, `page[size]=${rest.size}`].join('&'))}`;
  return {
    jsonapi: { version: '1.1' },
    links: {
      self: `${path}?${encoded(query.map((pair) => pair.join('=')).join('&'))}`,
      ...{ first: at(1), prev: null, next: rest.more ? at(2) : null },
    },
    data,
    ...(rest.included && { included: rest.included }),
  };
}
