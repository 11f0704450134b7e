import sql from 'sql-template-tag';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { ATOMIC_TYPE } from '../support/operations-client.js';

/** People and rows of one try, by name. */
type Names = Readonly<Record<string, string>>;

interface Case {
  /** Makes what Eve sees. */
  readonly seen: () => Promise<Names>;
  /** Makes what she does not. */
  readonly hidden: (names: Names) => Promise<unknown>;
  readonly asks: (names: Names, api: ApiClient) => Promise<ApiAnswer>;
  readonly status: number;
}

describe('What cannot be seen makes no difference to an answer', () => {
  let world: World;
  let [choir, club]: string[] = [];
  let ada: Caller;
  let eve: Caller;

  beforeAll(async () => {
    world = await World.boot();
    // Ids that are nothing else in an answer.
    const tables = ['people', 'group_memberships', 'email_addresses', 'contact_assignments'];
    for (const [i, table] of tables.entries())
      await world.database.query(
        sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${(i + 1) * 1_000_000})`,
      );
    choir = await world.group('Choir');
    club = await world.group('Club');
    eve = await world.caller('Eve', { [choir]: 'admin' });
    ada = await world.caller('Ada', { [choir]: 'user', [club]: 'admin' });
  });
  afterAll(() => world.close());

  const end = (type: string, id = '') => ({ data: { type, id } });
  const bob = async (values: object = {}): Promise<string> => {
    const id = await world.person('Bob');
    await world.member(id, choir!, 'contact', values as Record<string, unknown>);
    return id;
  };
  const two = async (): Promise<Names> => ({ bob: await bob(), carl: await bob() });
  const adasAssignment = ({ bob: assignee = '', carl = '' }: Names) =>
    world.assignment(assignee, carl, { assigned_by_id: ada.personId, note: 'secret' });
  const assignment = ({ bob: assignee, carl }: Names) => ({
    type: 'contact_assignment',
    relationships: { assigned_to: end('person', assignee), person: end('person', carl) },
  });
  const withMail = async (): Promise<Names> => {
    const names = await two();
    await world.email(names['carl']!, `carl.${names['carl']}@example.org`, true);
    return names;
  };
  const personWith = ({ bob: assignee, carl }: Names) => ({
    data: { type: 'person', attributes: { first_name: 'Bob' } },
    included: [
      { type: 'email_address', attributes: { email: `carl.${carl}@example.org` } },
      { type: 'contact_assignment', attributes: { assigned_to_id: assignee } },
    ],
  });
  const operations = (api: ApiClient, ...all: object[]) =>
    api.post(
      '/operations',
      { 'atomic:operations': all },
      { 'content-type': ATOMIC_TYPE, accept: ATOMIC_TYPE },
    );

  const known = async (): Promise<Names> => {
    const id = await world.person({ first_name: null });
    const membership = await world.member(id, choir!, 'contact', { external_ref: `ref-${id}` });
    return { bob: id, membership };
  };
  const namedWithRef = async (): Promise<Names> => {
    const names = await known();
    await world.database.query(sql`update people set first_name = 'Bob' where id = ${names['bob']}::bigint`);
    return { ...names, mail: await world.email(names['bob']!, `bob.${names['bob']}@example.org`, true) };
  };
  const named = async (): Promise<Names> => {
    const names = await namedWithRef();
    await world.database.query(
      sql`update group_memberships set external_ref = null where id = ${names['membership']}::bigint`,
    );
    return names;
  };
  const elsewhere =
    (ref: string | null) =>
    ({ bob: id = '' }: Names) =>
      world.member(id, club!, 'contact', { external_ref: ref && `${ref}-${id}` });
  const person = (id = '', attributes: object = {}, groups?: string[]) => ({
    data: {
      ...{ type: 'person', id, attributes },
      ...(groups && { relationships: { groups: { data: groups.map((one) => end('group', one).data) } } }),
    },
  });

  /** The answer without what is told apart in any case: ids, moments, tags of versions. */
  const comparable = (answer: ApiAnswer, names: Names) => {
    const unnamed = (text: string): string =>
      Object.entries(names)
        .reduce(
          (rest, [name, id]) => rest.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), name),
          text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'now'),
        )
        .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'request')
        .replaceAll(/"(id|contact_assignments?)": ?"\d+"|contact_assignments\/\d+/g, 'made');
    const { location, ...headers } = answer.headers;
    return {
      status: answer.status,
      location: location && unnamed(String(location)),
      headers: Object.keys(headers).sort(),
      text: unnamed(answer.text),
    };
  };

  const post =
    (path: string, body: (names: Names) => object): Case['asks'] =>
    async (names, api) =>
      api.post(path, body(names));
  const cases: Record<string, Case> = {
    'POST of an assignment that somebody else made for herself': {
      ...{ seen: two, hidden: adasAssignment, status: 201 },
      asks: post('/contact_assignments', (names) => ({ data: assignment(names) })),
    },
    'the same, again': {
      ...{ seen: two, hidden: adasAssignment, status: 200 },
      asks: async (names, api) => {
        await api.post('/contact_assignments', { data: assignment(names) });
        return api.post('/contact_assignments', { data: assignment(names) });
      },
    },
    'the same in an operation': {
      ...{ seen: two, hidden: adasAssignment, status: 200 },
      asks: (names, api) => operations(api, { op: 'add', data: assignment(names) }),
    },
    'the same in a dry run of POST /people': {
      ...{ seen: withMail, hidden: adasAssignment, status: 200 },
      asks: post('/people?dry_run=true', personWith),
    },
    'the same along with a person': {
      ...{ seen: withMail, hidden: adasAssignment, status: 200 },
      asks: post('/people', personWith),
    },
    'the same along with a person who is named': {
      ...{ seen: two, hidden: adasAssignment, status: 200 },
      asks: ({ bob: assignee, carl }, api) =>
        api.patch(`/people/${carl}`, {
          ...person(carl),
          included: [{ type: 'contact_assignment', attributes: { assigned_to_id: assignee } }],
        }),
    },
    'handing one’s own on, to whom somebody else has already assigned': {
      seen: async () => {
        const names = await two();
        const mine = await world.assignment(eve.personId, names['carl']!, { assigned_by_id: eve.personId });
        return { ...names, mine };
      },
      ...{ hidden: adasAssignment, status: 200 },
      asks: ({ mine, bob: assignee }, api) =>
        api.patch(`/contact_assignments/${mine}`, {
          data: {
            ...{ type: 'contact_assignment', id: mine },
            relationships: { assigned_to: end('person', assignee) },
          },
        }),
    },
    'handing on what another maker has given to one': {
      seen: async () => {
        const names = await two();
        const hers = await world.assignment(eve.personId, names['carl']!, { assigned_by_id: ada.personId });
        return { ...names, hers };
      },
      ...{ hidden: adasAssignment, status: 403 },
      asks: ({ hers, bob: assignee }, api) =>
        api.patch(`/contact_assignments/${hers}`, {
          data: {
            ...{ type: 'contact_assignment', id: hers },
            relationships: { assigned_to: end('person', assignee) },
          },
        }),
    },
    'making personal what another maker has made in the group': {
      seen: async () => {
        const names = await two();
        const values = { assigned_by_id: ada.personId, group_id: choir };
        return { ...names, hers: await world.assignment(names['bob']!, names['carl']!, values) };
      },
      ...{ hidden: adasAssignment, status: 403 },
      asks: ({ hers }, api) =>
        api.patch(`/contact_assignments/${hers}`, {
          data: {
            ...{ type: 'contact_assignment', id: hers },
            relationships: { group: { data: null } },
          },
        }),
    },
    ...Object.fromEntries(
      [null, 'other'].flatMap((ref) => {
        const hidden = elsewhere(ref);
        const which = ref === null ? 'without a reference there' : 'with one there';
        return Object.entries<Case>({
          'DELETE of a membership of somebody known by her reference': {
            ...{ seen: known, hidden, status: 204 },
            asks: ({ membership }, api) => api.delete(`/group_memberships/${membership}`),
          },
          'PATCH of her groups': {
            ...{ seen: known, hidden, status: 200 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}/relationships/groups`, { data: [] }),
          },
          'DELETE from her groups': {
            ...{ seen: known, hidden, status: 200 },
            asks: ({ bob: id }, api) =>
              api.delete(`/people/${id}/relationships/groups`, { data: [end('group', choir).data] }),
          },
          'PATCH of her with no groups': {
            ...{ seen: known, hidden, status: 200 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}`, person(id, {}, [])),
          },
          'PATCH of her with no groups and no name': {
            ...{ seen: namedWithRef, hidden, status: 200 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}`, person(id, { first_name: null }, [])),
          },
          'PATCH of her with no groups and no reference': {
            ...{ seen: known, hidden, status: 422 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}`, person(id, { external_ref: null }, [])),
          },
          'operations that end in a refusal': {
            ...{ seen: known, hidden, status: 404 },
            asks: ({ membership = '' }, api) =>
              operations(
                api,
                { op: 'remove', ref: { type: 'group_membership', id: membership } },
                { op: 'remove', ref: { type: 'person', id: '999999' } },
              ),
          },
          'DELETE of her': {
            ...{ seen: known, hidden, status: 204 },
            asks: ({ bob: id }, api) => api.delete(`/people/${id}`),
          },
          'GET of her assignments after it': {
            seen: async () => {
              const names: Names = { ...(await known()), carl: await bob() };
              const [all, mine] = [
                { group_id: choir, assigned_by_id: ada.personId },
                { assigned_by_id: eve.personId },
              ];
              await world.assignment(names['carl']!, names['bob']!, all);
              await world.assignment(names['bob']!, names['carl']!, mine);
              return names;
            },
            hidden: async (names) => {
              await hidden(names);
              await world.assignment(names['carl']!, names['bob']!, { group_id: club });
              await world.assignment(names['carl']!, names['bob']!, { assigned_by_id: ada.personId });
            },
            status: 200,
            asks: async ({ bob: id, carl }, api) => {
              const { ids } = await api.get(`/contact_assignments?filter[person]=${id},${carl}`);
              expect(ids).toHaveLength(2);
              expect((await api.delete(`/people/${id}`)).status).toBe(204);
              return api.get(`/contact_assignments?filter[assigned_to]=${carl},${id}`);
            },
          },
          'PATCH that takes the name away of somebody who has no other reference': {
            ...{ seen: named, hidden, status: 422 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}`, person(id, { first_name: null })),
          },
          'DELETE of the e-mail of somebody who has no other reference': {
            ...{ seen: named, hidden, status: 422 },
            asks: ({ mail }, api) => api.delete(`/email_addresses/${mail}`),
          },
          'PATCH of her with no groups and no name, who has no other reference': {
            ...{ seen: named, hidden, status: 422 },
            asks: ({ bob: id }, api) => api.patch(`/people/${id}`, person(id, { first_name: null }, [])),
          },
          'DELETE of the e-mail of somebody with a reference': {
            ...{ seen: namedWithRef, hidden, status: 204 },
            asks: ({ mail }, api) => api.delete(`/email_addresses/${mail}`),
          },
        }).map(([name, one]) => [`${name}, who is in another group, ${which}`, one]);
      }),
    ),
  };

  it.each(Object.entries(cases))('%s', async (_name, { seen, hidden, asks, status }) => {
    for (const api of [eve.api, eve.api.lenient]) {
      const [without, beside] = [await seen(), await seen()];
      await hidden(beside);
      const expected = comparable(await asks(without, api), without);
      expect(expected.status).toBe(status);
      expect(comparable(await asks(beside, api), beside)).toEqual(expected);
    }
  });

  it('keeps both assignments, each with its maker', async () => {
    const names = await two();
    const hers = await adasAssignment(names);
    const mine = await eve.api.post('/contact_assignments', { data: assignment(names) });
    const rows = await world.database.query(sql`
      select id, assigned_by_id, note from contact_assignments where person_id = ${names['carl']}::bigint order by id`);
    expect(rows).toEqual([
      { id: hers, assigned_by_id: ada.personId, note: 'secret' },
      { id: mine.one.id, assigned_by_id: eve.personId, note: null },
    ]);
    // Who sees one has no need of another.
    const given = await world.assignment(eve.personId, names['carl']!, { assigned_by_id: ada.personId });
    const again = await eve.api.post('/contact_assignments', {
      data: assignment({ ...names, bob: eve.personId }),
    });
    expect([again.status, again.one.id]).toEqual([200, given]);
  });

  it('takes with a person who is deleted for one what one reads of her assignments, and no other', async () => {
    const names = await two();
    await elsewhere(null)(names);
    const ends = [names['bob']!, names['carl']!] as const;
    const kept = [await adasAssignment(names), await world.assignment(...ends, { group_id: club })];
    await world.assignment(...ends, { group_id: choir, assigned_by_id: ada.personId });
    await world.assignment(...ends, { assigned_by_id: eve.personId });
    expect((await eve.api.delete(`/people/${names['bob']}`)).status).toBe(204);
    const left = await world.database.query<{ id: string }>(
      sql`select id from contact_assignments where assigned_to_id = ${names['bob']}::bigint order by id`,
    );
    expect(left.map(({ id }) => id)).toEqual(kept);
    const [change] = await world.database.query<{ before: Record<string, unknown[]> }>(
      sql`select before from person_changes where person_id = ${names['bob']}::bigint order by id desc limit 1`,
    );
    expect(change?.before['contact_assignments']).toHaveLength(2);
    // Whom one goes on reading keeps hers.
    const stays = await two();
    const dora = await world.caller('Dora', { [choir!]: 'admin', [club!]: 'user' });
    await elsewhere(null)(stays);
    const own = await world.assignment(stays['bob']!, stays['carl']!, { group_id: choir });
    expect((await dora.api.delete(`/people/${stays['bob']}`)).status).toBe(204);
    expect(await world.row('contact_assignments', own)).toBeDefined();
  });

  it('leaves the reference to who leaves her last group, and to no other', async () => {
    const own = (id = ''): Promise<string | null> =>
      world.value(sql`select external_ref from people where id = ${id}::bigint`);
    const [alone, beside] = [await known(), await known()];
    await elsewhere(null)(beside);
    for (const { membership } of [alone, beside]) await eve.api.delete(`/group_memberships/${membership}`);
    expect([await own(alone['bob']), await own(beside['bob'])]).toEqual([`ref-${alone['bob']}`, null]);
  });
});
