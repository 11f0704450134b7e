import { jest } from '@jest/globals';
import sql from 'sql-template-tag';
import { countQueries } from '../support/count-queries.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { mailsTo, receivedMails, tokenIn } from './mailbox.js';

const PASSWORD = 'correct horse battery';
const LIMITS = { RATE_LIMIT_SIGN_IN_PER_MINUTE: '3' };

describe('A forgotten password', () => {
  let world: World;
  let ada: Caller;
  let email: string;

  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    ada = await world.caller('Ada');
    email = `ada.${ada.personId}@example.org`;
  });

  const ask = (address: string, from = world) =>
    from.nobody.post('/password_resets', {
      data: { type: 'password_reset', attributes: { email: address } },
    });
  const choose = (token: string, password = PASSWORD) =>
    world.nobody.post('/passwords', { data: { type: 'password', attributes: { token, password } } });
  const signIn = (password: string) =>
    world.nobody.post('/sessions', { data: { type: 'session', attributes: { email, password } } });
  const tokens = async () => (await mailsTo(world, email)).map(tokenIn).filter(Boolean);
  const newToken = async (): Promise<string> => {
    const before = await tokens();
    await ask(email);
    return (await tokens()).find((token) => !before.includes(token)) ?? '';
  };
  const INVALID = { status: 422, errors: [['invalid_link', '/data/attributes/token']] };

  it('is replaced by the token of a mail; all sessions end, and the mailbox is told', async () => {
    const answer = await ask(`  ${email.toUpperCase()} `);
    expect(answer.status).toBe(202);
    expect(answer.document).toEqual({
      jsonapi: { version: '1.1' },
      meta: {
        detail: 'If a login has this address, a mail with a link to choose a new password is on its way.',
      },
    });
    expect(answer.header('cache-control')).toBe('no-store');
    const [mail] = await mailsTo(world, email);
    expect(mail).toMatchObject({
      subject: 'Choose a new password',
      text: expect.stringMatching(/within an hour[^]*POST \/apis\/v4\/passwords/),
    });
    const chosen = await choose(tokenIn(mail));
    expect([chosen.status, chosen.text, chosen.header('x-mh-session')]).toEqual([204, '', undefined]);
    expect((await ada.api.get('/people/me')).status).toBe(401);
    expect((await signIn(PASSWORD)).status).toBe(201);
    expect((await mailsTo(world, email)).map(({ subject }) => subject)).toEqual([
      'Choose a new password',
      'Your password was changed',
    ]);
  });

  it('takes the texts alone from a lenient client', async () => {
    expect((await world.nobody.lenient.post('/password_resets', { email })).status).toBe(202);
    const [token = ''] = await tokens();
    const short = await world.nobody.lenient.post('/passwords', { token, password: 'short' });
    expect(short.refusal).toEqual({ status: 422, errors: [['invalid_attribute', '/password']] });
    expect((await world.nobody.lenient.post('/passwords', { token, password: PASSWORD, x: 1 })).status).toBe(
      204,
    );
  });

  it('answers the same for an address that nobody has, after the same work', async () => {
    await receivedMails(world);
    const known = await countQueries(() => ask(email));
    await receivedMails(world);
    const unknown = await countQueries(() => ask('nobody@example.org'));
    const sent = await receivedMails(world);
    expect(sent.filter(({ to }) => to === 'nobody@example.org')).toEqual([]);
    expect(unknown.result.text).toBe(known.result.text);
    const asked = (statements: readonly string[]) => statements.slice(0, 3);
    expect(asked(unknown.statements)).toEqual(asked(known.statements));
    expect(asked(known.statements)).toEqual([
      expect.stringMatching(/^begin/),
      expect.stringContaining('insert into outbox_messages'),
      'commit',
    ]);
    await expect(world.value(sql`select count(*) from outbox_messages`)).resolves.toBe('0');
  });

  it('is chosen once: of many at the same moment one succeeds', async () => {
    const token = await newToken();
    const answers = await Promise.all([1, 2, 3, 4].map((i) => choose(token, `${PASSWORD} ${i}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 422, 422, 422]);
    const winner = answers.findIndex(({ status }) => status === 204) + 1;
    expect((await signIn(`${PASSWORD} ${winner}`)).status).toBe(201);
    expect((await choose(token)).refusal).toEqual(INVALID);
  });

  it('ends all links: of two at the same moment one succeeds', async () => {
    const [one, other] = [await newToken(), await newToken()];
    expect(one).not.toBe(other);
    const answers = await Promise.all([choose(one), choose(other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 422]);
    await expect(
      world.value(sql`select count(*) from one_time_links where user_id = ${ada.userId}`),
    ).resolves.toBe('0');
  });

  it('keeps the link when the new one is too short', async () => {
    const token = await newToken();
    expect((await choose(token, 'x'.repeat(11))).refusal).toEqual({
      status: 422,
      errors: [['invalid_attribute', '/data/attributes/password']],
    });
    expect((await choose(token)).status).toBe(204);
  });

  it('is not chosen by a link that has ended, nor for somebody who is gone', async () => {
    const undo = [
      [sql`update one_time_links set expires_at = now() where user_id = ${ada.userId}`, undefined],
      [
        sql`update users set deactivated_at = now() where id = ${ada.userId}`,
        sql`update users set deactivated_at = null where id = ${ada.userId}`,
      ],
      [
        sql`update people set deleted_at = now() where id = ${ada.personId}`,
        sql`update people set deleted_at = null where id = ${ada.personId}`,
      ],
    ] as const;
    for (const [before, after] of undo) {
      const token = await newToken();
      await world.database.query(before);
      expect((await choose(token)).refusal).toEqual(INVALID);
      if (after) await world.database.query(after);
    }
    for (const token of ['x', 'kZ3xw1Q8p0dMZr4vJ2s9hYB6tE7uLoNfCgWqXaVbRcI', "'; drop table users"])
      expect((await choose(token)).refusal).toEqual(INVALID);
    expect((await ada.api.get('/people/me')).status).toBe(200);
  });

  it('has its token nowhere in the database', async () => {
    const token = await newToken();
    const rows = await world.value(
      sql`select jsonb_build_array((select jsonb_agg(l) from one_time_links l), (select jsonb_agg(o) from outbox_messages o))::text`,
    );
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(rows).not.toContain(token);
  });

  it('fills nobody’s mailbox: three links live at a time', async () => {
    for (let i = 0; i < 5; i += 1) await ask(email);
    expect(await tokens()).toHaveLength(3);
    await world.database.query(
      sql`update one_time_links set expires_at = now() where id = (select min(id) from one_time_links where user_id = ${ada.userId})`,
    );
    await ask(email);
    expect(await tokens()).toHaveLength(4);
  });

  it.each<[string, object, number, string]>([
    ['no e-mail', { data: { type: 'password_reset' } }, 422, '/data'],
    ['another type', { data: { type: 'user', attributes: { email: 'a@b.c' } } }, 409, '/data/type'],
    [
      'a number',
      { data: { type: 'password_reset', attributes: { email: 1 } } },
      422,
      '/data/attributes/email',
    ],
    [
      'NUL',
      { data: { type: 'password_reset', attributes: { email: 'a\0' } } },
      422,
      '/data/attributes/email',
    ],
    ['an array', [], 400, ''],
  ])('says what is wrong with %s', async (_, body, status, pointer) => {
    const { refusal } = await world.nobody.post('/password_resets', body);
    expect([refusal.status, refusal.errors[0]?.[1]]).toEqual([status, pointer]);
    expect((await world.nobody.post('/password_resets?x=1', body)).refusal.errors).toEqual([
      ['invalid_parameter', 'x'],
    ]);
  });

  it('is asked for so often from one address, and for one login, and no more', async () => {
    const limited = await World.boot(LIMITS);
    // Some of it is counted by the minute of the clock, which must not end meanwhile.
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    try {
      const statuses = [];
      for (let i = 0; i < 5; i += 1) statuses.push((await ask(`nobody${i}@example.org`, limited)).status);
      expect(statuses).toEqual([202, 202, 202, 429, 429]);
      // Guessing tokens is counted like guessing passwords.
      const guesses = [];
      for (let i = 0; i < 5; i += 1)
        guesses.push(
          (await limited.nobody.lenient.post('/passwords', { token: `guess ${i}`, password: PASSWORD }))
            .status,
        );
      expect(guesses).toEqual([422, 422, 422, 429, 429]);
      const { api } = await limited.caller('Ada');
      const changes = [];
      for (let i = 0; i < 5; i += 1)
        changes.push(
          (
            await api.lenient.patch('/users/me', {
              data: { attributes: { password: PASSWORD, current_password: `guess ${i}` } },
            })
          ).status,
        );
      expect(changes).toEqual([422, 422, 422, 429, 429]);
    } finally {
      now.mockRestore();
      await limited.close();
    }
  });
});
