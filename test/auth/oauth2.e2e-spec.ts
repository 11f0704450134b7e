import { insert } from '../support/factories/insert.factory.js';
import { World } from '../support/factories/world.factory.js';
import { secretHash } from '../../src/auth/clients/client-secret.js';

const SECRET = 'a secret of 256 bits, or so we say here';
const NAME = 'kith-0123456789abcdef01';
const FORM = 'application/x-www-form-urlencoded';

describe('POST /oauth2/token', () => {
  let world: World;
  let limited: World;

  beforeAll(async () => {
    [world, limited] = [await World.boot(), await World.boot({ RATE_LIMIT_SIGN_IN_PER_MINUTE: '3' })];
    for (const each of [world, limited])
      await insert(each.database, 'api_clients', {
        name: 'Import',
        client_id: NAME,
        secret_hash: secretHash(SECRET),
      });
  });
  afterAll(async () => {
    await world.close();
    await limited.close();
  });

  const send = (payload: string | undefined, headers: Record<string, string> = {}, to = world) =>
    to.app.inject({
      method: 'POST',
      url: '/oauth2/token',
      headers: { 'content-type': FORM, ...headers },
      ...(payload !== undefined && { payload }),
    });
  const form = (members: Record<string, string>) => new URLSearchParams(members).toString();
  const grant = { grant_type: 'client_credentials' };
  const good = { ...grant, client_id: NAME, client_secret: SECRET };
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it('takes the credentials in the form, or as Basic', async () => {
    const encoded = `${NAME}:${encodeURIComponent(SECRET)}`;
    const answers = [
      await send(form(good)),
      await send(form({ ...good, scope: 'anything' }), { 'content-type': `${FORM}; charset=utf-8` }),
      await send(form(grant), basic(encoded)),
      await send(form(grant), basic(encoded.replaceAll('%20', '+'))),
      await send(form({ ...grant, client_id: NAME }), basic(encoded)),
      await send(form(good), { accept: 'text/html' }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(answer.json()).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 3600,
      });
    }
  });

  it.each<[string, string | undefined, Record<string, string>, number, string]>([
    ['a wrong secret', form({ ...good, client_secret: 'wrong' }), {}, 401, 'invalid_client'],
    ['another client', form({ ...good, client_id: 'kith-nobody' }), {}, 401, 'invalid_client'],
    ['a name that none can have', form({ ...good, client_id: 'x y' }), {}, 401, 'invalid_client'],
    ['a wrong secret as Basic', form(grant), basic(`${NAME}:wrong`), 401, 'invalid_client'],
    ['a user’s grant', form({ ...good, grant_type: 'password' }), {}, 400, 'unsupported_grant_type'],
    ['no grant', form({ client_id: NAME, client_secret: SECRET }), {}, 400, 'invalid_request'],
    ['an empty grant', form({ ...good, grant_type: '' }), {}, 400, 'invalid_request'],
    ['no credentials', form(grant), {}, 400, 'invalid_request'],
    ['no secret', form({ ...grant, client_id: NAME }), {}, 400, 'invalid_request'],
    ['a secret twice', `${form(good)}&client_secret=x`, {}, 400, 'invalid_request'],
    ['two ways at once', form(good), basic(`${NAME}:${SECRET}`), 400, 'invalid_request'],
    ['two names', form({ ...grant, client_id: 'other' }), basic(`${NAME}:x`), 400, 'invalid_request'],
    ['a bearer token', form(good), { authorization: 'Bearer x' }, 400, 'invalid_request'],
    ['Basic without a colon', form(grant), basic(NAME), 400, 'invalid_request'],
    ['Basic that is badly encoded', form(grant), basic(`${NAME}:%`), 400, 'invalid_request'],
    ['NUL', form({ ...good, client_id: 'a\0' }), {}, 400, 'invalid_request'],
    ['JSON', JSON.stringify(good), { 'content-type': 'application/json' }, 400, 'invalid_request'],
    ['no type', form(good), { 'content-type': 'text/plain' }, 400, 'invalid_request'],
    ['nothing', undefined, {}, 400, 'invalid_request'],
    ['a long secret', form({ ...good, client_secret: 'x'.repeat(2000) }), {}, 400, 'invalid_request'],
  ])('refuses %s', async (_, payload, headers, status, error) => {
    const answer = await send(payload, headers);
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { error, error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) },
    ]);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache' });
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="Kith"' : undefined);
    expect(answer.headers).not.toHaveProperty('x-mh-session');
  });

  it('says so in the same way when the method or the address is wrong', async () => {
    const { api } = await world.caller('Ada');
    for (const [method, url, status] of [
      ['GET', '/oauth2/token', 405],
      ['POST', '/oauth2/nothing', 404],
    ] as const) {
      const answer = await world.app.inject({ method, url, headers: api.authorization });
      expect([answer.statusCode, answer.json()]).toMatchObject([status, { error: 'invalid_request' }]);
    }
  });

  it('counts failures for the address and for the client', async () => {
    const statuses = [];
    for (let i = 0; i < 5; i += 1)
      statuses.push((await send(form({ ...good, client_secret: `guess ${i}` }), {}, limited)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const refused = await send(form(good), {}, limited);
    expect([refused.statusCode, refused.json()]).toMatchObject([429, { error: 'temporarily_unavailable' }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});
