import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { resources } from '../../src/app.module.js';
import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import { ATOMIC_TYPE } from '../support/operations-client.js';
import { TABLES } from './sight-model.js';
import { MADE, randomFrom, type Plan } from './world-plan.js';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  readonly type?: string;
  /** The table whose readable rows are listed, all of them. */
  readonly lists?: string;
  /** The relationship that is listed. */
  readonly ends?: { readonly type: string; readonly id: number; readonly name: string };
  /** The row that is read. */
  readonly one?: { readonly table: string; readonly id: number };
  /** What is included comes as the rows lie on the disk. */
  readonly unordered?: boolean;
  /** Pages are followed to the last one. */
  readonly walks?: boolean;
}
export interface Seen {
  readonly asked: Asked;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const JSON_TYPE = 'application/json';
const relationshipsOf = (type: string) =>
  Object.keys(resources.find((one) => one.type === type)?.relationships ?? {});
/** The type of `api_client` is for super admins only; it has a test of its own. */
const TYPES = resources.filter(({ type }) => type !== 'api_client');

/** Everything that can be read, in each way there is; what is asked does not depend on who asks. */
export function readingOf(plan: Plan, seed: number): Asked[] {
  const random = randomFrom(seed);
  const rowsOf = (type: string) =>
    (plan as never as Record<string, { id: number }[]>)[TABLES[type] as string] ?? [];
  const all = TYPES.flatMap(({ type, path }): Asked[] => {
    const lists = TABLES[type] as string;
    const at = `/apis/v4/${path}`;
    const names = relationshipsOf(type);
    const far = names.flatMap((name) => {
      const end = resources.find((one) => one.type === type)?.relationships?.[name]?.type as string;
      return [`${name}.${random.of(relationshipsOf(end))}`];
    });
    return [
      { url: `${at}?page[size]=500&page[total]=true`, lists },
      { url: `${at}?page[limit]=500&include=${names.join(',')}`, lists, type: JSON_TYPE },
      { url: `${at}?page[size]=500&include=${far.join(',')}`, lists },
      { url: `${at}?page[limit]=0&page[total]=true` },
      { url: `${at}?page[size]=3&page[after]=&sort=-created_at`, lists, walks: true },
      { url: `${at}?page[size]=2&page[number]=2&page[total]=true&sort=-id` },
      ...names.map((name): Asked => ({ url: `${at}?filter[${name}]=${1 + random.below(9)}` })),
      ...rowsOf(type).flatMap(({ id }): Asked[] => {
        const name = random.of(names);
        return [
          { url: `${at}/${id}`, one: { table: lists, id } },
          { url: `${at}/${id}/relationships/${name}`, ends: { type, id, name } },
          { url: `${at}/${id}/${random.of(names)}?page[limit]=500`, type: JSON_TYPE },
        ];
      }),
      { url: `${at}/99999` },
    ];
  });
  return [...all, ...searchesOf(plan, random)];
}

function searchesOf(plan: Plan, random: ReturnType<typeof randomFrom>): Asked[] {
  const groupName = (): string => random.of(plan.groups).name;
  const somebody = (): number => random.of(plan.people).id;
  const people = '/apis/v4/people';
  return [
    { url: '/apis/v4/groups?fields[group]=name,people_count&page[size]=500', lists: 'groups' },
    { url: `${people}?filter[groups.name]=${groupName()}` },
    { url: `${people}?filter[groups.name][ne]=${groupName()}` },
    { url: `${people}?filter[groups.parent.name]=${groupName()}` },
    { url: `${people}?filter[group_memberships.role]=owner` },
    { url: `${people}?filter[group_memberships.role][nin]=owner,admin` },
    { url: `${people}?filter[group_memberships.external_ref][prefix]=zqm` },
    { url: `${people}?filter[external_ref][null]=true` },
    { url: `${people}?filter[external_ref]=${random.of(plan.group_memberships).external_ref ?? 'none'}` },
    { url: `${people}?filter[user.email][prefix]=zqu` },
    { url: `${people}?filter[created_by.first_name]=zqp${somebody()}z` },
    { url: `${people}?filter[created_by][null]=true` },
    { url: `${people}?filter[reverse_contact_assignments.note][prefix]=zqn` },
    { url: `${people}?filter[contact_assignments.person.first_name]=zqp${somebody()}z` },
    { url: `${people}?filter[person_id]=${somebody()}` },
    { url: `${people}?sort=created_by.first_name,-user.email,id&page[size]=500`, lists: 'people' },
    { url: `${people}?sort=external_ref` },
    {
      url: '/apis/v4/group_memberships?sort=-group.name,person.last_name&page[size]=500',
      lists: 'group_memberships',
    },
    {
      url: '/apis/v4/contact_assignments?sort=assigned_to.first_name,group.name&page[size]=500',
      lists: 'contact_assignments',
    },
    { url: `/apis/v4/contact_assignments?filter[assigned_to_id]=${somebody()}` },
    { url: `/apis/v4/contact_assignments?filter[assigned_to_id][null]=true` },
    { url: '/apis/v4/person_changes?filter[actor.first_name][prefix]=zqp' },
    { url: `${people}/me` },
    { url: `${people}?filter[id]=me` },
    ...[somebody(), somebody()].flatMap((id): Asked[] => [
      { url: `${people}?filter[q]=zqp${id}z&page[total]=true` },
      { url: `${people}?filter[q]=zqe${id}z` },
      { url: `${people}?filter[q]=20${String(id).padStart(6, '0')}` },
      find({ first_name: `zqp${id}z` }),
      find({ identifier: String(id) }),
    ]),
    find({ email_address: `zqe${somebody()}z@example.org` }),
    find({ external_ref: random.of(plan.group_memberships).external_ref ?? 'none' }),
    find({ last_name: 'nobody', group_ids: [random.of(plan.groups).id] }),
    multiple(plan, random, true),
    multiple(plan, random, true),
  ];
}

const find = (body: object): Asked => ({ method: 'POST', url: '/persons/find', body, type: JSON_TYPE });

function multiple(plan: Plan, random: ReturnType<typeof randomFrom>, dryRun: boolean): Asked {
  const ref = random.of(plan.group_memberships).external_ref ?? 'none';
  const persons = plan.people.map(({ id }) => ({
    ...(random.chance(0.7) && { email_address: `zqe${id}z@example.org` }),
    ...(random.chance(0.5) && { phone_number: `+4520${String(id).padStart(6, '0')}` }),
    ...(random.chance(0.2) && { external_ref: ref }),
    ...(random.chance(0.5) && { group_ids: [random.of(plan.groups).id, random.of(plan.groups).id] }),
    ...{ first_name: `zqp${random.of(plan.people).id}z`, last_name: 'new' },
  }));
  return { method: 'POST', url: '/persons/multiple', body: { persons, dry_run: dryRun }, type: JSON_TYPE };
}

/**
 * Writes of every kind, on whatever there is.
 * @param me who is given nobody to look after: that would tell her whether somebody is in any group
 */
export function writingOf(plan: Plan, seed: number, me: number): Asked[] {
  const random = randomFrom(seed + 1);
  const of = (table: keyof Plan, type: string) => ({
    type,
    id: String(plan[table].length > 0 ? random.of<{ id: number }>(plan[table]).id : 1),
  });
  const person = () => of('people', 'person');
  const group = () => of('groups', 'group');
  const to = (end: object) => ({ data: end });
  const at = '/apis/v4';
  const post = (path: string, body: object): Asked => ({ method: 'POST', url: `${at}${path}`, body });
  const newPerson = () => ({
    data: {
      ...{ type: 'person', attributes: { first_name: `zqp${random.of(plan.people).id}z`, gender: 'x' } },
      ...(random.chance(0.7) && { relationships: { groups: { data: [group()] } } }),
    },
    included: [
      { type: 'email_address', attributes: { email: `zqe${random.of(plan.people).id}z@example.org` } },
    ],
  });
  // Often between two of whom somebody has one already.
  const given = () => (plan.contact_assignments.length > 0 ? random.of(plan.contact_assignments) : undefined);
  const named = (id: number | undefined) =>
    id === undefined ? person() : { type: 'person', id: String(id) };
  const other = ({ type, id }: { type: string; id: string }) => ({
    type,
    id: Number(id) === me ? String((me % plan.people.length) + 1) : id,
  });
  const assignment = () => {
    const ends = random.chance(0.6) ? given() : undefined;
    return {
      type: 'contact_assignment',
      relationships: {
        person: to(named(ends?.person_id)),
        assigned_to: to(other(named(ends?.assigned_to_id))),
        group: to(random.chance(0.5) ? group() : (null as never)),
      },
    };
  };
  const assignedPerson = (ends = given()) => {
    const mail = plan.email_addresses.find((one) => one.person_id === ends?.person_id);
    return {
      ...newPerson(),
      included: [
        { type: 'email_address', attributes: { email: `zqe${mail?.id ?? 1}z@example.org` } },
        { type: 'contact_assignment', attributes: { assigned_to_id: other(named(ends?.assigned_to_id)).id } },
      ],
    };
  };
  /** Each of them, since few are out of sight while what they hang on is not. */
  const tries = [
    ...plan.contact_assignments.flatMap((ends): Asked[] => {
      const { person_id: of, assigned_to_id: by } = ends;
      const relationships = { person: to(named(of)), assigned_to: to(named(by)) };
      return [
        post('/people?dry_run=true', assignedPerson(ends)),
        post('/contact_assignments', { data: { type: 'contact_assignment', relationships } }),
      ];
    }),
    // All of them are undone: the second one is refused, if not the first.
    ...plan.group_memberships.map(({ id }): Asked => {
      const gone = (type: string, one: number) => ({ op: 'remove', ref: { type, id: String(one) } });
      const all = [gone('group_membership', id), gone('person', 99999)];
      return { ...post('/operations', { 'atomic:operations': all }), type: ATOMIC_TYPE };
    }),
  ];
  const membership = () => ({
    ...{ type: 'group_membership', attributes: { role: random.of(['contact', 'user', 'owner']) } },
    relationships: { person: to(person()), group: to(group()) },
  });
  const some = (make: () => Asked[], times = 3): Asked[] => Array.from({ length: times }, make).flat();
  return tries.concat(
    some(() => {
      const [one, other, mail] = [person(), person(), of('email_addresses', 'email_address')];
      const known = of('contact_assignments', 'contact_assignment');
      return [
        post('/people', newPerson()),
        post('/people?dry_run=true', newPerson()),
        post('/people?dry_run=true', assignedPerson()),
        post('/people', assignedPerson()),
        { ...post('/people', newPerson()), type: JSON_TYPE },
        post('/contact_assignments', { data: assignment() }),
        {
          method: 'PATCH',
          url: `${at}/contact_assignments/${known.id}`,
          body: {
            data: { ...known, relationships: { assigned_to: assignment().relationships.assigned_to } },
          },
        },
        {
          method: 'PATCH',
          url: `${at}/contact_assignments/${known.id}`,
          body: { data: { ...known, relationships: { group: { data: null } } } },
        },
        post('/group_memberships', { data: membership() }),
        post('/email_addresses', {
          data: {
            type: 'email_address',
            attributes: { email: 'new@example.org' },
            relationships: { person: to(person()) },
          },
        }),
        post('/groups', {
          data: { type: 'group', attributes: { name: 'New' }, relationships: { parent: to(group()) } },
        }),
        multiple(plan, random, false),
        {
          method: 'PATCH',
          url: `${at}/people/${one.id}`,
          body: { data: { ...one, attributes: { last_name: 'changed' } } },
        },
        {
          method: 'PATCH',
          url: `${at}/email_addresses/${mail.id}`,
          body: { data: { ...mail, attributes: { primary: true } } },
        },
        { method: 'POST', url: `${at}/people/${other.id}/relationships/groups`, body: { data: [group()] } },
        { method: 'PATCH', url: `${at}/people/${other.id}/relationships/groups`, body: { data: [group()] } },
        { method: 'PATCH', url: `${at}/people/${person().id}/relationships/groups`, body: { data: [] } },
        {
          method: 'DELETE',
          url: `${at}/people/${person().id}/relationships/groups`,
          body: { data: [group(), group()] },
        },
        {
          method: 'PATCH',
          url: `${at}/people/${one.id}`,
          body: { data: { ...one, attributes: { first_name: null, last_name: null } } },
        },
        { method: 'DELETE', url: `${at}/email_addresses/${of('email_addresses', '').id}` },
        {
          ...post('/operations', {
            'atomic:operations': [
              { op: 'add', data: { ...newPerson().data, lid: 'a' } },
              {
                op: 'add',
                data: {
                  ...membership(),
                  relationships: { person: to({ type: 'person', lid: 'a' }), group: to(group()) },
                },
              },
              { op: 'update', data: { ...one, attributes: { last_name: 'again' } } },
            ],
          }),
          type: ATOMIC_TYPE,
        },
        {
          ...post('/operations', { 'atomic:operations': [{ op: 'add', data: membership() }] }),
          type: ATOMIC_TYPE,
        },
        { method: 'DELETE', url: `${at}/group_memberships/${of('group_memberships', '').id}` },
        { method: 'DELETE', url: `${at}/contact_assignments/${of('contact_assignments', '').id}` },
        { method: 'DELETE', url: `${at}/people/${person().id}` },
      ];
    }),
  );
}

/** What has become of everything; but when, since a version grows by what is hidden too. */
export function rereading(): Asked[] {
  return TYPES.map(({ type, path, attributes, relationships = {} }) => {
    const shown = Object.entries(attributes).filter(
      ([, { type: kind, writeOnly }]) => kind !== 'timestamp' && !writeOnly,
    );
    const names = [...shown.map(([name]) => name), ...Object.keys(relationships)];
    const include = Object.keys(relationships).join();
    const fields = TYPES.map((one) =>
      one.type === type ? `fields[${type}]=${names.join()}` : `fields[${one.type}]=`,
    );
    const url = `/apis/v4/${path}?page[size]=500&page[total]=true&include=${include}&${fields.join('&')}`;
    return { url, unordered: true };
  });
}

/** Asks all of it, and follows the pages of what is to be walked. */
export async function crawl(
  app: NestFastifyApplication,
  token: string,
  all: readonly Asked[],
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const asked of all)
    for (let next: Asked | undefined = asked; next;) {
      const one: Seen = await send(app, token, next);
      seen.push(one);
      const link = asked.walks
        ? (JSON.parse(one.text) as { links?: { next?: string | null } }).links?.next
        : undefined;
      next = link ? { url: link, walks: true } : undefined;
    }
  return seen;
}

async function send(app: NestFastifyApplication, token: string, asked: Asked): Promise<Seen> {
  const { method = 'GET', url, body, type = MEDIA_TYPE } = asked;
  const reply = await app.inject({
    ...{ method, url },
    headers: {
      ...{ authorization: `Bearer ${token}`, accept: type, 'x-request-id': 'crawl' },
      ...(body && { 'content-type': type }),
    },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return { asked, status: reply.statusCode, headers: reply.headers, text: reply.body };
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::\d\d)?)/g;
const SHOWN = [
  'content-type',
  'location',
  'allow',
  'retry-after',
  'cache-control',
  'vary',
  'www-authenticate',
  'etag',
];

/** Of rows that requests made: ids are counted for all together, and tell how much was made. */
const NEW_ID = /\b10\d{4}\b/g;

function inOrder(text: string): string {
  const { included = [], ...rest } = JSON.parse(text) as { included?: { type: string; id: string }[] };
  const byId = included.sort((a, b) =>
    a.type < b.type ? -1 : a.type > b.type ? 1 : Number(a.id) - Number(b.id),
  );
  return JSON.stringify({ ...rest, included: byId });
}

/** An answer without the moment: equal in worlds that are the same to whoever asks. */
export function comparable({ asked, status, headers, text }: Seen): string {
  const timeless = (asked.unordered ? inOrder(text) : text)
    .replaceAll(TIME, (time) => (Date.parse(time) === Date.parse(MADE) ? time : 'now'))
    .replaceAll(NEW_ID, 'new');
  const shown = SHOWN.filter((name) => name !== 'etag' || timeless === text).map(
    (name) => `${name}: ${String(headers[name]).replaceAll(NEW_ID, 'new')}`,
  );
  return [
    `${asked.method ?? 'GET'} ${asked.url} ${JSON.stringify(asked.body ?? '')}`,
    status,
    ...shown,
    timeless,
  ].join('\n');
}
