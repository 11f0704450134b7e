import { Validator } from '@seriousme/openapi-schema-validator';
import type { LightMyRequestResponse } from 'fastify';
import { RouteTable } from '../../src/jsonapi/http/index.js';
import type { OpenApiDocument } from '../../src/jsonapi/openapi/index.js';
import { World } from '../support/factories/world.factory.js';

/** What is not the API but speaks of it. */
const OF_THEMSELVES = /^\/(openapi\.json|docs|profiles\/)/;

describe('What the API says of itself', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());

  const get = (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    world.app.inject({ method: 'GET', url, headers });

  const PLACES = ['/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css', '/profiles/people'];

  it.each(PLACES)('%s is public, whatever is accepted, and may be kept', async (url) => {
    const answer = await get(url, { accept: 'text/html' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    expect(answer.headers['x-mh-session']).toBeUndefined();
    const { etag } = answer.headers;
    const again = await get(url, { 'if-none-match': `"other", W/${String(etag)}` });
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag]);
  });

  it('answers HEAD without a body, and refuses what is no reading', async () => {
    const head = await world.app.inject({ method: 'HEAD', url: '/openapi.json' });
    expect([head.statusCode, head.body, head.headers['content-type']]).toEqual([200, '', 'application/json']);
    const { api } = await world.caller('Ada');
    const headers = api.authorization;
    const post = await world.app.inject({ method: 'POST', url: '/openapi.json', headers });
    expect([post.statusCode, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  describe('/openapi.json', () => {
    it('is OpenAPI 3.1', async () => {
      const answer = await get('/openapi.json');
      expect(answer.headers['content-type']).toBe('application/json');
      const validator = new Validator();
      expect(await validator.validate(answer.json())).toEqual({ valid: true });
      expect(validator.version).toBe('3.1');
    });

    it('describes every address that is served, and nothing that is not', async () => {
      const { paths } = (await get('/openapi.json')).json<OpenApiDocument>();
      const routes = world.app.get(RouteTable);
      const addresses = Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, '1'));
      const isDescribed = (url: string): boolean => {
        const pattern = new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`);
        return addresses.some((address) => pattern.test(address));
      };
      expect(routes.urls.filter((url) => !isDescribed(url) && !OF_THEMSELVES.test(url))).toEqual([]);
      const described = Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => [method.toUpperCase(), path] as const),
      );
      const missing = described.filter(
        ([method, path]) => !routes.methodsOf(path.replaceAll(/\{\w+\}/g, '1')).includes(method),
      );
      expect(missing).toEqual([]);
    });

    it('leaves out what a type has no rule for', async () => {
      const { paths } = (await get('/openapi.json')).json<OpenApiDocument>();
      expect(Object.keys(paths['/apis/v4/people/{id}'] ?? {})).toEqual(['get', 'patch', 'delete']);
      expect(Object.keys(paths['/apis/v4/users'] ?? {})).toEqual(['get', 'post']);
    });

    it('has a name of its own for every operation', async () => {
      const { paths } = (await get('/openapi.json')).json<OpenApiDocument>();
      const ids = Object.values(paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  describe('/docs', () => {
    it('brings along all that it needs, and runs nothing that stands in the page', async () => {
      const { body, headers } = await get('/docs');
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(body).not.toMatch(/<script(?! src=)|\son\w+=|https?:/);
      const addresses = [...body.matchAll(/(?:src|href)="(docs[^"]+)"/g)].map(([, address]) => `/${address}`);
      expect(addresses).toHaveLength(3);
      const found = await Promise.all(addresses.map((address) => get(address)));
      expect(found.map(({ statusCode, headers: { 'content-type': type } }) => [statusCode, type])).toEqual([
        [200, 'text/css; charset=utf-8'],
        [200, 'text/javascript; charset=utf-8'],
        [200, 'text/javascript; charset=utf-8'],
      ]);
    });

    it('lets no other page run anything', async () => {
      const { headers } = await get('/openapi.json');
      expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'self'");
    });
  });

  describe('/profiles/people', () => {
    it('says which operators there are, and what can be filtered and sorted', async () => {
      const { body, headers } = await get('/profiles/people');
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(body).toContain('| prefix | begins with, in any case | string |');
      expect(body).toMatch(/\*\*group\*\* is filtered by `id`, `name`.*; sorted by `id`, `name`/);
    });
  });
});
