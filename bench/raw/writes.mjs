import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { document, person } from './documents.mjs';
import * as statements from './statements.mjs';

const POLICY = { conflicting_ref: 'by_name', name_guard: false };

const bucketOf = (key) => createHash('sha1').update(key).digest().readUInt32BE() % 1024;
const emailForm = (text) => text.trim().normalize('NFKC').toLowerCase();
const phoneForm = (text) => parsePhoneNumberFromString(text, 'US')?.number;

function entryOf({
  external_ref: ref = null,
  email_address,
  phone_number,
  first_name,
  last_name,
  group_ids,
}) {
  const email = emailForm(email_address);
  return {
    ref,
    email,
    phone: phoneForm(phone_number),
    first_name,
    last_name,
    groupId: group_ids[0],
    group_ids,
  };
}

/** `POST /people`: locked by its keys, found, written, read as it is then; one transaction. */
export async function post(ask, { groups, personId }, { data, included }, requestId) {
  const entry = entryOf({
    ...data.attributes,
    email_address: included.find(({ type }) => type === 'email_address').attributes.email,
    phone_number: included.find(({ type }) => type === 'phone_number').attributes.number,
    group_ids: data.relationships.groups.data.map(({ id }) => id),
  });
  await ask('begin');
  try {
    const [{ id, match }] = await write(ask, groups, personId, [entry], requestId);
    const [row] = await ask(statements.ONE, [groups, personId, id]);
    await ask('commit');
    const { warnings, policy, ...rest } = match;
    const meta = { match: { ...rest, warnings, policy } };
    return [
      match.outcome === 'created' ? 201 : 200,
      document(`/apis/v4/people/${id}`, person(row), { meta }),
    ];
  } catch (error) {
    await ask('rollback');
    throw error;
  }
}

/** `POST /persons/multiple`: the same for many, by as many statements. */
export async function batch(ask, { groups, personId }, { persons }, requestId) {
  const entries = persons.map(entryOf);
  await ask('begin');
  try {
    const written = await write(ask, groups, personId, entries, requestId);
    await ask('commit');
    return { success: true, persons: written.map((one, i) => flat(entries[i], one)) };
  } catch (error) {
    await ask('rollback');
    throw error;
  }
}

async function write(ask, groups, personId, entries, requestId) {
  const keys = entries.flatMap(({ ref, email, phone }) => [
    ...(ref ? [`ref:${ref}`] : []),
    `email:${email}`,
    `phone:${phone}`,
  ]);
  await ask(statements.LOCK, [[...new Set(keys.map(bucketOf))].sort((a, b) => a - b)]);
  const candidates = await ask(statements.CANDIDATES, [
    ...[groups, personId, entries.flatMap(({ ref }) => ref ?? [])],
    ...[entries.map(({ email }) => email), entries.map(({ phone }) => phone)],
  ]);
  const find = index(candidates);
  const found = entries.map(find);
  const made = entries.filter((_, i) => !found[i]);
  const column = (name) => made.map((entry) => entry[name] ?? null);
  const ids =
    made.length === 0
      ? []
      : await ask(statements.INSERT, [
          ...['first_name', 'last_name', 'email', 'phone', 'ref', 'groupId'].map(column),
          ...[personId, requestId],
        ]);
  const changed = entries.flatMap((entry, i) =>
    found[i] && found[i].person.last_name !== entry.last_name ? [[found[i].person, entry.last_name]] : [],
  );
  if (changed.length > 0)
    await ask(statements.UPDATE, [
      ...[
        changed.map(([{ id }]) => id),
        changed.map(([, name]) => name),
        changed.map(([one]) => one.last_name),
      ],
      ...[personId, requestId],
    ]);
  let next = 0;
  return entries.map((entry, i) => (found[i] ? updated(entry, found[i]) : created(entry, ids[next++].id)));
}

/** By reference in the group, else by e-mail and phone of somebody in it. */
function index(candidates) {
  const by = new Map();
  for (const person of candidates) {
    const refs = new Map(person.memberships.map((text) => text.split('=')));
    const known = { person, refs };
    for (const email of person.emails) by.set(`email:${email}`, known);
    for (const phone of person.phones) by.set(`phone:${phone}`, known);
    for (const [groupId, ref] of refs) if (ref) by.set(`ref:${groupId}:${ref}`, known);
  }
  return ({ ref, email, phone, groupId }) => {
    const inGroup = (known) => (known?.refs.has(groupId) ? known : undefined);
    const [byRef, byEmail, byPhone] = [
      by.get(`ref:${groupId}:${ref}`),
      inGroup(by.get(`email:${email}`)),
      inGroup(by.get(`phone:${phone}`)),
    ];
    const known = byRef ?? byEmail ?? byPhone;
    if (!known) return undefined;
    const matched = [
      ...(byRef === known ? ['external_ref'] : []),
      ...(byEmail === known ? ['email_address'] : []),
      ...(byPhone === known ? ['phone_number'] : []),
    ];
    return { ...known, matched, by: byRef ? 'external_ref' : matched.join('+') };
  };
}

const keysOf = ({ ref, email, phone }) => ({
  ...{ external_ref: ref, email_addresses: [email], phone_numbers: [phone] },
});

const created = (entry, id) => ({
  id,
  stored: {
    first_name: entry.first_name,
    middle_name: null,
    last_name: entry.last_name,
    gender: null,
    birth_date: null,
  },
  match: {
    ...{ outcome: 'created', matched_by: null, keys: keysOf(entry), candidates: [] },
    changes: {
      first_name: [null, entry.first_name],
      last_name: [null, entry.last_name],
      ...(entry.ref && { external_ref: [null, entry.ref] }),
      email_addresses: [[], [entry.email]],
      phone_numbers: [[], [entry.phone]],
      group_memberships: [{}, { [entry.groupId]: 'contact' }],
    },
    ...{ groups_added: [entry.groupId], skipped_groups: [], warnings: [], policy: POLICY },
  },
});

function updated(entry, { person: { id, ...was }, matched, by }) {
  const isSame = was.last_name === entry.last_name;
  const { first_name, middle_name, gender, birth_date } = was;
  return {
    id,
    stored: { first_name, middle_name, last_name: entry.last_name, gender, birth_date },
    match: {
      ...{ outcome: isSame ? 'unchanged' : 'updated', matched_by: by, keys: keysOf(entry) },
      candidates: [{ id, matched_by: matched, taken: true, reason: null }],
      changes: isSame ? {} : { last_name: [was.last_name, entry.last_name] },
      ...{ groups_added: [], skipped_groups: [], warnings: [], policy: POLICY },
    },
  };
}

function flat(entry, { id, stored, match: { outcome, warnings, ...match } }) {
  return {
    identifier: id,
    ...stored,
    ...{
      external_ref: entry.ref,
      email_address: entry.email,
      phone_number: entry.phone,
      group_ids: entry.group_ids,
    },
    ...{ success: true, failure_reason: '', failure_code: null, outcome, ...match, warnings },
  };
}
