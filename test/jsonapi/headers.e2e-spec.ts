import jwt from 'jsonwebtoken';
import type { ApiAnswer } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': expect.any(String),
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-request-id': expect.stringMatching(/^[\w.:-]{1,100}$/),
  'x-runtime': expect.stringMatching(/^\d+\.\d+$/),
  vary: expect.stringMatching(/\bAccept\b/),
};

describe('Headers', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir({ CORS_ORIGINS: 'https://app.example,https://web.example', BODY_LIMIT: '2kb' });
  });
  afterAll(() => c.world.close());

  const group = (attributes: object) => ({ data: { type: 'group', attributes } });
  const big = JSON.stringify(group({ name: 'x'.repeat(3000) }));

  /** One answer of every status that a signed-in caller can get, and a few twice from different layers. */
  const answers = async (): Promise<Record<string, ApiAnswer>> => {
    const { api } = c.ada;
    const made = await api.post('/groups', group({ name: 'Made' }));
    const etag = (await api.get(`/groups/${c.choir}`)).header('etag') as string;
    return {
      '200': await api.get('/groups'),
      '200 head': await api.send({ method: 'HEAD', path: '/groups' }),
      '201': made,
      '204': await api.delete(made.one.links.self),
      '304': await api.get(`/groups/${c.choir}`, { 'if-none-match': `${etag}, "other"` }),
      '400': await api.get('/groups?unknown=1'),
      '400 body': await api.post('/groups', '{'),
      '403': await api.post('/person_changes', { data: { type: 'person_change' } }),
      '404': await api.get('/groups/999999'),
      '404 address': await api.get('/nowhere'),
      '405': await api.delete('/groups'),
      '409': await api.post('/groups', { data: { type: 'person' } }),
      '422': await api.post('/groups', group({})),
    };
  };

  it('carry on every answer the same protection, and Vary', async () => {
    const early = {
      '401': await c.world.nobody.get('/groups'),
      '406': await c.ada.api.get('/groups', { accept: 'text/html' }),
      '413': await c.ada.api.post('/groups', big),
      '415': await c.ada.api.post('/groups', group({ name: 'x' }), { 'content-type': 'text/plain' }),
    };
    for (const [name, answer] of Object.entries({ ...(await answers()), ...early })) {
      expect([name, answer.status]).toEqual([name, Number(name.slice(0, 3))]);
      expect([name, answer.headers]).toEqual([name, expect.objectContaining(ALWAYS)]);
    }
  });

  it('hand a fresh token of the same session to whoever is signed in, with every status', async () => {
    const { sid } = jwt.decode(c.ada.token) as { sid: string };
    for (const [name, answer] of Object.entries(await answers())) {
      const token = jwt.decode(answer.header('x-mh-session') ?? '');
      expect([name, token]).toEqual([name, expect.objectContaining({ user_id: c.ada.userId, sid })]);
      expect(answer.header('access-control-expose-headers')).toContain('X-MH-Session');
    }
  });

  it('hand none to whoever is not, nor before it was asked who it is', async () => {
    for (const answer of [
      await c.world.nobody.get('/groups'),
      await c.world.nobody.get('/nowhere'),
      await c.ada.api.get('/groups', { authorization: 'Bearer nonsense' }),
      await c.ada.api.get('/groups', { accept: 'text/html' }),
      await c.ada.api.post('/groups', group({ name: 'x' }), { 'content-type': 'text/plain' }),
      await c.ada.api.post('/groups', big),
    ])
      expect([answer.status, answer.header('x-mh-session')]).toEqual([answer.status, undefined]);
  });

  it('challenge whoever has no token', async () => {
    for (const path of ['/groups', '/nowhere', '/groups/1/people']) {
      const answer = await c.world.nobody.get(path);
      expect(answer.status).toBe(401);
      expect(answer.header('www-authenticate')).toBe('Bearer');
      expect(answer.document.errors?.[0]).toMatchObject({
        code: 'missing_authorization',
        detail: 'Missing access token',
      });
    }
  });

  describe('X-Request-Id', () => {
    it('is taken over, and is the id of the errors', async () => {
      const answer = await c.ada.api.get('/groups/999999', { 'x-request-id': 'My-id_1.2:3' });
      expect(answer.header('x-request-id')).toBe('My-id_1.2:3');
      expect(answer.document.errors?.[0]?.id).toBe('My-id_1.2:3');
    });

    it.each(['', 'a b', 'x'.repeat(101), '<script>', 'a"b', 'é'])('is made when "%s" is sent', async (id) => {
      const made = (await c.ada.api.get('/groups', { 'x-request-id': id })).header('x-request-id');
      expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    });
  });

  describe('ETag', () => {
    it('stands on documents that may be kept and asked about again', async () => {
      for (const path of ['/groups', `/groups/${c.choir}`, `/groups/${c.choir}/relationships/people`]) {
        const answer = await c.ada.api.get(path);
        expect(answer.header('etag')).toMatch(/^(W\/)?"[^"]+"$/);
        expect(answer.header('cache-control')).toBe('max-age=0, private, must-revalidate');
      }
    });

    it('is the same for the same document, another after a change', async () => {
      const etag = async () => (await c.ada.api.get(`/groups/${c.altos}`)).header('etag');
      const before = await etag();
      expect(await etag()).toBe(before);
      await c.ada.api.patch(`/groups/${c.altos}`, {
        data: { type: 'group', id: c.altos, attributes: { phone_region: 'DK' } },
      });
      expect(await etag()).not.toBe(before);
    });

    it('answers 304 without a body to If-None-Match, for GET and HEAD', async () => {
      const path = `/groups/${c.choir}`;
      const etag = (await c.ada.api.get(path)).header('etag') as string;
      for (const method of ['GET', 'HEAD'] as const)
        for (const header of [etag, `"x", ${etag}`, '*']) {
          const answer = await c.ada.api.send({ method, path, headers: { 'if-none-match': header } });
          expect([method, header, answer.status, answer.bytes.length]).toEqual([method, header, 304, 0]);
          expect(answer.header('etag')).toBe(etag);
          expect(answer.header('cache-control')).toBe('max-age=0, private, must-revalidate');
          if (method === 'GET') expect(answer.header('content-length')).toBeUndefined();
        }
      expect((await c.ada.api.get(path, { 'if-none-match': '"x"' })).status).toBe(200);
    });

    it('does not make a write conditional on what nobody has', async () => {
      const answer = await c.ada.api.post('/groups', group({ name: 'Any' }), { 'if-none-match': '*' });
      expect(answer.status).toBe(201);
    });

    it('stands on no error, which nobody keeps', async () => {
      for (const path of ['/groups/999999', '/nowhere', '/groups?x=1']) {
        const answer = await c.ada.api.get(path, { 'if-none-match': '*' });
        expect(answer.header('etag')).toBeUndefined();
        expect(answer.header('cache-control')).toBe('no-cache');
      }
    });
  });

  describe('Allow', () => {
    it.each([
      ['DELETE', '/groups', 'GET, HEAD, POST'],
      ['PATCH', '/people', 'GET, HEAD, POST'],
      ['PUT', '/groups', 'GET, HEAD, POST'],
      ['POST', '/groups/1', 'DELETE, GET, HEAD, PATCH'],
      ['PUT', '/groups/1', 'DELETE, GET, HEAD, PATCH'],
      ['POST', '/groups/1/people', 'GET, HEAD'],
      ['DELETE', '/groups/1/people', 'GET, HEAD'],
    ] as const)('tells with 405 to %s %s what is possible', async (method, path, allow) => {
      const answer = await c.ada.api.send({ method, path, body: group({ name: 'x' }) });
      expect(answer.refusal).toEqual({ status: 405, errors: [['method_not_allowed', undefined]] });
      expect(answer.header('allow')?.split(', ').sort().join(', ')).toBe(allow);
    });

    it.each(['TRACE', 'PROPFIND', 'LOCK', 'REPORT'])(
      'is told to %s, which is possible nowhere',
      async (method) => {
        const sent = (url: string) =>
          c.world.app.inject({ method: method as 'GET', url, headers: c.ada.api.authorization });
        for (const [url, allow] of [
          ['/apis/v4/groups', 'GET, HEAD, POST'],
          ['/apis/v4/groups/1?x=1', 'DELETE, GET, HEAD, PATCH'],
          ['/apis/v4/sessions', 'GET, HEAD, POST'],
          ['/healthz', 'GET, HEAD'],
        ] as const) {
          const reply = await sent(url);
          expect([url, reply.statusCode, reply.headers['allow']]).toEqual([url, 405, allow]);
          expect(reply.json()).toMatchObject({ errors: [{ status: '405', code: 'method_not_allowed' }] });
          expect(reply.headers['content-type']).toBe('application/vnd.api+json');
        }
        expect((await sent('/persons/find')).json()).toMatchObject({ error: { type: 'method_not_allowed' } });
        const nowhere = await sent('/apis/v4/nowhere');
        expect([nowhere.statusCode, nowhere.headers['allow']]).toEqual([404, undefined]);
      },
    );

    it('is not told where there is nothing', async () => {
      for (const path of ['/nowhere', '/groups/1/2/3/4']) {
        const answer = await c.ada.api.delete(path);
        expect([answer.status, answer.header('allow')]).toEqual([404, undefined]);
      }
    });
  });

  describe('CORS', () => {
    const preflight = (origin: string, path = '/apis/v4/groups/1', method = 'PATCH') =>
      c.world.app.inject({
        method: 'OPTIONS',
        url: path,
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization, content-type, x-request-id',
        },
      });

    it('lets the listed origins ask beforehand, without a token', async () => {
      for (const path of ['/apis/v4/groups', '/apis/v4/groups/1', '/apis/v4/sessions', '/nowhere']) {
        const reply = await preflight('https://app.example', path);
        expect(reply.statusCode).toBe(204);
        expect(reply.headers).toMatchObject({
          'access-control-allow-origin': 'https://app.example',
          'access-control-allow-headers': 'authorization, content-type, x-request-id',
          vary: expect.stringMatching(/Origin/),
        });
        const methods = String(reply.headers['access-control-allow-methods']).split(/, */);
        expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']));
      }
    });

    it('names no origin that is not listed', async () => {
      for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null'])
        expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    });

    it('lets a browser read the session, the tag, the location and the request id', async () => {
      for (const path of ['/groups', '/groups/999999', '/nowhere']) {
        const answer = await c.ada.api.get(path, { origin: 'https://web.example' });
        expect(answer.header('access-control-allow-origin')).toBe('https://web.example');
        const exposed = (answer.header('access-control-expose-headers') ?? '').split(/, */);
        expect(exposed.sort()).toEqual([
          'ETag',
          'Idempotency-Replayed',
          'Location',
          'X-MH-Session',
          'X-Request-Id',
        ]);
        expect(answer.header('vary')).toMatch(/Origin/);
      }
    });

    it('lets a browser read refusals as well', async () => {
      for (const answer of [
        await c.world.nobody.get('/groups', { origin: 'https://app.example' }),
        await c.ada.api.get('/groups', { origin: 'https://app.example', accept: 'text/html' }),
        await c.ada.api.post('/groups', big, { origin: 'https://app.example' }),
      ])
        expect(answer.header('access-control-allow-origin')).toBe('https://app.example');
    });

    it('answers OPTIONS that is no preflight without a body', async () => {
      const answer = await c.ada.api.send({ method: 'OPTIONS', path: '/groups' });
      expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    });
  });
});
