import { LENIENCIES } from '../../src/jsonapi/lenient.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

type Name = keyof typeof LENIENCIES;

describe('What application/json may do and application/vnd.api+json may not', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const group = (data: object, more: object = {}) => ({ data: { type: 'group', ...data }, ...more });
  const named = (name: string) => group({ attributes: { name } });

  /** Each leniency with what a client sends, the refusal in strict, and what comes of it in lenient. */
  const cases: Record<
    Name,
    { send(api: ApiClient): Promise<ApiAnswer>; strict: number; lenient(answer: ApiAnswer): void }
  > = {
    unknown_parameters: {
      send: (api) =>
        api.get('/groups?sort=-name&foo=1&filter[foo]=1&fields[foo]=a&fields[group]=name,foo&limit=9'),
      strict: 400,
      lenient: ({ many }) =>
        expect(many.map(({ attributes }) => attributes)).toContainEqual({ name: 'Altos' }),
    },
    filters_spelling: {
      send: (api) => api.get('/groups?filters[name]=Altos'),
      strict: 400,
      lenient: ({ ids }) => expect(ids).toEqual([c.altos]),
    },
    attribute_at_the_end_of_include: {
      send: (api) => api.get(`/groups/${c.altos}?include=people.email_addresses.email,parent`),
      strict: 400,
      lenient: ({ includedKeys }) =>
        expect(includedKeys).toEqual(
          [`group:${c.choir}`, `person:${c.dora}`, `email_address:${c.emails.dora}`].sort(),
        ),
    },
    unknown_attributes: {
      send: (api) =>
        api.post(
          '/groups',
          group({ attributes: { name: 'New', foo: 1 }, relationships: { foo: { data: null } } }),
        ),
      strict: 422,
      lenient: ({ status, one }) => {
        expect(status).toBe(201);
        expect(one.attributes).not.toHaveProperty('foo');
      },
    },
    read_only_attributes: {
      send: (api) =>
        api.post('/groups', group({ attributes: { name: 'New', created_at: '2001-01-01T00:00:00Z' } })),
      strict: 403,
      lenient: ({ one }) => expect(one.attributes?.['created_at']).not.toMatch(/^2001/),
    },
    put: {
      send: (api) =>
        api.put(`/groups/${c.altos}`, group({ id: c.altos, attributes: { phone_region: 'DK' } })),
      strict: 405,
      lenient: ({ one }) => expect(one.attributes).toMatchObject({ name: 'Altos', phone_region: 'DK' }),
    },
    null_id: {
      send: (api) => api.post('/groups', group({ id: null, attributes: { name: 'New' } })),
      strict: 400,
      lenient: ({ status }) => expect(status).toBe(201),
    },
    missing_identity: {
      send: (api) => api.patch(`/groups/${c.altos}`, { data: { attributes: { phone_region: 'SE' } } }),
      strict: 400,
      lenient: ({ one }) => expect(one.attributes).toMatchObject({ name: 'Altos', phone_region: 'SE' }),
    },
    number_ids: {
      send: (api) =>
        api.patch(
          `/groups/${c.altos}`,
          group({
            id: Number(c.altos),
            relationships: { parent: { data: { type: 'group', id: Number(c.choir) } } },
          }),
        ),
      strict: 400,
      lenient: ({ one }) =>
        expect(one.relationships?.['parent']?.data).toEqual({ type: 'group', id: c.choir }),
    },
    no_id_in_linkage: {
      send: (api) =>
        api.post('/contact_assignments', {
          data: {
            type: 'contact_assignment',
            relationships: {
              person: { data: { type: 'person', id: c.dora } },
              assigned_to: { data: { type: 'person', id: c.ada.personId } },
              group: { data: { type: 'group' } },
            },
          },
        }),
      strict: 400,
      lenient: ({ one }) => expect(one.relationships?.['group']?.data).toBeNull(),
    },
    type_email: {
      send: (api) =>
        api.post('/people?dry_run=true', {
          data: { type: 'person', attributes: { first_name: 'Erik', last_name: 'Satie' } },
          included: [
            { type: 'email', attributes: { email: 'erik@example.org' } },
            { type: 'group_membership', attributes: { group_id: c.choir } },
          ],
        }),
      strict: 409,
      lenient: ({ status }) => expect([200, 201]).toContain(status),
    },
    unknown_included: {
      send: (api) =>
        api.post('/groups', { ...named('New'), included: [{ type: 'label', attributes: { a: 1 } }] }),
      strict: 409,
      lenient: ({ status }) => expect(status).toBe(201),
    },
    totals: {
      send: (api) => api.get('/people?page[size]=1&no_total_in_strict'),
      strict: 400,
      lenient: ({ many, total }) => expect([many.length, total]).toEqual([1, 3]),
    },
    linkage: {
      send: (api) => api.get(`/people/${c.carl}?only_lenient`),
      strict: 400,
      lenient: ({ one }) => {
        const data = Object.values(one.relationships ?? {}).map((relationship) => relationship.data);
        expect(data).not.toContain(undefined);
        expect(one.relationships?.['email_addresses']?.data).toHaveLength(2);
      },
    },
  };

  it('is listed, each by a name', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(LENIENCIES).sort());
  });

  it.each(Object.keys(LENIENCIES) as Name[])('%s', async (name) => {
    const { send, strict, lenient } = cases[name];
    expect((await send(c.ada.api)).status).toBe(strict);
    const answer = await send(c.ada.api.lenient);
    expect(answer.status).toBeLessThan(300);
    lenient(answer);
  });

  it('totals and linkage stand only where asked for in strict', async () => {
    const list = (await c.ada.api.get('/people?page[size]=1')).document;
    expect(list).not.toHaveProperty('meta');
    const [person] = (await c.ada.api.get('/people')).many;
    expect(person?.relationships?.['email_addresses']).not.toHaveProperty('data');
  });

  it('missing_identity goes as far as a body without data', async () => {
    const answer = await c.ada.api.lenient.patch(`/groups/${c.altos}`, {});
    expect([answer.status, answer.one.id]).toEqual([200, c.altos]);
  });

  it('is not to name another resource than that of the URL', async () => {
    const { lenient } = c.ada.api;
    expect((await lenient.patch(`/groups/${c.altos}`, group({ id: c.choir }))).refusal.status).toBe(409);
    expect((await lenient.patch(`/groups/${c.altos}`, { data: { type: 'person' } })).refusal.status).toBe(
      409,
    );
    expect(
      (await lenient.post('/groups', group({ id: '7', attributes: { name: 'x' } }))).refusal.status,
    ).toBe(403);
  });

  it('is not to have values of the wrong kind', async () => {
    const { lenient } = c.ada.api;
    expect((await lenient.post('/groups', named(''))).refusal.status).toBe(422);
    expect((await lenient.get('/groups?page[size]=0')).refusal.status).toBe(400);
    expect((await lenient.get('/groups?filter[id]=abc')).refusal.status).toBe(400);
    expect((await lenient.get('/groups?filter[name]=%zz')).refusal.status).toBe(400);
  });
});
