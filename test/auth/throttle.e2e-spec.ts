import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import sql from 'sql-template-tag';
import { createApp } from '../../src/app.setup.js';
import { TokenService } from '../../src/auth/index.js';
import { RequestLimit } from '../../src/auth/throttle/request-limit.js';
import { PASSWORD, SignedInWorld, type Login } from './signed-in-world.js';

const TYPE = 'application/vnd.api+json';
const LIMITS = { RATE_LIMIT_PER_MINUTE: '40', RATE_LIMIT_SIGN_IN_PER_MINUTE: '4' };

interface Errors {
  errors: { status: string; code: string; title: string; detail: string }[];
}

describe('The limits of requests', () => {
  let world: SignedInWorld;
  /** Two processes on one database. */
  let apps: [NestFastifyApplication, NestFastifyApplication];
  let ada: Login;
  /** A network of addresses for each test: what a process remembers of a minute cannot be taken from it. */
  let network = 0;

  const boot = async (settings: NodeJS.ProcessEnv): Promise<NestFastifyApplication> => {
    const app = await createApp(world.env({ LOG_LEVEL: 'silent', ...settings }), world.database);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  };

  beforeAll(async () => {
    world = await SignedInWorld.create();
    apps = [await boot(LIMITS), await boot(LIMITS)];
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await world.drop();
  });
  beforeEach(async () => {
    await world.database.query(sql`truncate rate_limits, sessions, users, people cascade`);
    network += 1;
    ada = await world.login('ada');
  });

  const host = (number: number): string => `10.0.${network}.${number}`;
  const signIn = (email: string, password: string, from: number, app = apps[0]) =>
    app.inject({
      method: 'POST',
      url: '/apis/v4/sessions',
      remoteAddress: host(from),
      headers: { 'content-type': TYPE },
      payload: JSON.stringify({ data: { type: 'session', attributes: { email, password } } }),
    });
  const read = (headers: Record<string, string>, from = 1, app = apps[0]) =>
    app.inject({ method: 'GET', url: '/apis/v4/users/me', remoteAddress: host(from), headers });
  const authorization = async (userId: string) => {
    const { token } = apps[0].get(TokenService).sign({ userId, sessionId: await world.session(userId) });
    return { authorization: `Bearer ${token}` };
  };
  const statuses = (answers: readonly { statusCode: number }[]) => {
    const counts: Record<number, number> = {};
    for (const { statusCode } of answers) counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    return counts;
  };
  const many = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => work(i)));
  const either = (i: number): NestFastifyApplication => apps[i % 2 === 0 ? 0 : 1];

  describe('of sign-ins', () => {
    it('let so many attempts a minute through from one address, by all processes together, all at once', async () => {
      const answers = await many(7, (i) => signIn(`nobody${i}@example.org`, 'wrong', 1, either(i)));
      expect(statuses(answers)).toEqual({ 401: 4, 429: 3 });
      const refused = answers.find(({ statusCode }) => statusCode === 429);
      const seconds = Number(refused?.headers['retry-after']);
      expect(seconds).toBeGreaterThan(30);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(refused?.headers).toMatchObject({ 'content-type': TYPE, 'cache-control': 'no-cache' });
      expect(refused?.json<Errors>().errors).toEqual([
        {
          id: refused?.headers['x-request-id'],
          status: '429',
          code: 'too_many_requests',
          title: 'Too many requests',
          detail: `There were too many attempts; try again in ${seconds} seconds.`,
        },
      ]);
      expect((await signIn(ada.email, PASSWORD, 1)).statusCode).toBe(429);
      expect((await signIn(ada.email, PASSWORD, 2)).statusCode).toBe(201);
      await expect(world.value(sql`select count(*) from sessions`)).resolves.toBe('1');
    });

    it('count for an account wherever the attempts come from, and the same when there is no such account', async () => {
      for (const email of [ada.email, 'nobody@example.org']) {
        const answers = await many(6, (i) => signIn(email, 'wrong', i, either(i)));
        expect(statuses(answers)).toEqual({ 401: 4, 429: 2 });
        const details = answers.map((answer) => answer.json<Errors>().errors[0]?.detail);
        expect(new Set(details).size).toBe(2);
        network += 1;
      }
      expect((await signIn(ada.email, PASSWORD, 9)).statusCode).toBe(429);
    });

    it('take nobody from the address where she has signed in before, whatever others try elsewhere', async () => {
      expect((await signIn(ada.email, PASSWORD, 1)).statusCode).toBe(201);
      await many(4, (i) => signIn(ada.email, 'wrong', 10 + i));
      expect((await signIn(ada.email, PASSWORD, 2)).statusCode).toBe(429);
      expect((await signIn(ada.email, PASSWORD, 1)).statusCode).toBe(201);
      // There she has attempts of her own, and no more than others have.
      expect(statuses(await many(6, () => signIn(ada.email, 'wrong', 1)))).toEqual({ 401: 3, 429: 3 });
    });

    it('count one that succeeds a tenth: an office signs in at nine', async () => {
      expect(statuses(await many(12, () => signIn(ada.email, PASSWORD, 1)))).toEqual({ 201: 12 });
      await expect(world.value(sql`select max(points) from rate_limits`)).resolves.toBe(12);
    });

    it('count for who stands before the proxies, whatever is said beyond them', async () => {
      const app = await boot({ ...LIMITS, TRUST_PROXY: '1' });
      const from = (client: string, i: number, to = app) =>
        to.inject({
          method: 'POST',
          url: '/apis/v4/sessions',
          remoteAddress: host(1),
          headers: { 'content-type': TYPE, 'x-forwarded-for': `192.0.2.${i}, ${client}` },
          payload: JSON.stringify({
            data: { type: 'session', attributes: { email: `nobody${i}@example.org`, password: 'wrong' } },
          }),
        });
      expect(statuses(await many(6, (i) => from(host(7), i)))).toEqual({ 401: 4, 429: 2 });
      expect(statuses(await many(2, (i) => from(host(8), i)))).toEqual({ 401: 2 });
      // Without the setting nobody is believed.
      expect(statuses(await many(6, (i) => from(host(10 + i), i, apps[0])))).toEqual({ 401: 4, 429: 2 });
      await app.close();
    });

    it('keep neither addresses nor e-mails', async () => {
      await signIn(ada.email, PASSWORD, 1);
      const kept = await world.value(
        sql`select jsonb_build_array((select jsonb_agg(r) from rate_limits r), (select jsonb_agg(s) from sessions s))::text`,
      );
      expect(kept).not.toMatch(/10\.0|ada@/);
    });
  });

  describe('of all requests', () => {
    // They are counted by the minute of the clock, which must not end meanwhile.
    beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(new Date().setSeconds(1, 0)));
    afterEach(() => jest.restoreAllMocks());

    it('are those of a user, wherever she sends them from', async () => {
      const header = await authorization(ada.userId);
      const answers = await many(45, (i) => read(header, i));
      expect(statuses(answers)).toEqual({ 200: 40, 429: 5 });
      const refused = answers.find(({ statusCode }) => statusCode === 429);
      expect(refused?.headers).toMatchObject({ 'retry-after': '59', 'x-mh-session': expect.any(String) });
      expect(refused?.json<Errors>().errors).toMatchObject([
        { code: 'too_many_requests', detail: 'More than 40 requests a minute; try again in 59 seconds.' },
      ]);
      const bob = await authorization((await world.login('bob')).userId);
      expect((await read(bob)).statusCode).toBe(200);
    });

    it('are those of an address as long as nobody is named', async () => {
      expect(statuses(await many(45, () => read({})))).toEqual({ 401: 40, 429: 5 });
      expect((await read({}, 2)).statusCode).toBe(401);
      expect((await read(await authorization(ada.userId))).statusCode).toBe(200);
    });

    it('are told to the other processes in blocks of a twentieth, at one write each', async () => {
      const now = Date.now();
      const [limit, other] = apps.map((app) => app.get(RequestLimit)) as [RequestLimit, RequestLimit];
      await many(39, () => limit.count('somebody', now));
      await expect(world.value(sql`select points from rate_limits`)).resolves.toBe(38);
      await many(2, () => other.count('somebody', now));
      await expect(other.count('somebody', now)).rejects.toMatchObject({ status: 429 });
      await expect(limit.count('somebody else', now)).resolves.toBeUndefined();
      // Another minute, another count.
      await expect(other.count('somebody', now + 60_000)).resolves.toBeUndefined();
    });
  });

  it('are off at 0', async () => {
    const off = await boot({});
    const header = await authorization(ada.userId);
    const answers = await many(6, () => signIn('nobody@example.org', 'wrong', 1, off));
    answers.push(...(await many(45, () => read(header, 1, off))));
    expect(statuses(answers)).toEqual({ 401: 6, 200: 45 });
    await expect(world.value(sql`select count(*) from rate_limits`)).resolves.toBe('0');
    await off.close();
  });
});
