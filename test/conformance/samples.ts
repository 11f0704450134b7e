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
  /** Whether DELETE is possible. */
  readonly remove?: boolean;
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
    wrong: { first_name: 1, birth_date: '2001-02-30' },
    remove: true,
  },
  email_address: {
    row: async ({ world, choir }, n) =>
      world.email(await world.contact(`Mailed ${n}`, choir), `m${n}@example.org`, true),
  },
  phone_number: {
    row: async ({ world, choir }, n) =>
      world.phone(await world.contact(`Called ${n}`, choir), `+45331${10000 + n}`, true),
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
};
