import sql from 'sql-template-tag';
import { ADMIN, bootApp } from '../support/boot-app.js';
import { WatchedLog } from '../support/watched-log.js';

/** Every test that boots the server ends with a look at its log: what that finds, and that there is one. */
describe('The log of a server in the tests', () => {
  it.each([
    ['a token', 'eyJhbGciOiJIUzI1NiJ9', 'eyJhbGciOiJIUzI1NiJ9'],
    ['an e-mail address', '{"path":"/people/ada@example.org"}', 'ada@example.org'],
    ['a phone number', 'called +4533123456 twice', '+4533123456'],
    ['a password', `tried "${ADMIN.password}"`, ADMIN.password],
  ])('is at fault with %s', (_what, line, fault) => {
    const log = new WatchedLog();
    log.requests.write(
      '{"time":1764026400000,"request_id":"c1f8e0b2-4012-4193-8123-5d0c8a1b2c3d","path":"/apis/v4"}',
    );
    expect(log.faults([ADMIN.password])).toEqual([]);
    log.requests.write(line);
    expect(log.faults([ADMIN.password])).toEqual([fault]);
  });

  it('has the requests and what went wrong, without the values of either', async () => {
    const { app, database, log, close } = await bootApp();
    const url = '/apis/v4/sessions';
    const attributes = { email: ADMIN.email, password: ADMIN.password };
    const payload = JSON.stringify({ data: { type: 'session', attributes } });
    const headers = { 'content-type': 'application/vnd.api+json' };
    await database.query(sql`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused ada@example.org'; end $$`);
    await database.query(
      sql`create trigger refuse before insert on sessions for each row execute function refuse()`,
    );
    const { statusCode } = await app.inject({ method: 'POST', url, headers, payload });
    expect(statusCode).toBe(500);
    expect(log.text).toContain('"path":"/apis/v4/sessions"');
    expect(log.text).toContain('database error P0001');
    expect(log.text).not.toContain('refused');
    await close();
  });
});
