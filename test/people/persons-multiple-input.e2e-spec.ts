import jwt from 'jsonwebtoken';
import { createSecretKey } from 'node:crypto';
import { World, type Caller } from '../support/factories/world.factory.js';
import { PlainClient, type PlainAnswer } from './plain-client.js';

const SECRET = 'a secret of the tests that is long enough';
const PATHS = ['/persons/multiple', '/apis/v4/persons/multiple', '/persons/find', '/apis/v4/persons/find/'];

describe('The plain-JSON doors', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let client: PlainClient;

  beforeAll(async () => {
    world = await World.boot({ BATCH_MAX_ENTRIES: '20', BODY_LIMIT: '64kb', JWT_SECRET: SECRET });
    north = await world.group('North', { external_ref: 'north' });
    ada = await world.caller('Ada', { [north]: 'user' });
    client = new PlainClient(world.app, ada.token);
  });
  afterAll(() => world.close());

  const sync = (persons: unknown[]): Promise<PlainAnswer> => client.post('/persons/multiple', { persons });

  describe('refuse a request in one way, whatever layer refuses it', () => {
    it.each(PATHS)('400 for a token at %s, in words of their own', async (path) => {
      const expired = jwt.sign({ user_id: ada.userId, sid: '1' }, createSecretKey(Buffer.from(SECRET)), {
        expiresIn: -1,
      });
      for (const [token, type, message] of [
        [undefined, 'missing_authorization', 'Missing Authorization header'],
        [expired, 'expired_token', 'Expired Authorization header bearer token value'],
        ['nonsense', 'invalid_authorization', 'Invalid Authorization header bearer token value'],
      ] as const) {
        const answer = await new PlainClient(world.app, token).post(path, { persons: [] });
        expect([answer.status, answer.body]).toEqual([400, { error: { type, message } }]);
        expect(answer.headers).not.toHaveProperty('x-mh-session');
      }
    });

    it('404 for an address below them, 405 for a method', async () => {
      for (const base of ['/persons', '/apis/v4/persons']) {
        expect(await client.post(`${base}/nothing`, {})).toMatchObject({
          status: 404,
          error: { type: 'not_found' },
        });
        const answer = await client.send('GET', `${base}/multiple/`);
        expect(answer).toMatchObject({ status: 405, error: { type: 'method_not_allowed' } });
        expect(answer.headers['allow']).toBe('POST');
      }
    });

    it('415 and 406 for what is not plain JSON', async () => {
      for (const type of ['text/plain', 'application/vnd.api+json', 'application/x-www-form-urlencoded'])
        expect(
          await client.post('/persons/multiple', { persons: [] }, { 'content-type': type }),
        ).toMatchObject({
          ...{ status: 415, error: { type: 'unsupported_media_type' } },
        });
      for (const accept of ['text/html', 'application/vnd.api+json', 'application/json;q=0'])
        expect(await client.post('/persons/multiple', { persons: [] }, { accept })).toMatchObject({
          ...{ status: 406, error: { type: 'not_acceptable' } },
        });
      for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.5', ''])
        expect((await client.post('/persons/multiple', { persons: [] }, { accept })).status).toBe(200);
      const utf8 = { 'content-type': 'Application/JSON; charset=utf-8' };
      expect((await client.post('/persons/multiple', { persons: [] }, utf8)).status).toBe(200);
    });

    it('413 for more entries, or more bytes, than are taken', async () => {
      const many = Array.from({ length: 21 }, (_, i) => ({ external_ref: `many ${i}` }));
      expect(await sync(many)).toMatchObject({
        ...{ status: 413, error: { type: 'payload_too_large', pointer: '/persons' } },
      });
      expect((await sync(many.slice(1))).status).toBe(200);
      const big = await client.post('/persons/multiple', { persons: ['x'.repeat(70_000)] });
      expect(big).toMatchObject({ status: 413, error: { type: 'payload_too_large' } });
    });

    it.each([
      ['no body', '', 'malformed_request', undefined],
      ['half a body', '{"persons": [', 'malformed_json', undefined],
      ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d]), 'malformed_json', undefined],
      ['a list', [], 'malformed_request', ''],
      ['a text', '"persons"', 'malformed_request', ''],
      ['null', 'null', 'malformed_request', ''],
      ['no `persons`', {}, 'malformed_request', ''],
      ['`persons` in a text', { persons: '[{}]' }, 'malformed_request', '/persons'],
      ['`persons` in an object', { persons: { 0: {} } }, 'malformed_request', '/persons'],
      ['`persons` of the prototype', '{"__proto__": {"persons": []}}', 'malformed_request', ''],
      ['`atomic` in a text', { persons: [], atomic: 'true' }, 'malformed_request', '/atomic'],
      ['`dry_run` as a number', { persons: [], dry_run: 1 }, 'malformed_request', '/dry_run'],
      ['an unknown policy', { persons: [], conflicting_ref: 'x' }, 'malformed_request', '/conflicting_ref'],
      [
        'a policy of the prototype',
        { persons: [], conflicting_ref: 'toString' },
        'malformed_request',
        '/conflicting_ref',
      ],
      ['`name_guard` in a text', { persons: [], name_guard: 'no' }, 'malformed_request', '/name_guard'],
    ])('400 for %s', async (_name, body, type, pointer) => {
      const answer = await client.post('/persons/multiple', body);
      expect(answer.status).toBe(400);
      expect(answer.error).toEqual({
        type,
        message: expect.stringMatching(/\.$/),
        ...(pointer !== undefined && { pointer }),
      });
    });

    it('400 for an option that stands in the URL, where it would be overlooked', async () => {
      const before = await world.everything();
      const answer = await client.post('/persons/multiple?dry_run=true', {
        persons: [{ external_ref: 'dry' }],
      });
      expect(answer).toMatchObject({ status: 400, error: { type: 'invalid_parameter' } });
      expect(await world.everything()).toBe(before);
    });

    it('400 for groups by id and by reference, of any entry: nothing is written', async () => {
      const before = await world.everything();
      for (const id of [{ group_id: north }, { group_ids: [] }])
        for (const ref of [{ group_external_ref: 'north' }, { groups_external_refs: [] }]) {
          const answer = await sync([
            { external_ref: 'first' },
            'no entry',
            { first_name: 5, ...id, ...ref },
          ]);
          expect([answer.status, answer.error]).toEqual([
            400,
            {
              type: 'both_group_identifiers_provided',
              message: 'Both group ids and external refs provided for the person create/update operation',
              pointer: '/persons/2',
            },
          ]);
        }
      expect(await world.everything()).toBe(before);
    });
  });

  describe('fail an entry that cannot be used, and go on', () => {
    it.each<[string, unknown, string, string]>([
      ['null', null, 'invalid_attribute', ''],
      ['a text', 'Ada', 'invalid_attribute', ''],
      ['a number', 5, 'invalid_attribute', ''],
      ['a list', [{ external_ref: 'x' }], 'invalid_attribute', ''],
      ['an empty object', {}, 'insufficient_information', ''],
      ['a number as a name', { external_ref: 'a', first_name: 5 }, 'invalid_attribute', '/first_name'],
      ['an object as a name', { external_ref: 'a', last_name: {} }, 'invalid_attribute', '/last_name'],
      [
        'a name that is too long',
        { external_ref: 'a', first_name: 'x'.repeat(201) },
        'invalid_attribute',
        '/first_name',
      ],
      ['NUL in a name', { external_ref: 'a', first_name: 'a\0b' }, 'invalid_attribute', '/first_name'],
      ['half a surrogate pair', { external_ref: 'a', gender: '\ud800' }, 'invalid_attribute', '/gender'],
      ['no day', { external_ref: 'a', birth_date: '2001-02-30' }, 'invalid_attribute', '/birth_date'],
      [
        'a number as an address',
        { first_name: 'a', email_address: 5 },
        'invalid_attribute',
        '/email_address',
      ],
      [
        'a list of addresses',
        { first_name: 'a', email_address: ['a@x.org'] },
        'invalid_attribute',
        '/email_address',
      ],
      [
        'no address',
        { first_name: 'a', email_address: 'ada at home' },
        'invalid_attribute',
        '/email_address',
      ],
      [
        'a number as a phone',
        { first_name: 'a', phone_number: 3012345 },
        'invalid_attribute',
        '/phone_number',
      ],
      [
        'a phone without digits',
        { first_name: 'a', phone_number: 'none' },
        'invalid_attribute',
        '/phone_number',
      ],
      ['a number as a reference', { external_ref: 17 }, 'invalid_attribute', '/external_ref'],
      ['a reference with space around', { external_ref: ' 17' }, 'invalid_attribute', '/external_ref'],
      ['a reference with NUL', { external_ref: '1\0' }, 'invalid_attribute', '/external_ref'],
      ['groups in a text', { external_ref: 'a', group_ids: '["1"]' }, 'invalid_attribute', '/group_ids'],
      [
        'groups in an object',
        { external_ref: 'a', groups_external_refs: {} },
        'invalid_attribute',
        '/groups_external_refs',
      ],
      [
        'null among groups',
        { external_ref: 'a', group_ids: ['1', null] },
        'invalid_attribute',
        '/group_ids/1',
      ],
      [
        'a number as a reference of a group',
        { external_ref: 'a', group_external_ref: 1 },
        'invalid_attribute',
        '/group_external_ref',
      ],
      ['NUL in a group', { external_ref: 'a', group_id: '1\0' }, 'invalid_attribute', '/group_id'],
    ])('%s', async (_name, entry, code, member) => {
      const before = await world.count('people');
      const { status, body, persons } = await sync([
        { external_ref: `before ${_name}` },
        entry,
        { external_ref: `after ${_name}` },
      ]);
      expect([status, body['success']]).toEqual([200, false]);
      expect(persons.map(({ outcome }) => outcome)).toEqual(['created', 'failed', 'created']);
      expect(persons[1]).toMatchObject({
        ...{ success: false, failure_code: code, failure_reason: expect.stringMatching(/\.$/) },
        errors: [{ code, detail: expect.any(String), source: { pointer: `/persons/1${member}` } }],
      });
      const [{ detail }] = persons[1]?.['errors'] as [{ detail: string }];
      const which = member === '' ? '' : `${member.slice(1)}: `;
      expect(persons[1]?.['failure_reason']).toBe(`${which}${detail}`);
      expect(await world.count('people')).toBe(before + 2);
    });

    it('tells all that is wrong with one', async () => {
      const { persons } = await sync([
        { first_name: 5, group_ids: 'x', email_address: 'y', external_ref: 7 },
      ]);
      const errors = persons[0]?.['errors'] as { source: { pointer: string } }[];
      expect(errors.map(({ source }) => source.pointer).sort()).toEqual(
        ['email_address', 'external_ref', 'first_name', 'group_ids'].map((name) => `/persons/0/${name}`),
      );
      expect(persons[0]?.['failure_reason']).toMatch(/^group_ids: .*\. 3 more in `errors`\.$/);
    });

    it('shows again what was sent, but nothing that is no text', async () => {
      const { persons } = await sync([
        { first_name: 'Ada', last_name: { deep: [] }, gender: null, external_ref: ' x' },
      ]);
      const { first_name, gender, external_ref, ...others } = persons[0] as Record<string, unknown>;
      expect([first_name, gender, external_ref]).toEqual(['Ada', null, ' x']);
      expect(others).not.toHaveProperty('last_name');
    });
  });

  it('warn of an attribute that is not known, and go on without it', async () => {
    const entry = { external_ref: 'warned', firstname: 'Ada', 'a/b~c': 1, success: false, identifier: '1' };
    const { persons } = await client.post('/persons/multiple', { persons: [entry] });
    expect(persons[0]).toMatchObject({ success: true, outcome: 'created', first_name: null });
    expect(persons[0]?.['identifier']).not.toBe('1');
    const warnings = persons[0]?.['warnings'] as { code: string; pointer: string }[];
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['unknown_attribute']));
    expect(warnings.map(({ pointer }) => pointer)).toEqual([
      ...['/persons/0/firstname', '/persons/0/a~1b~0c'],
    ]);
  });

  it('refuse a member beside `persons` that is not known: what was to be tried would be written', async () => {
    const before = await world.everything();
    const answer = await client.post('/persons/multiple', {
      persons: [{ external_ref: 'slip' }],
      dryrun: true,
    });
    expect(answer).toMatchObject({
      status: 400,
      error: {
        type: 'malformed_request',
        pointer: '/dryrun',
        message: expect.stringMatching(/mean "dry_run"\?$/),
      },
    });
    expect(await world.everything()).toBe(before);
    const again = await client.post('/persons/multiple', { persons: [], success: true, warnings: [] });
    expect(again.status).toBe(200);
  });

  it('refuse a member that is there twice, since readers differ in which of them they keep', async () => {
    const { status, body } = await client.post(
      '/persons/multiple',
      '{"persons": [{"external_ref": "first", "external_ref": "second"}]}',
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { pointer: '/persons/0/external_ref' } });
  });

  it('take members of the prototype, or deep ones, without harm', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const entries = [
      '{"external_ref": "proto-1", "first_name": "A"}',
      '{"external_ref": "proto-2", "__proto__": {"first_name": "Eve"}, "constructor": {"name": "x"}, "toString": 1}',
      '{"__proto__": {"external_ref": "proto-3"}}',
      `{"external_ref": "proto-4", "first_name": ${deep}}`,
    ];
    const { status, persons } = await client.post('/persons/multiple', `{"persons": [${entries.join()}]}`);
    expect(status).toBe(200);
    expect(persons.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'failed', 'failed']);
    expect(persons.map(({ external_ref }) => external_ref)).toEqual([
      'proto-1',
      'proto-2',
      undefined,
      'proto-4',
    ]);
    expect(persons[1]?.['first_name']).toBeNull();
    expect(({} as Record<string, unknown>)['first_name']).toBeUndefined();
  });

  it('take blanks as missing, and null as cleared', async () => {
    await sync([
      { external_ref: 'blank', first_name: 'Ada', last_name: 'Byron', email_address: 'blank@x.org' },
    ]);
    const { persons } = await sync([
      { external_ref: 'blank', first_name: '  ', last_name: null, email_address: '', phone_number: ' ' },
      { external_ref: 'blank', email_address: null },
    ]);
    expect(persons[0]).toMatchObject({ first_name: 'Ada', last_name: null, email_address: 'blank@x.org' });
    expect(persons[1]).toMatchObject({ outcome: 'updated', email_address: null });
  });
});
