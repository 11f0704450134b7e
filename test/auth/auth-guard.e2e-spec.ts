import { jest } from '@jest/globals';
import { createHmac, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jwt from 'jsonwebtoken';
import sql from 'sql-template-tag';
import { TokenService } from '../../src/auth/index.js';
import { SECRET, SignedInWorld, type Login } from './signed-in-world.js';
import { bootSmallApp } from './small-app.js';

const OLD_SECRET = 'an older secret of the tests, still accepted'.replace(',', ' -');
const keyOf = (secret: string) => createSecretKey(Buffer.from(secret));

describe('AuthGuard and SessionRefreshInterceptor', () => {
  let world: SignedInWorld;
  let app: NestFastifyApplication;
  let ada: Login;
  let sessionId: string;
  let claims: object;
  let token: string;

  beforeAll(async () => {
    world = await SignedInWorld.create();
    app = await bootSmallApp(world.env({ JWT_SECRET: `${SECRET},${OLD_SECRET}` }), world.database);
    ada = await world.login('ada');
  });
  afterAll(async () => {
    await app.close();
    await world.drop();
  });
  beforeEach(async () => {
    sessionId = await world.session(ada.userId);
    claims = { user_id: ada.userId, sid: sessionId };
    token = jwt.sign(claims, keyOf(SECRET), { expiresIn: 100 });
  });

  const get = (url: string, authorization?: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'GET',
      url,
      headers: { ...(authorization !== undefined && { authorization }), ...headers },
    });

  async function refused(url: string, authorization: string | undefined, code: string, detail: string) {
    const answer = await get(url, authorization);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({ errors: [{ code, detail }] });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers).not.toHaveProperty('x-mh-session');
  }
  const invalid = (authorization: string | undefined, url = '/me') =>
    refused(url, authorization, 'invalid_authorization', 'Invalid access token');

  it('lets a token pass, in the header or the query, the scheme in any case', async () => {
    for (const [url, authorization] of [
      ['/me', `Bearer ${token}`],
      ['/me', `bEARER ${token}`],
      [`/me?access_token=${token}`, undefined],
      ['/me?access_token=bad', `Bearer ${token}`],
    ] as const) {
      const answer = await get(url, authorization);
      expect([answer.statusCode, answer.body]).toEqual([200, ada.userId]);
    }
  });

  it('asks for a token', async () => {
    for (const [url, authorization] of [['/me'], ['/me?access_token='], ['/nowhere'], ['/me', '']] as const)
      await refused(url, authorization, 'missing_authorization', 'Missing access token');
  });

  it('lets the header win when it is bad', async () => {
    await invalid('Bearer bad', `/me?access_token=${token}`);
    await invalid('Basic YTpi', `/me?access_token=${token}`);
  });

  it('takes one token, not two', () => invalid(undefined, `/me?access_token=${token}&access_token=${token}`));

  it('tells an expired token', async () => {
    for (const secret of [SECRET, OLD_SECRET]) {
      const expired = jwt.sign(claims, keyOf(secret), { expiresIn: -1 });
      await refused('/me', `Bearer ${expired}`, 'expired_token', 'Expired access token');
    }
    await invalid(`Bearer ${jwt.sign(claims, randomBytes(48), { expiresIn: -1 })}`);
  });

  it('takes HS256 and nothing else', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const none = jwt.sign(claims, '', { algorithm: 'none', expiresIn: 100 });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, user_id: '1', exp: 9e9 })).toString('base64url');
    for (const bad of [
      none,
      `${none.split('.').slice(0, 2).join('.')}.${signature}`,
      jwt.sign(claims, keyOf(SECRET), { algorithm: 'HS512', expiresIn: 100 }),
      jwt.sign(claims, keyOf(SECRET), { algorithm: 'HS384', expiresIn: 100 }),
      jwt.sign(claims, privateKey, { algorithm: 'RS256', expiresIn: 100 }),
      jwt.sign(claims, createSecretKey(Buffer.from(pem)), { expiresIn: 100 }),
      jwt.sign(claims, randomBytes(48), { expiresIn: 100 }),
      `${header}.${other}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      'a.b.c',
      '....',
    ])
      await invalid(`Bearer ${bad}`);
  });

  it('takes no header that says another thing than it is', async () => {
    const forged = (header: object): string => {
      const encoded = [header, { ...claims, iat: 1, exp: 9e9 }].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const signature = createHmac('sha256', keyOf(SECRET)).update(encoded.join('.')).digest('base64url');
      return [...encoded, signature].join('.');
    };
    const plain = { typ: 'JWT', alg: 'HS256' };
    expect((await get('/me', `Bearer ${forged(plain)}`)).statusCode).toBe(200);
    for (const header of [
      { ...plain, crit: ['exp'] },
      { ...plain, crit: ['b64'], b64: false },
      { ...plain, crit: [] },
      { ...plain, crit: null },
      ...[
        'hs256',
        'HS256 ',
        'none',
        'None',
        'HS384',
        'RS256',
        'ES256',
        'PS256',
        '',
        null,
        7,
        ['HS256'],
        {},
      ].map((alg) => ({ ...plain, alg })),
      { typ: 'JWT' },
      [],
    ])
      await invalid(`Bearer ${forged(header)}`);
  });

  it('takes no token of the future, whatever the clocks', async () => {
    const now = Math.floor(Date.now() / 1000);
    const made = (iat: number, more: object = {}) =>
      `Bearer ${jwt.sign({ ...claims, iat, exp: now + 9000, ...more }, keyOf(SECRET))}`;
    expect((await get('/me', made(now + 30))).statusCode).toBe(200);
    await invalid(made(now + 120));
    await invalid(made(now, { nbf: now + 120 }));
    await invalid(`Bearer ${jwt.sign(claims, keyOf(SECRET), { expiresIn: 100, noTimestamp: true })}`);
  });

  it('takes tokens of an older key while it is listed, and signs with the first', async () => {
    const answer = await get('/me', `Bearer ${jwt.sign(claims, keyOf(OLD_SECRET), { expiresIn: 100 })}`);
    expect(answer.statusCode).toBe(200);
    expect(() => jwt.verify(answer.headers['x-mh-session'] as string, keyOf(SECRET))).not.toThrow();
  });

  it('refuses a token that is well signed and says too little or something else', async () => {
    for (const odd of [
      { user_id: ada.userId },
      { sid: sessionId },
      { user_id: { a: 1 }, sid: sessionId },
      { user_id: '0', sid: '0' },
    ])
      await invalid(`Bearer ${jwt.sign(odd, keyOf(SECRET), { expiresIn: 100 })}`);
    await invalid(`Bearer ${jwt.sign(claims, keyOf(SECRET))}`);
    await invalid(`Bearer ${jwt.sign('text', keyOf(SECRET))}`);
  });

  it('refuses every token of a revoked session', async () => {
    const fresh = (await get('/me', `Bearer ${token}`)).headers['x-mh-session'] as string;
    await world.database.query(sql`update sessions set revoked_at = now() where id = ${sessionId}`);
    await invalid(`Bearer ${token}`);
    await invalid(`Bearer ${fresh}`);
  });

  it('asks nothing on a public route, whatever is sent', async () => {
    for (const authorization of [undefined, 'Bearer bad', `Bearer ${token}`]) {
      const answer = await get('/open', authorization);
      expect([answer.statusCode, answer.body]).toEqual([200, 'unknown']);
      expect(answer.headers).not.toHaveProperty('x-mh-session');
    }
  });

  it.each([
    ['an answer', '/me', 200],
    ['an error of the handler', '/broken', 500],
    ['a refusal of a later guard', '/closed', 403],
    ['an unknown path', '/nowhere', 404],
  ])('puts one fresh token of the session on %s', async (_name, url, status) => {
    const sign = jest.spyOn(app.get(TokenService), 'sign');
    const answer = await get(url, `Bearer ${token}`);
    expect(sign).toHaveBeenCalledTimes(1);
    sign.mockRestore();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-expose-headers']).toContain('X-MH-Session');
    const renewed = jwt.verify(answer.headers['x-mh-session'] as string, keyOf(SECRET)) as jwt.JwtPayload;
    expect(renewed).toMatchObject(claims);
    expect((renewed.exp as number) - (renewed.iat as number)).toBe(world.env().sessionTtl);
    expect((await get('/me', `Bearer ${answer.headers['x-mh-session'] as string}`)).statusCode).toBe(200);
  });

  it('leaves to browsers what else they may read', async () => {
    const answer = await get('/me', `Bearer ${token}`, { origin: 'https://app.example' });
    expect(answer.headers['access-control-expose-headers']).toBe('ETag, X-MH-Session');
  });

  it('hands out no token on the routes of sessions', async () => {
    const answer = await get('/apis/v4/sessions/current', `Bearer ${token}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('x-mh-session');
  });

  it('keeps two apps of one process apart', async () => {
    const other = await bootSmallApp(
      world.env({ JWT_SECRET: 'the secret of quite another deployment' }),
      world.database,
    );
    try {
      expect((await get('/me', `Bearer ${token}`)).statusCode).toBe(200);
      const answer = await other.inject({
        method: 'GET',
        url: '/me',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.statusCode).toBe(401);
    } finally {
      await other.close();
    }
  });

  it('keeps callers apart who come at the same time', async () => {
    const bob = await world.login('bob');
    const bobs = jwt.sign({ user_id: bob.userId, sid: await world.session(bob.userId) }, keyOf(SECRET), {
      expiresIn: 100,
    });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => get('/me', `Bearer ${i % 2 ? token : bobs}`)),
    );
    answers.forEach(({ body }, i) => expect(body).toBe(i % 2 ? ada.userId : bob.userId));
  });

  it('does not call a broken database a bad token', async () => {
    const broken = await bootSmallApp(world.env(), {
      query: () => Promise.reject(new Error('away')),
    } as never);
    try {
      const answer = await broken.inject({
        method: 'GET',
        url: '/me',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.statusCode).toBe(500);
    } finally {
      await broken.close();
    }
  });
});
