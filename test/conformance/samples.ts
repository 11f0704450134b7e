import type { Choir } from '../support/factories/choir.factory.js';
import { insert } from '../support/factories/insert.factory.js';
import type { Caller } from '../support/factories/world.factory.js';

type Fields = Readonly<Record<string, unknown>>;

/** A resource object of a request, without its type. */
export interface SampleData {
  readonly attributes?: Fields;
  readonly relationships?: Fields;
}

export interface SampleWorld extends Choir {
  /** The caller of the suite: a super admin. */
  readonly root: Caller;
}

/** What the suite has to know of a type beyond its definition. */
export interface Sample {
  /** A new row past the API, as bare as can be; its id. */
  row(w: SampleWorld, n: number): Promise<string>;
  /** What a POST may carry, another each time; missing: POST is 403. */
  create?(w: SampleWorld, n: number): Promise<SampleData> | SampleData;
  /** New resources that may come along in `included`, and the relationship that links each. */
  along?(n: number): { readonly name: string; readonly resource: { type: string; attributes: Fields } }[];
  /** Attributes that a PATCH may change, another value each time; missing: PATCH is 403. */
  update?(n: number): Fields;
  /** Attributes whose values are wrong, each of them. */
  readonly wrong?: Fields;
  /** To-ones that may be changed, but not cleared. */
  readonly keeps?: readonly string[];
  /** What only the answer to POST shows; null afterwards. */
  readonly once?: Fields;
  /** Whether DELETE is possible. */
  readonly remove?: boolean;
}

/** A person whom her group knows by a reference, so that she stays known whatever else is taken from her. */
async function known({ world, choir }: SampleWorld, n: number): Promise<string> {
  const personId = await world.person(`Known ${n}`);
  await world.member(personId, choir, 'contact', { external_ref: `ref ${n}` });
  return personId;
}

/** Every registered type has one; a type without fails the suite, saying so. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  person: {
    row: ({ world, choir }, n) => world.contact(`Person ${n}`, choir),
    create: ({ choir }, n) => ({
      attributes: { first_name: `New ${n}`, last_name: 'Person', birth_date: '1999-12-31' },
      relationships: { groups: { data: [{ type: 'group', id: choir }] } },
    }),
    along: (n) => [
      {
        name: 'email_addresses',
        resource: { type: 'email_address', attributes: { email: `a${n}@along.example` } },
      },
      {
        name: 'phone_numbers',
        resource: { type: 'phone_number', attributes: { number: `+4532${100000 + n}` } },
      },
    ],
    update: (n) => ({ last_name: `Changed ${n}` }),
    wrong: { first_name: 1, birth_date: 'yesterday' },
    remove: true,
  },
  email_address: {
    row: async (w, n) => w.world.email(await known(w, n), `m${n}@example.org`, true),
    create: async (w, n) => ({
      attributes: { email: `n${n}@example.org`, primary: true },
      relationships: { person: { data: { type: 'person', id: await known(w, n) } } },
    }),
    update: (n) => ({ email: `c${n}@example.org` }),
    wrong: { email: 1, primary: 'yes' },
    remove: true,
  },
  phone_number: {
    row: async (w, n) => w.world.phone(await known(w, n), `+4533${100000 + n}`, true),
    create: async (w, n) => ({
      attributes: { number: `+4534${100000 + n}`, location: 'mobile', primary: true },
      relationships: { person: { data: { type: 'person', id: await known(w, n) } } },
    }),
    update: (n) => ({ location: `l${n}` }),
    wrong: { number: 1, extension: [] },
    remove: true,
  },
  address: {
    row: async (w, n) =>
      insert(w.world.database, 'addresses', { person_id: await known(w, n), address_type: 'current' }),
    create: async (w, n) => ({
      attributes: { address_type: 'permanent', address1: `${n} Long Street`, city: 'Town', zip: `${n}` },
      relationships: { person: { data: { type: 'person', id: await known(w, n) } } },
    }),
    update: (n) => ({ city: `Town ${n}` }),
    wrong: { address_type: 'holiday', zip: 1 },
    remove: true,
  },
  group: {
    row: ({ world }, n) => world.group(`Group ${n}`),
    create: ({ choir }, n) => ({
      attributes: { name: `New group ${n}`, phone_region: 'DK', match_name_guard: true },
      relationships: { parent: { data: { type: 'group', id: choir } } },
    }),
    update: (n) => ({ name: `Changed ${n}` }),
    wrong: { name: '', phone_region: 'XX' },
    remove: true,
  },
  group_membership: {
    row: async ({ world, choir }, n) => world.member(await world.person(`Member ${n}`), choir),
    create: async ({ world, choir }, n) => ({
      attributes: { role: 'contact' },
      relationships: {
        person: { data: { type: 'person', id: await world.person(`New member ${n}`) } },
        group: { data: { type: 'group', id: choir } },
      },
    }),
    update: (n) => ({ archived_at: `2024-01-01T00:00:00.${100 + (n % 900)}Z` }),
    wrong: { role: 'king', archived_at: 1 },
    remove: true,
  },
  contact_assignment: {
    row: async ({ world, ada, choir }, n) =>
      world.assignment(ada.personId, await world.contact(`Assigned ${n}`, choir)),
    create: async ({ world, ada, choir }, n) => ({
      attributes: { note: `Note ${n}` },
      relationships: {
        person: { data: { type: 'person', id: await world.contact(`Looked after ${n}`, choir) } },
        assigned_to: { data: { type: 'person', id: ada.personId } },
        group: { data: { type: 'group', id: choir } },
      },
    }),
    update: (n) => ({ note: `Changed ${n}` }),
    wrong: { note: 1 },
    keeps: ['assigned_to'],
    remove: true,
  },
  person_change: {
    row: async ({ world, choir, ada }, n) =>
      insert(world.database, 'person_changes', {
        person_id: await world.contact(`Changed ${n}`, choir),
        actor_id: ada.personId,
        action: 'updated',
        before: '{"first_name": null}',
        after: `{"first_name": "Changed ${n}"}`,
      }),
  },
  person_duplicate: {
    row: async ({ world, choir, ada }, n) =>
      insert(world.database, 'person_duplicates', {
        kind: 'pair',
        fingerprint: `sample ${n}`,
        person_id: await world.contact(`Double ${n}`, choir),
        candidate_ids: `{${ada.personId}}`,
        evidence: '{}',
        group_id: choir,
      }),
  },
  user: {
    row: async ({ world }, n) => (await world.caller(`User${n}`)).userId,
    create: async ({ world, choir }, n) => ({
      attributes: { email: `new.${n}@example.org`, password: `correct horse battery ${n}` },
      relationships: {
        person: { data: { type: 'person', id: await world.contact(`New ${n}`, choir) } },
      },
    }),
    update: (n) => ({ super_admin: n % 2 === 0 }),
    wrong: { email: 'nobody', active: 'no' },
    remove: true,
  },
  api_client: {
    row: ({ world }, n) =>
      insert(world.database, 'api_clients', {
        name: `Client ${n}`,
        client_id: `kith-sample-${n}`,
        secret_hash: 'none',
      }),
    create: ({ memberships }, n) => ({
      attributes: { name: `New client ${n}` },
      relationships: { group_memberships: { data: [{ type: 'group_membership', id: memberships.ada }] } },
    }),
    update: (n) => ({ name: `Changed ${n}` }),
    wrong: { name: 1 },
    once: { client_secret: null },
    remove: true,
  },
};
