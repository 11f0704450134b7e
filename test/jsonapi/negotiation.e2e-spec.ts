import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { JSON_TYPE } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

const MT = 'application/vnd.api+json';
const CURSOR = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/';
const NOWHERE = 'https://x.example/none';

describe('Content negotiation', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir({ BODY_LIMIT: '2kb', CORS_ORIGINS: 'https://app.example' });
  });
  afterAll(() => c.world.close());

  const group = { data: { type: 'group', attributes: { name: 'New' } } };

  describe('of what is sent', () => {
    it.each([
      [MT],
      ['Application/VND.api+JSON'],
      [`${MT};profile="${NOWHERE}"`],
      [`${MT} ; profile="${CURSOR} ${NOWHERE}"`],
      [`${MT};`],
      [JSON_TYPE],
      [`${JSON_TYPE}; charset=utf-8`],
    ])('takes %s', async (type) => {
      const answer = await c.ada.api.post('/groups', group, { 'content-type': type });
      expect(answer.status).toBe(201);
      expect(answer.header('content-type')).toBe(MT);
    });

    it('takes no coding of the body, and says so', async () => {
      const headers = { 'content-type': MT, 'content-encoding': 'GZIP' };
      const answer = await c.ada.api.post('/groups', gzipSync(JSON.stringify(group)), headers);
      expect(answer.refusal).toEqual({
        status: 415,
        errors: [['unsupported_media_type', 'Content-Encoding']],
      });
      expect(answer).toBeJsonApiDocument();
      const plain = { ...headers, 'content-encoding': 'Identity' };
      expect((await c.ada.api.post('/groups', group, plain)).status).toBe(201);
    });

    it.each([
      `${MT}; charset=utf-8`,
      `${MT};charset="utf-8"`,
      `${MT};ext="${NOWHERE}"`,
      `${MT};ext="https://jsonapi.org/ext/atomic"`,
      `${MT};profile="${CURSOR}";ext="${NOWHERE}"`,
      `${MT}; q=0.5`,
      `${MT}; charset`,
      `${MT}; x=`,
      `${MT}, ${MT}`,
      `${MT}x`,
      'application/*',
      '*/*',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'json',
      ';',
    ])('refuses %s', async (type) => {
      const before = await c.world.everything();
      const answer = await c.ada.api.post('/groups', group, { 'content-type': type });
      expect(answer.refusal).toEqual({
        status: 415,
        errors: [['unsupported_media_type', 'Content-Type']],
      });
      expect(answer).toBeJsonApiDocument();
      expect(await c.world.everything()).toBe(before);
    });

    it('asks for the type of a body that has none', async () => {
      const { app } = c.world;
      const reply = await app.inject({
        method: 'POST',
        url: '/apis/v4/groups',
        headers: c.ada.api.authorization,
        payload: Buffer.from(JSON.stringify(group)),
      });
      expect(reply.statusCode).toBe(415);
      expect(reply.headers['content-type']).toBe(MT);
    });

    it('does not let `jsonapi.ext` and `jsonapi.profile` of a body decide', async () => {
      const jsonapi = { version: '1.0', ext: [NOWHERE], profile: [NOWHERE] };
      expect((await c.ada.api.post('/groups', { jsonapi, ...group })).status).toBe(201);
    });
  });

  describe('of what is taken', () => {
    it.each([
      ['', 'nothing said'],
      ['*/*', 'anything'],
      ['application/*', 'anything of application'],
      [MT, 'JSON:API'],
      [`${MT};q=0.5`, 'a weight is no parameter'],
      [`text/html, ${MT};q=0.1`, 'among others'],
      [`${MT};charset=utf-8, ${MT}`, 'one without parameters among those with'],
      [`${MT};ext="${NOWHERE}",${MT}`, 'one without the extension among those with'],
      [`${MT};ext="a,b", ${MT};profile="${NOWHERE}"`, 'commas in quotes part nothing'],
      [`${MT};profile="${NOWHERE}"`, 'a profile that is not known'],
      [`text/html;q=0.9, */*;q=0.1`, 'anything, rather something else'],
      [JSON_TYPE, 'plain JSON'],
      [`${JSON_TYPE};charset=utf-8, text/plain, */*`, 'what axios sends'],
    ])('answers Accept: %s (%s)', async (accept) => {
      const answer = await c.ada.api.get('/groups', { accept });
      expect(answer.status).toBe(200);
      expect(answer.header('content-type')).toBe(MT);
      expect(answer).toBeJsonApiDocument();
    });

    it('answers a request without Accept', async () => {
      const headers = c.ada.api.authorization;
      const reply = await c.world.app.inject({ method: 'GET', url: '/apis/v4/groups', headers });
      expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, MT]);
    });

    it.each([
      `${MT};charset=utf-8`,
      `${MT};ext="${NOWHERE}"`,
      `${MT};ext="https://jsonapi.org/ext/atomic"`,
      `${MT};charset=utf-8, ${MT};ext="${NOWHERE}"`,
      `${MT};charset=utf-8, */*`,
      `${MT};q=0`,
      'text/html',
      'text/*',
      'application/xml, image/*;q=0.5',
      'nonsense',
      ',',
    ])('refuses Accept: %s', async (accept) => {
      for (const path of ['/groups', '/nowhere'])
        expect((await c.ada.api.get(path, { accept })).refusal).toEqual({
          status: 406,
          errors: [['not_acceptable', 'Accept']],
        });
    });

    it('refuses before anything is written', async () => {
      const before = await c.world.everything();
      expect((await c.ada.api.post('/groups', group, { accept: 'text/html' })).status).toBe(406);
      expect(await c.world.everything()).toBe(before);
    });
  });

  describe('goes first', () => {
    it('negotiation, authentication, address, method, query, body: the first problem is told', async () => {
      const { nobody } = c.world;
      const bad = { 'content-type': 'text/plain' };
      expect((await nobody.post('/nowhere?x=1', '{', bad)).status).toBe(415);
      expect((await nobody.post('/nowhere?x=1', '{', { accept: 'text/html' })).status).toBe(406);
      expect((await nobody.post('/nowhere?x=1', '{')).status).toBe(401);
      expect((await nobody.get('/groups/1?x=1')).status).toBe(401);
      expect((await c.ada.api.post('/nowhere?x=1', '{')).status).toBe(404);
      expect((await c.ada.api.patch('/groups?x=1', '{')).status).toBe(405);
      expect((await c.ada.api.post('/groups?x=1', '{')).refusal.errors).toEqual([['invalid_parameter', 'x']]);
      expect((await c.ada.api.post('/groups', '{')).refusal.errors).toEqual([['malformed_json', undefined]]);
    });

    it('the type of the body decides which language is spoken, then Accept', async () => {
      const unknown = { data: { type: 'group', attributes: { name: 'New', shoe_size: 4 } } };
      const post = (type: string, accept: string) =>
        c.ada.api.post('/groups', unknown, { 'content-type': type, accept });
      expect((await post(MT, JSON_TYPE)).status).toBe(422);
      expect((await post(JSON_TYPE, MT)).status).toBe(201);
      expect((await c.ada.api.get('/groups?unknown=1', { accept: `${JSON_TYPE}, ${MT}` })).status).toBe(400);
      expect((await c.ada.api.get('/groups?unknown=1', { accept: JSON_TYPE })).status).toBe(200);
    });
  });

  it('gives every error the type, whichever layer it comes from', async () => {
    const { api } = c.ada;
    const big = JSON.stringify({ data: { type: 'group', attributes: { name: 'x'.repeat(3000) } } });
    const answers = {
      401: await c.world.nobody.get('/groups'),
      404: await api.get('/groups/999999'),
      '404 address': await api.get('/nowhere'),
      '404 root': await api.get('/apis/v4'),
      '404 slash': await api.get('/groups/'),
      405: await api.delete('/groups'),
      406: await api.get('/groups', { accept: 'text/html' }),
      400: await api.post('/groups', '{"data":'),
      413: await api.post('/groups', big),
      415: await api.post('/groups', group, { 'content-type': 'text/plain' }),
      422: await api.post('/groups', { data: { type: 'group', attributes: {} } }),
      403: await api.post('/person_changes', { data: { type: 'person_change' } }),
      409: await api.post('/groups', { data: { type: 'person' } }),
      '404 path': await api.get('/groups/%zz'),
      '404 path utf8': await api.get('/groups/%ff'),
    };
    for (const [name, answer] of Object.entries(answers)) {
      expect([name, answer.status]).toEqual([name, Number(name.slice(0, 3))]);
      expect(answer).toBeJsonApiDocument();
    }
  });

  it('answers a path outside the API, and one by a method that nobody has, like any other', async () => {
    for (const [method, url] of [
      ['GET', '/'],
      ['GET', '/favicon.ico'],
      ['POST', '/apis'],
      ['TRACE', '/apis/v4/nothing'],
    ] as const) {
      const reply = await c.world.app.inject({
        method: method as 'GET',
        url,
        headers: c.ada.api.authorization,
      });
      expect([method, url, reply.statusCode]).toEqual([method, url, 404]);
      expect(reply.headers).toMatchObject({ 'content-type': MT, vary: expect.stringMatching(/Accept/) });
    }
  });

  describe('on the wire', () => {
    let port: number;
    beforeAll(async () => {
      await c.world.app.listen(0, '127.0.0.1');
      port = (c.world.app.getHttpServer().address() as AddressInfo).port;
    });

    /** Sends bytes as they are; the answer up to the end of the connection. */
    const raw = (bytes: string): Promise<string> =>
      new Promise((done, fail) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
        socket.setEncoding('latin1');
        socket.on('data', (data: string) => (text += data));
        socket.on('end', () => done(text));
        socket.on('error', fail);
      });
    const head = () => `Host: x\r\nConnection: close\r\nAuthorization: Bearer ${c.ada.token}\r\n`;
    const bodyOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as unknown;

    it('reads a body in chunks', async () => {
      const body = JSON.stringify(group);
      const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const text = await raw(
        `POST /apis/v4/groups HTTP/1.1\r\n${head()}Content-Type: ${MT}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 201 /);
    });

    it('tells 413 for a body past the limit so that it can be read, sized or in chunks', async () => {
      const long = 'x'.repeat(5000);
      for (const [framing, body] of [
        [`Content-Length: ${long.length}`, long],
        ['Transfer-Encoding: chunked', `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`],
      ]) {
        const text = await raw(
          `POST /apis/v4/groups HTTP/1.1\r\n${head()}Content-Type: ${MT}\r\n${framing}\r\n\r\n${body}`,
        );
        expect(text).toMatch(/^HTTP\/1\.1 413 /);
        expect(text).toMatch(/content-type: application\/vnd\.api\+json\r\n/i);
        expect(text).toMatch(/connection: close\r\n/i);
      }
    });

    it('answers bytes in the path that are no URL', async () => {
      for (const path of [
        '/apis/v4/groups/\xff\xfe',
        '/apis/v4/groups?filter[name]=\xff',
        '/apis/v4/groups?"<>',
      ]) {
        const text = await raw(`GET ${path} HTTP/1.1\r\n${head()}\r\n`);
        expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
        expect(text).toMatch(/content-type: application\/vnd\.api\+json\r\n/i);
      }
    });

    it('answers what is no HTTP, and headers past the limit, with errors documents', async () => {
      const broken = await raw('GET /apis/v4/groups HTTP/1.1\r\nHost x\r\n\r\n');
      expect(broken).toMatch(/^HTTP\/1\.1 400 /);
      const long = await raw(
        `GET /apis/v4/groups HTTP/1.1\r\n${head()}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      );
      expect(long).toMatch(/^HTTP\/1\.1 431 /);
      for (const text of [broken, long]) {
        expect(text).toMatch(/content-type: application\/vnd\.api\+json\r\n/i);
        expect(bodyOf(text)).toMatchObject({ errors: [{ status: text.slice(9, 12) }] });
      }
    });
  });
});
