import { createSecretKey } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jwt from 'jsonwebtoken';
import sql from 'sql-template-tag';
import { revokeSessions, SessionsService, type Actor } from '../../src/auth/index.js';
import { loadActor } from '../../src/auth/load-actor.js';
import { PASSWORD, SECRET, SignedInWorld, type Login } from './signed-in-world.js';
import { bootSmallApp } from './small-app.js';

const HERE = { address: '192.0.2.1' };

describe('SessionsService', () => {
  let world: SignedInWorld;
  let app: NestFastifyApplication;
  let sessions: SessionsService;
  let ada: Login;
  const key = createSecretKey(Buffer.from(SECRET));

  beforeAll(async () => {
    world = await SignedInWorld.create();
    app = await bootSmallApp(world.env(), world.database);
    sessions = app.get(SessionsService);
  });
  afterAll(async () => {
    await app.close();
    await world.drop();
  });
  beforeEach(async () => {
    await world.database.query(sql`truncate people, sessions, users cascade`);
    ada = await world.login('ada');
  });

  const actorOfSession = async (id: string) =>
    (await loadActor(world.database, { userId: ada.userId, sessionId: id }, 100)) as Actor;

  it('begins a session and hands out a token of it', async () => {
    const signedIn = await sessions.signIn('  ADA@Example.org', PASSWORD, {
      ...HERE,
      userAgent: 'x'.repeat(600),
    });
    expect(signedIn).toMatchObject({
      userId: ada.userId,
      personId: ada.personId,
      userAgent: 'x'.repeat(500),
    });
    expect(jwt.verify(signedIn.token, key)).toMatchObject({
      user_id: ada.userId,
      sid: signedIn.id,
      exp: Date.parse(signedIn.expiresAt) / 1000,
    });
    const [row] = await world.database.query(sql`
      select s.user_id, s.revoked_at, s.expires_at > now() + make_interval(secs => ${world.env().sessionTtl}) as outlives_token,
        u.last_sign_in_at > now() - interval '10 seconds' as noted
      from sessions s join users u on u.id = s.user_id`);
    expect(row).toEqual({ user_id: ada.userId, revoked_at: null, outlives_token: true, noted: true });
  });

  it('refuses a wrong address and a wrong password alike, and writes nothing', async () => {
    const gone = await world.login('gone');
    await world.database.query(sql`update people set deleted_at = now() where id = ${gone.personId}`);
    const invited = await world.login('invited');
    await world.database.query(sql`update users set password_hash = '' where id = ${invited.userId}`);
    const attempts: [string, string][] = [
      [ada.email, 'wrong'],
      ['nobody@example.org', PASSWORD],
      ['a\0b@example.org', PASSWORD],
      [gone.email, PASSWORD],
      [invited.email, ''],
    ];
    const refusals = await Promise.all(
      attempts.map(([email, password]) =>
        sessions.signIn(email, password, HERE).catch((error: unknown) => error),
      ),
    );
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        problems: [
          {
            code: 'invalid_credentials',
            detail: 'The e-mail address or the password is wrong. Check both and sign in again.',
          },
        ],
      });
    await expect(world.value(sql`select count(*) from sessions`)).resolves.toBe('0');
    await expect(
      world.value(sql`select count(*) from users where last_sign_in_at is not null`),
    ).resolves.toBe('0');
  });

  it('takes as long for an address that does not exist', async () => {
    const time = async (email: string) => {
      const start = process.hrtime.bigint();
      await sessions.signIn(email, 'wrong', HERE).catch(() => undefined);
      return Number(process.hrtime.bigint() - start);
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      known.push(await time(ada.email));
      unknown.push(await time('nobody@example.org'));
    }
    // The fastest of each: whatever else the machine does only makes them slower.
    const ratio = Math.min(...known) / Math.min(...unknown);
    // Without the dummy hash it is above 5.
    expect(ratio).toBeGreaterThan(0.33);
    expect(ratio).toBeLessThan(3);
  });

  it('shows my live sessions and ends one, once', async () => {
    const first = await sessions.signIn(ada.email, PASSWORD, { ...HERE, userAgent: 'first' });
    const second = await sessions.signIn(ada.email, PASSWORD, { ...HERE, userAgent: 'second' });
    const bob = await world.login('bob');
    const foreign = await world.session(bob.userId);
    const over = await world.session(ada.userId);
    await world.database.query(sql`update sessions set expires_at = now() where id = ${over}`);
    const actor = await actorOfSession(second.id);
    expect((await sessions.list(actor)).map(({ userAgent }) => userAgent)).toEqual(['second', 'first']);
    await expect(sessions.find(actor, 'current')).resolves.toMatchObject({
      id: second.id,
      userAgent: 'second',
    });

    for (const id of [foreign, over, '0', 'x', '9'.repeat(30), '']) {
      await expect(sessions.find(actor, id)).rejects.toMatchObject({ status: 404 });
      await expect(sessions.revoke(actor, id)).rejects.toMatchObject({ status: 404 });
    }
    await sessions.revoke(actor, first.id);
    await expect(actorOfSession(first.id)).resolves.toBeNull();
    await expect(sessions.revoke(actor, first.id)).rejects.toMatchObject({ status: 404 });
    await sessions.revoke(actor, 'current');
    await expect(actorOfSession(second.id)).resolves.toBeNull();
    await expect(world.value(sql`select revoked_at from sessions where id = ${foreign}`)).resolves.toBeNull();
  });

  it('ends all others when the password changes', async () => {
    const [kept, ended] = [await world.session(ada.userId), await world.session(ada.userId)];
    await world.database.transaction((tx) => revokeSessions(tx, ada.userId, kept));
    await expect(actorOfSession(ended)).resolves.toBeNull();
    await expect(actorOfSession(kept)).resolves.not.toBeNull();
    await revokeSessions(world.database, ada.userId);
    await expect(actorOfSession(kept)).resolves.toBeNull();
  });

  it('sweeps out what ended a month ago', async () => {
    const old = await world.session(ada.userId);
    await world.database.query(
      sql`update sessions set expires_at = now() - interval '31 days' where id = ${old}`,
    );
    const { id } = await sessions.signIn(ada.email, PASSWORD, HERE);
    await expect(world.database.query(sql`select id, user_agent from sessions`)).resolves.toEqual([
      { id, user_agent: null },
    ]);
  });
});
