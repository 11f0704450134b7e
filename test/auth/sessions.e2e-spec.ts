import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import sql from 'sql-template-tag';
import { PASSWORD, SignedInWorld, type Login } from './signed-in-world.js';
import { bootSmallApp } from './small-app.js';

const STRICT = 'application/vnd.api+json';

interface SessionAnswer {
  data: { id: string; attributes: Record<string, string> };
}

describe('/apis/v4/sessions', () => {
  let world: SignedInWorld;
  let app: NestFastifyApplication;
  let ada: Login;

  beforeAll(async () => {
    world = await SignedInWorld.create();
    app = await bootSmallApp(world.env(), world.database);
    ada = await world.login('ada');
  });
  afterAll(async () => {
    await app.close();
    await world.drop();
  });
  beforeEach(() => world.database.query(sql`delete from sessions`));

  const credentials = () => ({ email: ada.email, password: PASSWORD });
  const strict = (attributes: object) => ({ data: { type: 'session', attributes } });
  const post = (body: unknown, type = STRICT, url = '/apis/v4/sessions') =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type, 'user-agent': 'Kith test' },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const send = (method: 'GET' | 'DELETE', path: string, token: string) =>
    app.inject({ method, url: `/apis/v4/sessions${path}`, headers: { authorization: `Bearer ${token}` } });
  const signIn = async () => (await post(strict(credentials()))).json<SessionAnswer>().data;

  it('POST signs in: a session with its token, which the header tells once more', async () => {
    const answer = await post(strict(credentials()));
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({ 'content-type': STRICT, 'cache-control': 'no-store' });
    const body = answer.json<SessionAnswer>();
    const { id } = body.data;
    const self = `/apis/v4/sessions/${id}`;
    expect(body).toEqual({
      jsonapi: { version: '1.1' },
      links: { self },
      data: {
        type: 'session',
        id,
        attributes: {
          token: expect.any(String),
          expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
          created_at: expect.any(String),
          last_used_at: expect.any(String),
          user_agent: 'Kith test',
        },
        relationships: {
          user: { data: { type: 'user', id: ada.userId } },
          person: { data: { type: 'person', id: ada.personId } },
        },
        links: { self },
      },
    });
    expect(answer.headers).toMatchObject({
      location: self,
      'x-mh-session': body.data.attributes['token'],
      'access-control-expose-headers': expect.stringContaining('X-MH-Session'),
    });
    await expect(world.value(sql`select user_id from sessions where id = ${id}`)).resolves.toBe(ada.userId);
    expect((await send('GET', '/current', body.data.attributes['token'] ?? '')).statusCode).toBe(200);
  });

  it('POST takes the two alone from a lenient client', async () => {
    expect((await post(credentials(), 'application/json', '/apis/v4/sessions?utm=x')).statusCode).toBe(201);
    expect((await post(strict(credentials()), 'application/json; charset=utf-8')).statusCode).toBe(201);
    expect((await post(credentials())).statusCode).toBe(400);
  });

  it('POST refuses wrong credentials with one and the same answer', async () => {
    const answers = await Promise.all([
      post(strict({ ...credentials(), password: 'wrong' })),
      post(strict({ ...credentials(), email: 'nobody@example.org' })),
    ]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ errors: [{ code: 'invalid_credentials' }] });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.headers).not.toHaveProperty('x-mh-session');
    }
    expect(answers[0]?.body).toBe(answers[1]?.body);
    await expect(world.value(sql`select count(*) from sessions`)).resolves.toBe('0');
  });

  it('POST says what is wrong with a body or a parameter', async () => {
    expect((await post('{')).json()).toMatchObject({ errors: [{ code: 'malformed_json' }] });
    expect((await post('')).statusCode).toBe(400);
    const missing = await post(strict({ email: ada.email }));
    expect([missing.statusCode, missing.json()]).toMatchObject([
      422,
      { errors: [{ source: { pointer: '/data/attributes' } }] },
    ]);
    const parameter = await post(strict(credentials()), STRICT, '/apis/v4/sessions?include=user');
    expect([parameter.statusCode, parameter.json()]).toMatchObject([
      400,
      { errors: [{ source: { parameter: 'include' } }] },
    ]);
  });

  it('GET shows my live sessions without their tokens, and hands out none', async () => {
    const first = await signIn();
    const second = await signIn();
    await world.session((await world.login('bob')).userId);
    const answer = await send('GET', '', second.attributes['token'] ?? '');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(STRICT);
    expect(answer.headers).not.toHaveProperty('x-mh-session');
    const { data } = answer.json<{ data: SessionAnswer['data'][] }>();
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(answer.body).not.toContain('token');
    const one = await send('GET', `/${first.id}`, second.attributes['token'] ?? '');
    expect(one.json()).toMatchObject({ data: { type: 'session', id: first.id } });
  });

  it('DELETE ends a session: its tokens are refused from then on', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const [firstToken = '', secondToken = ''] = [first.attributes['token'], second.attributes['token']];
    const answer = await send('DELETE', `/${first.id}`, secondToken);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers).not.toHaveProperty('content-type');
    expect(answer.headers).not.toHaveProperty('x-mh-session');
    expect((await send('GET', '/current', firstToken)).json()).toMatchObject({
      errors: [{ code: 'invalid_authorization' }],
    });
    expect((await send('DELETE', `/${first.id}`, secondToken)).statusCode).toBe(404);
    expect((await send('DELETE', '/current', secondToken)).statusCode).toBe(204);
    expect((await send('GET', '', secondToken)).statusCode).toBe(401);
    await expect(world.value(sql`select count(*) from sessions where revoked_at is null`)).resolves.toBe('0');
  });

  it('DELETE does not reach the session of another', async () => {
    const foreign = await world.session((await world.login('carol')).userId);
    const { attributes } = await signIn();
    expect((await send('DELETE', `/${foreign}`, attributes['token'] ?? '')).statusCode).toBe(404);
    await expect(world.value(sql`select revoked_at from sessions where id = ${foreign}`)).resolves.toBeNull();
  });
});
