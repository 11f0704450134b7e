import { jest } from '@jest/globals';
import Devour from 'devour-client';
import { Jsona } from 'jsona';
import { JsonApiDataStore, JsonApiDataStoreModel } from 'jsonapi-datastore';
import { Deserializer } from 'jsonapi-serializer';
import Kitsu from 'kitsu';
import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import { JSON_TYPE } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

/** Parsed here: clients ask an array for its constructor, and jest has two of them. */
const parsed = async (answer: Response): Promise<unknown> => JSON.parse(await answer.text());

interface Model {
  id: string;
  [name: string]: unknown;
}

/** Clients that others wrote, as their users use them, against the listening server. */
describe('Independent clients', () => {
  let c: Choir;
  let url: string;

  beforeAll(async () => {
    c = await bootChoir();
    await c.world.app.listen(0, '127.0.0.1');
    url = `${await c.world.app.getUrl()}/apis/v4`;
  });
  afterAll(() => c.world.close());

  async function send(method: string, path: string, body?: unknown, type = MEDIA_TYPE): Promise<Response> {
    const headers = {
      authorization: `Bearer ${c.ada.token}`,
      accept: type,
      ...(body !== undefined && { 'content-type': type }),
    };
    return fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }
  const read = async (path: string, type?: string) =>
    parsed(await send('GET', path, undefined, type)) as Promise<never>;
  const named = (models: unknown, name = 'first_name') => (models as Model[]).map((model) => model[name]);

  test('kitsu reads, creates, changes and deletes', async () => {
    const headers = { Authorization: `Bearer ${c.ada.token}` };
    const api = new Kitsu({
      baseURL: url,
      headers,
      camelCaseTypes: false,
      resourceCase: 'none',
      pluralize: false,
    });

    const list = (await api.get('people', {
      params: {
        include: 'groups.parent,email_addresses',
        sort: 'first_name',
        fields: { group: 'name,parent' },
      },
    })) as { data: Model[]; links: unknown };
    expect(named(list.data)).toEqual(['Ada', 'Carl', 'Dora']);
    const dora = list.data[2] as never as { groups: { data: Model[] }; email_addresses: { data: Model[] } };
    expect(named(dora.groups.data, 'name')).toEqual(['Altos']);
    expect((dora.groups.data[0] as never as { parent: { data: Model } }).parent.data).toMatchObject({
      id: c.choir,
      name: 'Choir',
    });
    expect(named(dora.email_addresses.data, 'email')).toEqual(['dora@example.org']);

    const parent = { data: { type: 'group', id: c.choir } };
    const created = (await api.request({
      method: 'POST',
      url: 'groups',
      type: 'group',
      body: { name: 'Basses', parent },
    } as never)) as {
      data: Model;
      status: number;
    };
    expect([created.status, created.data]).toEqual([201, expect.objectContaining({ name: 'Basses' })]);
    const { id } = created.data;
    const changed = (await api.request({
      method: 'PATCH',
      url: `groups/${id}`,
      type: 'group',
      body: { id, name: 'Low' },
    } as never)) as {
      data: Model;
    };
    expect(changed.data).toMatchObject({ id, name: 'Low', parent });
    const linkage = (await api.get(`groups/${id}/relationships/parent`)) as { data: Model };
    expect(linkage.data).toMatchObject({ type: 'group', id: c.choir });
    const moved = (await api.request({
      method: 'PATCH',
      url: `groups/${id}/relationships/parent`,
      type: 'group',
      body: { id: c.altos },
    } as never)) as { data: Model };
    expect(moved.data).toMatchObject({ type: 'group', id: c.altos });
    // It sends a body along, with a type of its own making.
    expect(await api.remove('groups', id)).toMatchObject({ status: 204 });
    await expect(api.get(`groups/${id}`)).rejects.toMatchObject({
      errors: [{ status: '404', code: 'not_found' }],
    });
  });

  test('devour reads, creates, changes and deletes', async () => {
    const api = new Devour({ apiUrl: url, bearer: c.ada.token, logger: false });
    api.headers['Accept'] = MEDIA_TYPE;
    const one = (type: string) => ({ jsonApi: 'hasOne', type });
    const many = (type: string) => ({ jsonApi: 'hasMany', type });
    api.define(
      'person',
      { first_name: '', groups: many('group') },
      { type: 'person', collectionPath: 'people' },
    );
    api.define(
      'group',
      { name: '', parent: one('group'), people: many('person') },
      { type: 'group', collectionPath: 'groups', readOnly: ['people'] },
    );

    const list = await api.findAll('person', {
      include: 'groups.parent',
      sort: 'first_name',
      page: { size: 2 },
    });
    expect([named(list.data), list.links]).toEqual([
      ['Ada', 'Carl'],
      expect.objectContaining({ prev: null }),
    ]);
    const [group] = list.data[1]?.['groups'] as Model[];
    expect(group).toMatchObject({ id: c.choir, name: 'Choir', parent: null });

    const { data: created } = await api.create(
      'group',
      { name: 'Tenors', parent: { id: c.choir } },
      { include: 'parent' },
    );
    expect(created).toMatchObject({ name: 'Tenors', parent: { id: c.choir, name: 'Choir' } });
    const { data: changed } = await api.update('group', { ...created, name: 'High', parent: null });
    expect(changed).toMatchObject({ id: created.id, name: 'High', parent: null });
    const linkage = await api.one('group', c.choir).relationships('people').get();
    expect((linkage.data as Model[]).map(({ id }) => id).sort()).toEqual([c.ada.personId, c.carl].sort());
    await api.one('group', created.id).relationships('parent').patch({ id: c.altos });
    expect((await api.find('group', created.id, { include: 'parent' })).data['parent']).toMatchObject({
      name: 'Altos',
    });
    const groups = () => api.one('person', c.dora).relationships('groups');
    const hers = async () => ((await groups().get()).data as Model[]).map(({ id }) => id).sort();
    await groups().post([{ id: c.choir }, { id: created.id }]);
    expect(await hers()).toEqual([c.choir, c.altos, created.id].sort());
    await groups().destroy([c.choir, created.id].map((id) => ({ id, type: 'group' })));
    expect(await hers()).toEqual([c.altos]);
    await api.destroy('group', created.id);
    await expect(api.find('group', created.id)).rejects.toBeDefined();
  });

  test('jsona reads, and writes what it serializes', async () => {
    const jsona = new Jsona();
    const people = jsona.deserialize(
      await read('/people?include=groups.parent,email_addresses&sort=first_name'),
    ) as Model[];
    expect(named(people)).toEqual(['Ada', 'Carl', 'Dora']);
    const [group] = people[2]?.['groups'] as Model[];
    expect(group).toMatchObject({ type: 'group', name: 'Altos', parent: { id: c.choir, name: 'Choir' } });

    const model = {
      type: 'group',
      name: 'Sopranos',
      parent: { type: 'group', id: c.choir },
      relationshipNames: ['parent'],
    };
    const { data, ...rest } = jsona.serialize({ stuff: model, includeNames: [] }) as { data: Model };
    const parent = { parent: { data: { type: 'group', id: c.choir } } };
    const answer = await send('POST', '/groups', { data: { ...data, relationships: parent }, ...rest });
    const created = jsona.deserialize((await parsed(answer)) as never) as Model;
    expect([answer.status, created]).toEqual([201, expect.objectContaining({ name: 'Sopranos' })]);
    // A model that was read is written back whole, links among the attributes: that takes the lenient way.
    const back = jsona.serialize({ stuff: { ...created, name: 'Sopranos I' } as never }) as { data: Model };
    const changed = await send('PATCH', `/groups/${created.id}`, back, JSON_TYPE);
    expect(changed.status).toBe(200);
    expect(jsona.deserialize((await parsed(changed)) as never)).toMatchObject({
      id: created.id,
      name: 'Sopranos I',
    });
    expect((await send('DELETE', `/groups/${created.id}`)).status).toBe(204);
  });

  test.each([MEDIA_TYPE, JSON_TYPE])(
    'jsonapi-datastore, which the apps use, reads and writes %s',
    async (type) => {
      // It says of every relationship with links that it does not know them.
      const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
      const store = new JsonApiDataStore();
      const { data: people, meta } = store.syncWithMeta(
        await read(
          '/people?include=groups,contact_assignments.person&sort=first_name&page[total]=true',
          type,
        ),
      );
      expect([named(people), meta]).toEqual([['Ada', 'Carl', 'Dora'], { total: 3 }]);
      expect(named(people[1]?.['groups'], 'name')).toEqual(['Choir']);
      const [assignment] = people[0]?.['contact_assignments'] as Model[];
      expect((assignment?.['person'] as Model)['first_name']).toBe('Carl');
      expect(store.find('group', c.choir)?.['name']).toBe('Choir');
      // The apps walk relationships that they did not include.
      if (type === JSON_TYPE) expect(people[0]?.['email_addresses']).toEqual([]);

      const group = new JsonApiDataStoreModel('group');
      group.setAttribute('name', 'Fugue');
      group.setRelationship('parent', { _type: 'group', id: c.choir });
      const answer = await send('POST', '/groups', group.serialize(), type);
      expect(answer.status).toBe(201);
      const made = store.sync(await parsed(answer));
      expect(made['name']).toBe('Fugue');
      expect((made['parent'] as Model)['name']).toBe('Choir');
      made.setAttribute('name', 'Canon');
      const verb = type === JSON_TYPE ? 'PUT' : 'PATCH';
      const changed = await send(
        verb,
        `/groups/${made.id}`,
        made.serialize({ attributes: ['name'], relationships: ['parent'] }),
        type,
      );
      expect([changed.status, store.sync(await parsed(changed))['name']]).toEqual([200, 'Canon']);
      const gone = await send('DELETE', `/groups/${made.id}`, undefined, type);
      expect([gone.status, await gone.text()]).toEqual([204, '']);
      expect(log).toHaveBeenCalled();
      log.mockRestore();
    },
  );

  test("jsonapi-serializer's Deserializer reads", async () => {
    const deserializer = new Deserializer({ keyForAttribute: 'underscore_case' });
    const people = (await deserializer.deserialize(
      await read('/people?include=groups,email_addresses&sort=first_name'),
    )) as Model[];
    expect(named(people)).toEqual(['Ada', 'Carl', 'Dora']);
    expect(people[1]).toMatchObject({
      id: c.carl,
      groups: [expect.objectContaining({ id: c.choir, name: 'Choir' })],
      email_addresses: [{ email: 'Carl@example.org' }, { email: 'carl@work.example' }],
    });
    expect(await deserializer.deserialize(await read(`/groups/${c.altos}?include=parent`))).toMatchObject({
      id: c.altos,
      name: 'Altos',
      parent: { id: c.choir, name: 'Choir' },
    });
  });
});
