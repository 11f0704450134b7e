import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import sql from 'sql-template-tag';
import { ApiClient } from '../support/api-client.js';
import { OperationsClient, resultsOf } from '../support/operations-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';

const KEY = createSecretKey(Buffer.from('a secret of the tests that is long enough'));

interface Registered {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string;
}

describe('/apis/v4/api_clients', () => {
  let world: World;
  let root: Caller;
  let ada: Caller;
  let choir: string;
  let altos: string;
  let membership: string;

  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    root = await world.caller('Rut', {}, { superAdmin: true });
    choir = await world.group('Choir');
    altos = await world.group('Altos', { parent_id: choir });
    ada = await world.caller('Ada');
    membership = await world.member(ada.personId, choir, 'admin');
  });

  const document = (name: string, memberships: readonly string[]) => ({
    data: {
      type: 'api_client',
      attributes: { name },
      relationships: {
        group_memberships: { data: memberships.map((id) => ({ type: 'group_membership', id })) },
      },
    },
  });
  const register = async (memberships: readonly string[] = [membership]): Promise<Registered> => {
    const answer = await root.api.post('/api_clients', document('Import', memberships));
    const { client_id: clientId, client_secret: secret } = answer.one.attributes ?? {};
    return { id: answer.one.id, clientId: String(clientId), secret: String(secret) };
  };
  const askForToken = ({ clientId, secret }: Registered) =>
    world.app.inject({
      method: 'POST',
      url: '/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
      }).toString(),
    });
  const tokenOf = async (client: Registered): Promise<string> =>
    (await askForToken(client)).json<{ access_token: string }>().access_token;
  const apiOf = async (client: Registered): Promise<ApiClient> =>
    new ApiClient(world.app, await tokenOf(client));

  it('are made by super admins, and show their secret once', async () => {
    const answer = await root.api.post(
      '/api_clients?include=group_memberships',
      document('Nightly import', [membership]),
    );
    expect(answer.status).toBe(201);
    const { id, attributes } = answer.one;
    const secret = String(attributes?.['client_secret']);
    expect(attributes).toMatchObject({
      name: 'Nightly import',
      client_id: expect.stringMatching(/^kith-[0-9a-f]{18}$/),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      last_used_at: null,
    });
    expect(answer.includedKeys).toEqual([`group_membership:${membership}`]);
    const again = await root.api.get(`/api_clients/${id}`);
    expect(again.one.attributes).toMatchObject({ client_secret: null });
    const row = await world.value(sql`select to_jsonb(c)::text from api_clients c where id = ${id}`);
    expect(row).not.toContain(secret);
  });

  it('keep their secret out of what an Idempotency-Key keeps', async () => {
    const key = { 'idempotency-key': 'a-client-once' };
    const first = await root.api.post('/api_clients', document('Once', []), key);
    const second = await root.api.post('/api_clients', document('Once', []), key);
    expect([first.status, second.status, second.one.id]).toEqual([201, 201, first.one.id]);
    expect(second.one.attributes).toMatchObject({ client_secret: null });
    const kept = await world.value(sql`select string_agg(k::text, '') from idempotency_keys k`);
    expect(kept).not.toContain(first.one.attributes?.['client_secret']);
  });

  it('show their secret once through /operations too, and no copy of the answer has it', async () => {
    const operations = new OperationsClient(root.api);
    const key = { 'idempotency-key': 'clients-once' };
    const add = ['One', 'Two'].map((name) => ({ op: 'add', ...document(name, [membership]) }));
    const [first, second] = [await operations.send(add, '', key), await operations.send(add, '', key)];
    const secrets = resultsOf(first).map(({ data }) => data?.attributes?.['client_secret']);
    expect(secrets).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)]);
    expect(first.header('cache-control')).toBe('no-store');
    expect(resultsOf(second).map(({ data }) => data?.attributes?.['client_secret'])).toEqual([null, null]);
    const everything = await world.everything();
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });

  it('are nobody else’s business', async () => {
    const client = await apiOf(await register());
    const { id } = await register();
    const before = await world.everything();
    expect((await ada.api.post('/api_clients', document('Mine', [membership]))).refusal.status).toBe(403);
    expect((await ada.api.get('/api_clients')).ids).toEqual([]);
    expect((await ada.api.get(`/api_clients/${id}`)).status).toBe(404);
    const rename = { data: { type: 'api_client', id, attributes: { name: 'Mine' } } };
    expect((await ada.api.patch(`/api_clients/${id}`, rename)).status).toBe(404);
    expect((await ada.api.delete(`/api_clients/${id}`)).status).toBe(404);
    expect((await client.get('/api_clients')).ids).toEqual([]);
    expect((await client.post('/api_clients', document('Mine', []))).refusal.status).toBe(403);
    expect(await world.everything()).toBe(before);
  });

  it('get a token of their own kind, which no answer renews', async () => {
    const client = await register();
    const answer = await askForToken(client);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(answer.headers).not.toHaveProperty('x-mh-session');
    const { access_token: token, ...rest } = answer.json<{ access_token: string }>();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600 });
    const claims = jwt.verify(token, KEY) as jwt.JwtPayload;
    expect(Object.keys(claims)).toEqual(['client_id', 'sid', 'iat', 'exp']);
    expect(claims).toMatchObject({ client_id: client.clientId, exp: (claims.iat as number) + 3600 });
    const api = new ApiClient(world.app, token);
    for (const path of ['/people', '/nowhere', '/people/me', '/users/me'])
      expect((await api.get(path)).header('x-mh-session')).toBeUndefined();
    expect((await api.get('/people/me')).status).toBe(404);
    expect((await api.get('/users/me')).status).toBe(404);
    expect((await api.get('/people?filter[id]=me')).ids).toEqual([]);
    expect((await api.get('/sessions')).many).toEqual([]);
    expect((await api.get('/sessions/current')).status).toBe(404);
  });

  it('act as a user with the memberships that they were given, in descendants too', async () => {
    const [inChoir, inAltos] = [await world.contact('Carl', choir), await world.contact('Dora', altos)];
    const elsewhere = await world.contact('Eve', await world.group('Elsewhere'));
    const api = await apiOf(await register());
    const { ids } = await api.get('/people?sort=id');
    expect(ids).toEqual([ada.personId, inChoir, inAltos]);
    expect((await api.get(`/people/${elsewhere}`)).status).toBe(404);
    expect((await api.delete(`/people/${inAltos}`)).status).toBe(204);
    const nothing = await apiOf(await register([]));
    expect((await nothing.get('/people')).ids).toEqual([]);
  });

  it('make people in the groups of their memberships, and stand as their maker', async () => {
    const client = await register();
    const api = await apiOf(client);
    const answer = await api.post('/people?include=created_by', {
      data: { type: 'person', attributes: { first_name: 'Nora' } },
      included: [{ type: 'email_address', attributes: { email: 'nora@example.org' } }],
    });
    expect(answer.status).toBe(201);
    const { id, meta, relationships } = answer.one;
    expect([meta, relationships?.['created_by']?.data]).toEqual([{ api_client_id: client.id }, null]);
    expect(await world.row('people', id)).toMatchObject({
      created_by_id: null,
      created_by_client_id: client.id,
    });
    const [own] = (await api.get(`/people/${id}/groups`)).ids;
    expect(own).toBe(choir);
    const assignment = await api.post('/contact_assignments', {
      data: {
        type: 'contact_assignment',
        relationships: {
          person: { data: { type: 'person', id } },
          assigned_to: { data: { type: 'person', id: ada.personId } },
          group: { data: { type: 'group', id: choir } },
        },
      },
    });
    expect(assignment.one).toMatchObject({
      meta: { api_client_id: client.id },
      relationships: { assigned_by: { data: null } },
    });
    const changes = await ada.api.get(`/person_changes?filter[person]=${id}&sort=id`);
    expect(changes.many.map(({ meta: by, attributes }) => [by, attributes?.['action']])).toEqual([
      [{ api_client_id: client.id }, 'created'],
      [{ api_client_id: client.id }, 'updated'],
    ]);
    // Who is a person is no client.
    const byAda = await ada.api.post('/people', {
      data: { type: 'person', attributes: { first_name: 'Olga' } },
    });
    expect(byAda.one).not.toHaveProperty('meta');
  });

  it('have the people that they made without a group to themselves', async () => {
    const [client, other] = [await register(), await register()];
    const [api, otherApi] = [await apiOf(client), await apiOf(other)];
    const person = { data: { type: 'person', attributes: { first_name: 'Pia' } } };
    const email = { type: 'email_address', attributes: { email: 'pia@example.org' } };
    const made = await api.lenient.post('/people', { ...person, included: [email] });
    const { id } = made.one;
    expect(made.status).toBe(201);
    expect((await api.get(`/people/${id}`)).status).toBe(200);
    expect((await otherApi.get(`/people/${id}`)).status).toBe(404);
    expect((await ada.api.get(`/people/${id}`)).status).toBe(404);
    // Nobody in particular made this one: that is not the same as a client.
    const nobodys = await world.person('Quentin');
    expect((await api.get(`/people/${nobodys}`)).status).toBe(404);
    const again = await api.lenient.post('/people', { ...person, included: [email] });
    expect([again.status, again.one.id]).toEqual([200, id]);
    const twin = await otherApi.lenient.post('/people', { ...person, included: [email] });
    expect([twin.status, twin.one.id === id]).toEqual([201, false]);
    expect((await otherApi.delete(`/people/${id}`)).status).toBe(404);
    expect((await api.delete(`/people/${id}`)).status).toBe(204);
  });

  it('own no group, and make child groups where they administer', async () => {
    const api = await apiOf(await register());
    const group = (parent?: string) => ({
      data: {
        type: 'group',
        attributes: { name: 'New' },
        ...(parent && { relationships: { parent: { data: { type: 'group', id: parent } } } }),
      },
    });
    expect((await api.post('/groups', group())).refusal).toEqual({
      status: 403,
      errors: [['forbidden', '/data']],
    });
    const child = await api.post('/groups', group(choir));
    expect(child.status).toBe(201);
    await expect(
      world.value(sql`select count(*) from group_memberships where group_id = ${child.one.id}`),
    ).resolves.toBe('0');
  });

  it('lose what a membership gave with the membership, at once', async () => {
    const person = await world.contact('Carl', choir);
    const api = await apiOf(await register());
    const reads = async (): Promise<boolean> => (await api.get(`/people/${person}`)).status === 200;
    const set = (change: ReturnType<typeof sql>) =>
      world.database.query(sql`update group_memberships set ${change} where id = ${membership}`);
    expect(await reads()).toBe(true);
    await set(sql`archived_at = now()`);
    expect(await reads()).toBe(false);
    await set(sql`archived_at = null, role = 'contact'`);
    expect(await reads()).toBe(false);
    await set(sql`role = 'user'`);
    expect(await reads()).toBe(true);
    expect((await api.delete(`/people/${person}`)).status).toBe(403);
    await world.database.query(sql`update people set deleted_at = now() where id = ${ada.personId}`);
    expect(await reads()).toBe(false);
  });

  it('are given other memberships later', async () => {
    const client = await register([]);
    const api = await apiOf(client);
    const change = { data: { ...document('Renamed', [membership]).data, id: client.id } };
    const changed = await root.api.patch(`/api_clients/${client.id}`, change);
    expect(changed.one.attributes).toMatchObject({ name: 'Renamed', client_secret: null });
    expect((await api.get('/people')).ids).toContain(ada.personId);
    const linkage = { data: [{ type: 'group_membership', id: membership }] };
    const path = `/api_clients/${client.id}/relationships/group_memberships`;
    expect((await root.api.delete(path, linkage)).status).toBe(200);
    expect((await api.get('/people')).ids).toEqual([]);
    expect((await ada.api.post(path, linkage)).status).toBe(404);
    const unknown = await root.api.post('/api_clients', document('Odd', ['999999']));
    expect(unknown.refusal.status).toBe(404);
  });

  it('are revoked: their tokens at once, for good, and what they made still says so', async () => {
    const client = await register();
    const api = await apiOf(client);
    const made = await api.post('/people', { data: { type: 'person', attributes: { first_name: 'Rosa' } } });
    const { last_used_at: lastUsed } = (await root.api.get(`/api_clients/${client.id}`)).one.attributes ?? {};
    expect(lastUsed).toEqual(expect.any(String));
    expect((await root.api.delete(`/api_clients/${client.id}`)).status).toBe(204);
    expect((await api.get('/people')).refusal.errors).toEqual([['invalid_authorization', undefined]]);
    const refused = await askForToken(client);
    expect([refused.statusCode, refused.json()]).toMatchObject([401, { error: 'invalid_client' }]);
    expect((await root.api.get(`/api_clients/${client.id}`)).status).toBe(404);
    expect((await root.api.get('/api_clients')).ids).not.toContain(client.id);
    expect((await ada.api.get(`/people/${made.one.id}`)).one.meta).toEqual({ api_client_id: client.id });
    expect((await root.api.delete(`/api_clients/${client.id}`)).status).toBe(404);
  });

  it('end one token when its session is revoked or over', async () => {
    const client = await register();
    const [one, other] = [await tokenOf(client), await tokenOf(client)];
    const { sid } = jwt.decode(one) as { sid: string };
    await world.database.query(sql`update sessions set expires_at = now() where id = ${sid}`);
    expect((await new ApiClient(world.app, one).get('/people')).status).toBe(401);
    expect((await new ApiClient(world.app, other).get('/people')).status).toBe(200);
  });

  it('are not mistaken for users, nor users for them', async () => {
    const client = await register();
    const clientSession = (jwt.decode(await tokenOf(client)) as { sid: string }).sid;
    const userSession = (jwt.decode(ada.token) as { sid: string }).sid;
    const claims = [
      { user_id: ada.userId, sid: clientSession },
      { client_id: client.clientId, sid: userSession },
      { client_id: client.clientId, user_id: ada.userId, sid: clientSession },
      { client_id: client.id, sid: clientSession },
      { client_id: '', sid: clientSession },
      { client_id: "x' or true --", sid: clientSession },
    ];
    for (const each of claims) {
      const token = jwt.sign(each, KEY, { expiresIn: 100 });
      expect((await new ApiClient(world.app, token).get('/people')).refusal.errors).toEqual([
        ['invalid_authorization', undefined],
      ]);
    }
  });
});
