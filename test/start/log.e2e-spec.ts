import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { KithServer, MEDIA_TYPE } from './kith-server.js';
import { StartWorld } from './start-world.js';

const PASSWORD = 'zzsecret password of the administrator';
const ATOMIC = `${MEDIA_TYPE}; ext="https://jsonapi.org/ext/atomic"`;
const SECRET = 'zzsecret-key-that-signs-the-tokens-0123456789';

/** A whole run of a real server at the most talkative level, with everything going well and everything going wrong. */
describe('The log', () => {
  const world = new StartWorld();
  let own: TestDatabase;
  let kith: KithServer;
  let folder: string;
  /** What must stand nowhere, beside whatever begins with zzsecret, and every e-mail and phone. */
  const secrets: string[] = [];

  beforeAll(async () => {
    own = await createTestDatabase();
    const settings = world.embedded('.log');
    folder = settings.DATA_DIR;
    kith = await KithServer.start({
      settings: {
        ...settings,
        ...{ DATABASE_URL: own.url, LOG_LEVEL: 'trace', JWT_SECRET: SECRET },
        ...{ ADMIN_EMAIL: 'zzadmin@example.org', ADMIN_PASSWORD: PASSWORD },
      },
    });
  });
  afterAll(async () => {
    await kith.end();
    await own.drop();
    await world.remove();
  });

  let token = '';
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${kith.url}${path}`, {
      method,
      headers: {
        ...{ accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE },
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const fresh = answer.headers.get('x-mh-session');
    if (fresh) secrets.push(fresh);
    return { status: answer.status, fresh, text: await answer.text() };
  }
  const resource = (type: string, attributes: object, more: object = {}) => ({
    data: { type, attributes, ...more },
  });
  const end = (type: string, id: string) => ({ data: { type, id } });

  it('holds no token, no password, no e-mail address, no phone number and no name', async () => {
    const at = '/apis/v4';
    const signIn = (email: string, password: string) =>
      send('POST', `${at}/sessions`, resource('session', { email, password }));
    await signIn('zzadmin@example.org', 'zzsecret wrong password');
    await signIn('zznobody@example.org', 'zzsecret other password');
    token = (await signIn('zzadmin@example.org', PASSWORD)).fresh as string;
    const person = {
      ...resource('person', { first_name: 'Zzname' }),
      included: [
        { type: 'email_address', attributes: { email: 'zzada@example.org' } },
        { type: 'phone_number', attributes: { number: '+4533 99 88 77' } },
      ],
    };
    const made = await send('POST', `${at}/people`, person, { 'idempotency-key': randomUUID() });
    const { id } = (JSON.parse(made.text) as { data: { id: string } }).data;
    for (const [method, path, body, headers] of [
      ['GET', `/people?filter[q]=zzada@example.org&access_token=${token}`],
      ['GET', `/people?filter[email_addresses.email]=zzada@example.org&filter[nothing]=zzada@example.org`],
      ['GET', `/people/zzada@example.org`],
      ['GET', `/zzada@example.org/+4533998877`],
      ['GET', '/people', undefined, { authorization: `Bearer ${token}zzsecret` }],
      [
        'GET',
        '/people',
        undefined,
        { authorization: `Basic zzsecretbasic`, 'x-request-id': 'zzada@example.org' },
      ],
      ['POST', '/people', `{"data": {"zzsecret": "zzada@example.org"`],
      ['POST', '/people', resource('person', { first_name: 7, zzsecret: 'zzada@example.org' })],
      [
        'POST',
        '/email_addresses',
        resource('email_address', { email: 'zzada@' }, { relationships: { person: end('person', id) } }),
      ],
      [
        'POST',
        '/users',
        resource(
          'user',
          { email: 'zzada@example.org', password: 'zzsecret of a user' },
          { relationships: { person: end('person', id) } },
        ),
      ],
      [
        'PATCH',
        '/users/me',
        {
          data: {
            ...resource('user', { email: 'zznew@example.org', current_password: 'zzsecret no' }).data,
            id: 'me',
          },
        },
      ],
      ['POST', '/password_resets', resource('password_reset', { email: 'zzada@example.org' })],
      [
        'POST',
        '/passwords',
        resource('password', { token: 'zzsecret-one-time', password: 'zzsecret new password' }),
      ],
      ['POST', '/api_clients', resource('api_client', { name: 'Sync' })],
      [
        'POST',
        '/operations',
        { 'atomic:operations': [{ op: 'add', ...person }] },
        { 'content-type': ATOMIC, accept: ATOMIC },
      ],
    ] as [string, string, unknown?, Record<string, string>?][])
      await send(method, `${at}${path}`, body, headers);
    const json = { 'content-type': 'application/json' };
    await send(
      'POST',
      '/persons/multiple',
      { persons: [{ email_address: 'zzada@example.org', first_name: 'Zzname' }] },
      json,
    );
    await send('POST', '/persons/find', { email_address: 'zzada@example.org' }, json);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const grant = 'grant_type=client_credentials&client_id=kith-x&client_secret=zzsecret-of-a-client';
    await send('POST', '/oauth2/token', grant, form);
    const [mail] = person.included;
    const another = { ...person, included: [{ ...mail, attributes: { email: 'zzother@example.org' } }] };
    await brokenDatabase(() => send('POST', `${at}/people`, another));
    secrets.push(token, ...oneTimeTokens());
    const { output } = kith;
    expect(output).toContain('"path":"/apis/v4/people"');
    expect(output).toMatch(/database error/);
    for (const secret of secrets) expect(output).not.toContain(secret);
    // The first screen names who signs in first.
    const [, ...log] = output.split('README.md goes on from here.');
    expect(log.join().match(/zz\w+@[\w.]+|zzsecret\S*|Zzname|99 ?88 ?77|eyJ\w+/g)).toBeNull();
  });

  /** A column is missing meanwhile: what PostgreSQL says of it is told to the log. */
  async function brokenDatabase(work: () => Promise<{ status: number }>): Promise<void> {
    const client = new Client({ connectionString: own.url });
    await client.connect();
    await client.query('alter table people add constraint broken check (gender is not null) not valid');
    const { status } = await work().finally(() => client.query('alter table people drop constraint broken'));
    await client.end();
    expect(status).toBe(500);
  }

  /** Of the mails, which are files here. */
  function oneTimeTokens(): string[] {
    const box = `${folder}/outbox`;
    const mails = existsSync(box)
      ? readdirSync(box).map((name) => readFileSync(`${box}/${name}`, 'utf8'))
      : [];
    return mails.flatMap((mail) => mail.match(/[\w-]{43}/g) ?? []);
  }
});
