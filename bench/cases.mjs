import { writeCursor } from '../dist/src/jsonapi/query/cursor.js';
import { listInOrder } from '../dist/src/jsonapi/query/parse-page.js';
import { request } from './load.mjs';
import { INBOX, misspelledName, nameOf } from './world.mjs';
import { settings } from './settings.mjs';

const PEOPLE = '/apis/v4/people';
const JSON_TYPE = 'application/json';
/** Lists by cursors are asked for by their profile. */
export const CURSORS =
  'application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination"';
const cycle = (requests) => (n) => requests[n % requests.length];
const range = (length, make) => Array.from({ length }, (_, i) => make(i));
const get = (path) => request('GET', path);

const someone = (i) => 2 + ((i * 7919) % settings.people);
const phoneOf = (i) => `+1415${2_000_000 + i}`;

/** A person document with an e-mail and a phone. */
const post = ({ first_name, last_name, email, phone, groupId }) =>
  request('POST', PEOPLE, {
    data: {
      type: 'person',
      attributes: { first_name, last_name },
      relationships: { groups: { data: [{ type: 'group', id: String(groupId) }] } },
    },
    included: [
      { type: 'email_address', attributes: { email } },
      { type: 'phone_number', attributes: { number: phone } },
    ],
  });

/** Numbers of new people never meet: not those of another round, another case, or the world. */
export const newPerson = (i) => ({
  ...{ first_name: 'New', last_name: `Comer ${i % 5000}`, groupId: INBOX },
  ...{ email: `new${i}@example.net`, phone: `+1628${2_000_000 + (i % 7_900_000)}` },
});

/** Person `i` of the world under another last name. */
const knownPerson = (i, name) => ({
  ...{ first_name: undefined, last_name: name, groupId: 2 + (i % 9) },
  ...{ email: `person${i}@example.org`, phone: phoneOf(i) },
});

/**
 * What is asked again and again, by some clients at once: the same of both sides.
 * `requests(round)` makes the bytes of the nth request; those of reads do not depend on the round.
 */
export const loads = [
  {
    name: 'empty',
    title: 'empty route, beside bare Fastify',
    target: 0.9,
    against: 'bare',
    requests: () => cycle([get('/healthz')]),
  },
  {
    name: 'one',
    title: 'one person',
    target: 0.65,
    requests: () => cycle(range(500, (i) => get(`${PEOPLE}/${someone(i)}`))),
  },
  {
    name: 'page',
    title: 'page of 25, three includes',
    target: 0.7,
    requests: () =>
      cycle(
        range(9, (i) =>
          get(
            `${PEOPLE}?filter[groups]=${2 + i}&include=email_addresses,phone_numbers,group_memberships&page[size]=25`,
          ),
        ),
      ),
  },
  {
    name: 'sparse',
    title: 'page of 25, three fields',
    requests: () =>
      cycle([
        get(
          `${PEOPLE}?fields[person]=first_name,last_name,primary_email_address&sort=last_name,first_name&page[size]=25`,
        ),
      ]),
  },
  {
    name: 'search',
    title: 'search, a letter lost',
    connections: 4,
    requests: () =>
      cycle(
        range(40, (i) =>
          get(`${PEOPLE}?filter[q]=${misspelledName(i * 97)}&fields[person]=full_name&page[size]=25`),
        ),
      ),
  },
  {
    name: 'walk',
    title: 'pages of 100 by cursor, at all depths',
    connections: 8,
    requests: async (_round, walk) => cycle((await walk()).map(get)),
  },
  {
    name: 'new',
    title: 'POST, new person',
    target: 0.55,
    writes: true,
    requests: (round) => (n) => post(newPerson(round * 1_000_000 + n)),
  },
  {
    name: 'matched',
    title: 'POST, known person changed',
    target: 0.55,
    writes: true,
    requests: (round) => (n) =>
      post(
        knownPerson(1 + (n % (settings.people - 1)), `Changed ${round} ${Math.floor(n / settings.people)}`),
      ),
  },
];

/** Entries of which one half is known and has another last name now. */
export const entriesOf = (size, round) =>
  range(size, (i) => {
    const known = i % 2 === 1;
    const number = known
      ? 1 + ((round * 7919 + i) % (settings.people - 1))
      : round * 100_000 + 50_000 + size + i;
    const { first_name, email, phone, groupId } = known ? knownPerson(number) : newPerson(number);
    return {
      external_ref: known ? `E-${number}` : `N-${number}`,
      ...{ email_address: email, phone_number: phone },
      ...(first_name && { first_name }),
      last_name: known ? `Batch ${round} of ${size}` : 'Comer',
      group_ids: [String(groupId)],
    };
  });

export const isKnown = ({ external_ref: ref }) => ref.startsWith('E-');

export const batch = (entries) => request('POST', '/persons/multiple', { persons: entries }, JSON_TYPE);

export const batches = [
  { name: 'batch-1000', title: 'batch of 1,000, half known', size: 1000, target: 0.5 },
  { name: 'batch-10000', title: 'batch of 10,000, half known', size: 10_000, target: 0.5 },
];

export const FIRST_SYNC = {
  name: 'first-sync',
  title: 'first sync, 6,000 people in batches of 1,000',
  batches: 6,
  size: 1000,
};

/** People `from` and the next of a first sync: none of them is of the world, or of another case. */
export const firstSyncBatch = (from, size) =>
  batch(
    range(size, (j) => {
      const n = from + j;
      const [email_address, phone_number] = [`sync${n}@example.net`, `+1650${2_000_000 + n}`];
      const group_ids = [String(2 + (n % 9))];
      return { external_ref: `S-${n}`, email_address, phone_number, ...nameOf(n), group_ids };
    }),
  );

const BY_NAME = `${PEOPLE}?sort=last_name,first_name&page[size]=100`;
const IN_ORDER = listInOrder('people', [
  { path: [], field: 'last_name', type: 'string', descending: false },
  { path: [], field: 'first_name', type: 'string', descending: false },
  { path: [], field: 'id', type: 'id', descending: false },
]);

/** The first 100 by last names, and those behind nine tenths of all names, however many people there are. */
export const firstPage = request('GET', BY_NAME, undefined, CURSORS);
export const deepPage = request(
  'GET',
  `${BY_NAME}&page[after]=${writeCursor(IN_ORDER, { values: ['Thor', 'A', '1'], inclusive: false })}`,
  undefined,
  CURSORS,
);
