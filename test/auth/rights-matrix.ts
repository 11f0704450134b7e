import sql from 'sql-template-tag';
import { TokenService, type Role, type Verb } from '../../src/auth/index.js';
import { ApiClient } from '../support/api-client.js';
import { insert } from '../support/factories/insert.factory.js';
import type { World } from '../support/factories/world.factory.js';

/** Who asks; the API client has the membership of an administrator, the contact and the stranger have a login. */
export const ASKING = [
  'owner',
  'admin',
  'user',
  'contact',
  'stranger',
  'super_admin',
  'api_client',
  'anonymous',
] as const;
export type Asking = (typeof ASKING)[number];

/** The answers to {@link ASKING}, in this order. */
type Line = readonly number[];
type Lines = Readonly<Record<Verb, Line>>;

const READ = [200, 200, 200, 404, 404, 200, 200, 401];
const READ_BY_ADMINS = [200, 200, 404, 404, 404, 200, 200, 401];
const NOBODY: Omit<Lines, 'read'> = {
  create: [403, 403, 403, 403, 403, 403, 403, 401],
  update: [403, 403, 403, 404, 404, 403, 403, 401],
  remove: [403, 403, 403, 404, 404, 403, 403, 401],
};
const PART: Lines = {
  read: READ,
  create: [201, 201, 201, 404, 404, 201, 201, 401],
  update: [200, 200, 200, 404, 404, 200, 200, 401],
  remove: [204, 204, 204, 404, 404, 204, 204, 401],
};

/** Written by hand from the contract, not taken from `rights.ts`. */
export const MATRIX: Readonly<Record<string, Lines>> = {
  person: { ...PART, remove: [204, 204, 403, 404, 404, 204, 204, 401] },
  email_address: PART,
  phone_number: PART,
  address: PART,
  contact_assignment: PART,
  group: {
    read: READ,
    create: [201, 201, 403, 404, 404, 201, 201, 401],
    update: [200, 403, 403, 404, 404, 200, 403, 401],
    remove: [204, 403, 403, 404, 404, 204, 403, 401],
  },
  group_membership: {
    read: READ,
    create: [201, 201, 403, 404, 404, 201, 201, 401],
    update: [200, 200, 403, 404, 404, 200, 200, 401],
    remove: [204, 204, 403, 404, 404, 204, 204, 401],
  },
  person_change: { read: READ, ...NOBODY },
  person_duplicate: {
    read: READ_BY_ADMINS,
    create: NOBODY.create,
    update: [403, 403, 404, 404, 404, 403, 403, 401],
    remove: [403, 403, 404, 404, 404, 403, 403, 401],
  },
  user: {
    read: READ_BY_ADMINS,
    create: [201, 201, 403, 404, 404, 201, 201, 401],
    update: [200, 200, 404, 404, 404, 200, 200, 401],
    remove: [204, 204, 404, 404, 404, 204, 204, 401],
  },
  api_client: {
    read: [404, 404, 404, 404, 404, 200, 404, 401],
    create: [403, 403, 403, 403, 403, 201, 403, 401],
    update: [404, 404, 404, 404, 404, 200, 404, 401],
    remove: [404, 404, 404, 404, 404, 204, 404, 401],
  },
};

/** A group of its own, and somebody with a role in it. */
export interface Place {
  readonly world: World;
  readonly group: string;
  /** A contact of the group. */
  readonly person: string;
  readonly api: ApiClient;
}

let count = 0;
const next = (): number => (count += 1);

/** Everybody who asks has a login of her own, but the client, which has a token. */
export async function place(world: World, asking: Asking): Promise<Place> {
  const group = await world.group(`Group ${next()}`);
  const person = await world.contact(`Contact ${next()}`, group);
  await world.email(person, `contact${person}@example.org`, true);
  return { world, group, person, api: await apiOf(world, asking, group) };
}

async function apiOf(world: World, asking: Asking, group: string): Promise<ApiClient> {
  if (asking === 'anonymous') return world.nobody;
  if (asking === 'api_client') return clientOf(world, group);
  const roles: Record<string, Role> =
    asking === 'stranger' || asking === 'super_admin' ? {} : { [group]: asking };
  return (await world.caller(`C${next()}`, roles, { superAdmin: asking === 'super_admin' })).api;
}

async function clientOf(world: World, group: string): Promise<ApiClient> {
  const membership = await world.member(await world.person('Answers for it'), group, 'admin');
  const clientName = `kith-${next()}`;
  const id = await insert(world.database, 'api_clients', {
    name: 'Client',
    client_id: clientName,
    secret_hash: 'none',
  });
  await world.database.query(sql`insert into api_client_memberships values (${id}, ${membership})`);
  const sessionId = await insert(world.database, 'sessions', {
    api_client_id: id,
    expires_at: new Date(Date.now() + 3_600_000),
  });
  return new ApiClient(
    world.app,
    world.app.get(TokenService).signForClient({ clientName, sessionId }, 3600).token,
  );
}

const one = (type: string, id: string) => ({ data: { type, id } });

interface Target {
  /** A row of the type in the group. */
  row(p: Place): Promise<string>;
  /** What makes another. */
  create(p: Place): object | Promise<object>;
  /** Attributes of a change. */
  readonly update: Readonly<Record<string, unknown>>;
}

export const TARGETS: Readonly<Record<string, Target>> = {
  person: {
    row: ({ person }) => Promise.resolve(person),
    create: ({ group }) => ({
      attributes: { first_name: 'New' },
      relationships: { groups: { data: [{ type: 'group', id: group }] } },
    }),
    update: { last_name: 'Changed' },
  },
  email_address: {
    row: ({ world, person }) => world.email(person, `second${person}@example.org`),
    create: ({ person }) => ({
      attributes: { email: `new${next()}@example.org` },
      relationships: { person: one('person', person) },
    }),
    update: { email: 'changed@example.org' },
  },
  phone_number: {
    row: ({ world, person }) => world.phone(person, '+4533123456', true),
    create: ({ person }) => ({
      attributes: { number: '+4533654321' },
      relationships: { person: one('person', person) },
    }),
    update: { location: 'home' },
  },
  address: {
    row: ({ world, person }) =>
      insert(world.database, 'addresses', { person_id: person, address_type: 'current' }),
    create: ({ person }) => ({
      attributes: { address_type: 'permanent', city: 'Town' },
      relationships: { person: one('person', person) },
    }),
    update: { city: 'Changed' },
  },
  group: {
    row: ({ group }) => Promise.resolve(group),
    create: ({ group }) => ({
      attributes: { name: 'Child' },
      relationships: { parent: one('group', group) },
    }),
    update: { name: 'Changed' },
  },
  group_membership: {
    row: ({ world, group, person }) =>
      world.value(sql`select id from group_memberships where person_id = ${person} and group_id = ${group}`),
    create: async ({ world, group, person }) => {
      const below = await world.group('Below', { parent_id: group });
      const relationships = { person: one('person', person), group: one('group', below) };
      return { attributes: { role: 'user' }, relationships };
    },
    update: { role: 'user' },
  },
  contact_assignment: {
    row: async ({ world, group, person }) =>
      world.assignment(await world.contact('Looks after', group), person, { group_id: group }),
    create: async ({ world, group, person }) => ({
      relationships: {
        person: one('person', person),
        assigned_to: one('person', await world.contact('Looks after', group)),
        group: one('group', group),
      },
    }),
    update: { note: 'Changed' },
  },
  person_change: {
    row: ({ world, person }) =>
      insert(world.database, 'person_changes', {
        ...{ person_id: person, action: 'updated' },
        ...{ before: '{"first_name": null}', after: '{"first_name": "A"}' },
      }),
    create: ({ person }) => ({ relationships: { person: one('person', person) } }),
    update: { action: 'changed' },
  },
  person_duplicate: {
    row: async ({ world, group, person }) =>
      insert(world.database, 'person_duplicates', {
        ...{ kind: 'pair', fingerprint: `matrix ${next()}`, evidence: '{}', group_id: group },
        ...{ person_id: person, candidate_ids: `{${await world.contact('Twin', group)}}` },
      }),
    create: ({ person }) => ({ relationships: { person: one('person', person) } }),
    update: { status: 'resolved' },
  },
  user: {
    row: async ({ world, person }) =>
      insert(world.database, 'users', {
        ...{ person_id: person, email: `login${person}@example.org` },
        normal_form: `login${person}@example.org`,
      }),
    create: ({ person }) => ({
      // With a password: an invitation is sent while others are refused.
      attributes: { email: `new${next()}@example.org`, password: 'correct horse battery' },
      relationships: { person: one('person', person) },
    }),
    update: { active: false },
  },
  api_client: {
    row: ({ world }) =>
      insert(world.database, 'api_clients', {
        ...{ name: 'Client', client_id: `kith-x-${next()}`, secret_hash: 'none' },
      }),
    create: () => ({ attributes: { name: 'New' } }),
    update: { name: 'Changed' },
  },
};
