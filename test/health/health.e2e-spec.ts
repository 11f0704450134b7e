import type { LightMyRequestResponse } from 'fastify';
import sql from 'sql-template-tag';
import { Description } from '../support/description.js';
import { bootApp, type TestApp } from '../support/boot-app.js';
import { countQueries } from '../support/count-queries.js';

describe('Health', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await bootApp();
  });
  afterAll(() => server.close());

  const get = async (
    url: '/healthz' | '/readyz',
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> => {
    const answer = await server.app.inject({ method: 'GET', url, headers });
    const { statusCode: status, rawPayload: bytes } = answer;
    const asked = { method: 'GET' as const, url, status, headers: answer.headers, bytes };
    expect(Description.of(server.app).answerFaults(asked)).toEqual([]);
    return answer;
  };

  it.each(['/healthz', '/readyz'] as const)(
    '%s needs no token, and nobody may keep the answer',
    async (url) => {
      const answer = await get(url, { accept: 'text/html', 'x-request-id': 'probe-1' });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-request-id': 'probe-1',
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers['x-mh-session']).toBeUndefined();
      expect(answer.headers['etag']).toBeUndefined();
    },
  );

  it('of the process asks nobody', async () => {
    const { result, statements } = await countQueries(() => get('/healthz'));
    expect([result.json(), statements]).toEqual([{ status: 'ok' }, []]);
  });

  it('answers HEAD, and is nothing that could be written', async () => {
    const head = await server.app.inject({ method: 'HEAD', url: '/healthz' });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    const post = await server.app.inject({ method: 'POST', url: '/healthz' });
    expect(post.statusCode).toBe(401);
  });

  it('of readiness asks the database once, however many ask at the same time', async () => {
    const { result, statements } = await countQueries(() =>
      Promise.all(Array.from({ length: 20 }, () => get('/readyz'))),
    );
    expect(result.map((answer) => answer.json<object>())).toEqual(Array(20).fill({ status: 'ready' }));
    expect(statements).toHaveLength(1);
  });

  it('is not ready while migrations of this version are missing, and is again afterwards', async () => {
    const [last] = server.database.dataSource.migrations.slice(-1);
    const name = last?.name as string;
    const [row] = await server.database.query<{ timestamp: string }>(
      sql`delete from migrations where name = ${name} returning timestamp`,
    );
    const answer = await get('/readyz');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(answer.json()).toEqual({
      status: 'unavailable',
      detail: 'Migrations of this version are missing in the database.',
    });
    expect((await get('/healthz')).statusCode).toBe(200);
    await server.database.query(
      sql`insert into migrations (timestamp, name) values (${row?.timestamp}::bigint, ${name})`,
    );
    expect((await get('/readyz')).statusCode).toBe(200);
  });

  it('is not ready without its database, while the process lives', async () => {
    const lonely = await bootApp();
    try {
      await lonely.database.dataSource.destroy();
      const [ready, alive] = await Promise.all(
        ['/readyz', '/healthz'].map((url) => lonely.app.inject({ method: 'GET', url })),
      );
      expect([ready?.statusCode, ready?.json()]).toEqual([
        503,
        { status: 'unavailable', detail: 'The database cannot be reached.' },
      ]);
      expect(alive?.statusCode).toBe(200);
    } finally {
      await lonely.database.dataSource.initialize();
      await lonely.close();
    }
  });
});
