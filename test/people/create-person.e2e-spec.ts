import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { email, matchOf, person, phone } from './person-document.js';

describe('POST /people', () => {
  let world: World;
  let home: string;
  let ada: Caller;

  beforeAll(async () => {
    world = await World.boot();
    home = await world.group('North');
    ada = await world.caller('Ada', { [home]: 'admin' });
  });

  afterAll(() => world.close());

  test('makes a new person with what comes along, and answers 201 with her address', async () => {
    const body = person({ first_name: 'Grace', last_name: 'Hopper', external_ref: 'crm-1' }, [
      email('Grace@Example.org'),
      phone('(415) 555-2671', { location: 'mobile' }),
      ['contact_assignment', { assigned_to_id: ada.personId, group_id: home }],
    ]);
    const answer = await ada.api.post('/people?include=email_addresses,phone_numbers,groups', body);
    const { id } = answer.one;
    expect(answer.status).toBe(201);
    expect(answer.header('location')).toBe(`/apis/v4/people/${id}`);
    expect(answer.one.links.self).toBe(answer.header('location'));
    expect(answer.one.attributes).toMatchObject({
      full_name: 'Grace Hopper',
      external_ref: 'crm-1',
      primary_email_address: 'Grace@Example.org',
      primary_phone_number: '(415) 555-2671',
    });
    expect(answer.included.map(({ type }) => type)).toEqual(['email_address', 'phone_number', 'group']);
    expect(matchOf(answer)).toMatchObject({
      outcome: 'created',
      matched_by: null,
      groups_added: [home],
      warnings: [],
    });
    expect(await world.row('people', id)).toMatchObject({
      first_name: 'Grace',
      created_by_id: ada.personId,
      deleted_at: null,
    });
    const rows = await world.database.query(sql`
      select e.normal_form as email, n.e164 as phone, m.group_id, m.external_ref, a.assigned_to_id
      from email_addresses e
      join phone_numbers n using (person_id) join group_memberships m using (person_id) join contact_assignments a using (person_id)
      where e.person_id = ${id}`);
    expect(rows).toEqual([
      {
        email: 'grace@example.org',
        phone: '+14155552671',
        group_id: home,
        external_ref: 'crm-1',
        assigned_to_id: ada.personId,
      },
    ]);
  });

  test.each(['api', 'lenient'] as const)(
    'tells all that is wrong with the values in one go (%s)',
    async (way) => {
      const api = way === 'api' ? ada.api : ada.api.lenient;
      const before = await world.everything();
      const body = person({ first_name: 7, gender: ['x'], birth_date: '1815-02-30', external_ref: ' R' }, [
        email('nobody at home'),
        email(7 as unknown as string),
        phone('+1 212 555 0100', { location: 5 }),
        phone('none'),
        ['email_address', { email: 'ok@example.org', primary: 'yes' }],
        ['group_membership', { group_id: home, archived_at: 5 }],
      ]);
      const answer = await api.post('/people', body);
      const told = answer.document.errors?.map(({ source, detail }) => [source?.pointer, detail]) ?? [];
      expect(answer.status).toBe(422);
      expect(Object.fromEntries(told)).toEqual({
        '/data/attributes/first_name': 'first_name must be a string.',
        '/data/attributes/gender': 'gender must be a string.',
        '/data/attributes/birth_date': expect.stringContaining('1815-12-10'),
        '/data/attributes/external_ref': expect.stringContaining('white space'),
        '/included/0/attributes/email': expect.stringContaining('not an e-mail address'),
        '/included/1/attributes/email': 'email must be a string.',
        '/included/3/attributes/number': expect.stringContaining('digits'),
        '/included/2/attributes/location': 'location must be a string.',
        '/included/4/attributes/primary': 'primary must be a boolean value.',
        '/included/5/attributes/archived_at': expect.stringContaining('archived_at'),
      });
      expect(await world.everything()).toBe(before);
    },
  );

  test('points at the id of a record that the person has not', async () => {
    const included = [
      { type: 'email_address', id: '999999', attributes: { email: 'record@example.org' } },
      { type: 'phone_number', id: '999998', attributes: { number: 'none' } },
    ];
    const body = { data: { type: 'person', attributes: { first_name: 'Ida', external_ref: 'ida' } } };
    const [first, second] = included;
    const post = async (one: unknown) =>
      (await ada.api.post('/people', { ...body, included: [one] })).refusal;
    expect(await post(first)).toEqual({
      status: 404,
      errors: [['not_found', '/included/0/id']],
    });
    expect(await post(second)).toEqual({
      status: 422,
      errors: [['invalid_attribute', '/included/0/attributes/number']],
    });
  });

  test('finds her again by another spelling of the e-mail, and answers 200 with what changed', async () => {
    const first = await ada.api.post('/people', person({ first_name: 'Emmy' }, [email('emmy@example.org')]));
    const again = await ada.api.post(
      '/people',
      person({ first_name: 'Emmy', last_name: 'Noether' }, [email(' EMMY@example.ORG ')]),
    );
    expect(again.status).toBe(200);
    expect(again.header('location')).toBeUndefined();
    expect(again.one.id).toBe(first.one.id);
    expect(matchOf(again)).toMatchObject({
      outcome: 'updated',
      matched_by: 'email_address',
      keys: { email_addresses: ['emmy@example.org'] },
      candidates: [{ id: first.one.id, taken: true }],
      changes: { last_name: [null, 'Noether'] },
    });
    expect(await world.count('email_addresses')).toBe(
      await world.value(sql`select count(distinct (person_id, normal_form))::int from email_addresses`),
    );
  });

  test('writes nothing when the same is sent again', async () => {
    const body = person({ first_name: 'Rosa' }, [email('rosa@example.org'), phone('+358 40 123 4567')]);
    await ada.api.post('/people', body);
    const before = await world.everything();
    const again = await ada.api.post('/people', body);
    expect([again.status, matchOf(again)['outcome']]).toEqual([200, 'unchanged']);
    expect(await world.everything()).toBe(before);
  });

  test('makes an assignment in either direction, and only in one', async () => {
    const other = await world.contact('Other', home);
    const assigned = await ada.api.post(
      '/people',
      person({ first_name: 'One' }, [['contact_assignment', { assigned_to_id: other }]]),
    );
    const assignee = await ada.api.post(
      '/people',
      person({ first_name: 'Two' }, [['contact_assignment', { person_id: other }]]),
    );
    const rows = await world.database.query(sql`
      select assigned_to_id, person_id, assigned_by_id from contact_assignments where ${other} in (assigned_to_id, person_id) order by id`);
    expect(rows).toEqual([
      { assigned_to_id: other, person_id: assigned.one.id, assigned_by_id: ada.personId },
      { assigned_to_id: assignee.one.id, person_id: other, assigned_by_id: ada.personId },
    ]);
    const before = await world.everything();
    for (const attributes of [{}, { assigned_to_id: other, person_id: ada.personId }]) {
      const refused = await ada.api.post(
        '/people',
        person({ first_name: 'Three' }, [['contact_assignment', attributes]]),
      );
      expect(refused.refusal).toEqual({ status: 422, errors: [['invalid_assignment', '/included/0']] });
    }
    expect(await world.everything()).toBe(before);
  });

  test('takes what comes along linked by lid', async () => {
    const answer = await ada.api.post('/people?include=email_addresses', {
      data: {
        type: 'person',
        lid: 'p',
        attributes: { first_name: 'Lid' },
        relationships: { email_addresses: { data: [{ type: 'email_address', lid: 'e' }] } },
      },
      included: [
        {
          type: 'email_address',
          lid: 'e',
          attributes: { email: 'lid@example.org' },
          relationships: { person: { data: { type: 'person', lid: 'p' } } },
        },
      ],
    });
    expect(answer.status).toBe(201);
    expect(answer.included.map(({ attributes }) => attributes?.['email'])).toEqual(['lid@example.org']);
  });

  test('points at the value that is wrong, in what came along too', async () => {
    const along = [email('nobody'), phone('x'), email('good@example.org')];
    expect((await ada.api.post('/people', person({ first_name: 'Point' }, along))).refusal).toEqual({
      status: 422,
      errors: [
        ['invalid_attribute', '/included/0/attributes/email'],
        ['invalid_attribute', '/included/1/attributes/number'],
      ],
    });
  });

  test('refuses a lid that nothing in the document has', async () => {
    const relationships = { email_addresses: { data: [{ type: 'email_address', lid: 'nobody' }] } };
    const refused = await ada.api.post('/people', person({ first_name: 'Lid' }, [], { relationships }));
    expect(refused.refusal).toEqual({
      status: 400,
      errors: [['malformed_document', '/data/relationships/email_addresses/data/0/lid']],
    });
  });

  test('puts her into the groups that are named, by id or by reference', async () => {
    const south = await world.group('South', { external_ref: 'south' });
    await world.member(ada.personId, south, 'user');
    const byId = person({ first_name: 'Named' }, [], {
      relationships: { groups: { data: [{ type: 'group', id: south }] } },
    });
    const byRef = person({ first_name: 'Named too' }, [
      ['group_membership', { group_external_ref: 'south' }],
    ]);
    for (const body of [byId, byRef]) {
      const answer = await ada.api.post('/people', body);
      expect(answer.status).toBe(201);
      expect(
        await world.database.query(
          sql`select group_id, role from group_memberships where person_id = ${answer.one.id}`,
        ),
      ).toEqual([{ group_id: south, role: 'contact' }]);
    }
  });

  test('does not tell a group of others from one that does not exist', async () => {
    const foreign = await world.group('Foreign', { external_ref: 'foreign' });
    const before = await world.everything();
    const tell = async (id: string) => {
      const body = person({ first_name: 'Who' }, [], {
        relationships: { groups: { data: [{ type: 'group', id }] } },
      });
      const { refusal, text } = await ada.api.post('/people', body);
      return { refusal, text: text.replace(`group ${id}`, 'group ID').replace(/"id":"[^"]*"/, '') };
    };
    const [theirs, nobodys] = [await tell(foreign), await tell('999999')];
    expect(theirs.refusal.status).toBe(404);
    expect(theirs).toEqual(nobodys);
    expect(await world.everything()).toBe(before);
  });

  test('answers a dry run like the real thing and writes nothing', async () => {
    const before = await world.everything();
    const answer = await ada.api.post(
      '/people?dry_run=true',
      person({ first_name: 'Dry' }, [email('dry@example.org')]),
    );
    expect(answer.status).toBe(201);
    expect(answer.document.data).toBeNull();
    expect(matchOf(answer)).toMatchObject({
      outcome: 'created',
      groups_added: expect.arrayContaining([home]),
    });
    expect(await world.everything()).toBe(before);
  });

  test('shows in a dry run whom it finds as she would be, without what would be new', async () => {
    const mail = email('would@example.org');
    const known = (await ada.api.post('/people', person({ first_name: 'Will', external_ref: 'w-1' }, [mail])))
      .one;
    const sent = person({ first_name: 'Wilma', gender: 'x' }, [
      mail,
      email('new-would@example.org', { primary: true }),
      phone('+1 415 555 2672'),
      ['contact_assignment', { assigned_to_id: ada.personId }],
    ]);
    for (const api of [ada.api, ada.api.lenient]) {
      const path = '/people?include=email_addresses,phone_numbers,groups,reverse_contact_assignments';
      const before = await world.everything();
      const tried = await api.post(`${path}&dry_run=true`, sent);
      expect(await world.everything()).toBe(before);
      expect(tried.status).toBe(200);
      expect(tried.one.attributes).toMatchObject({
        ...{ first_name: 'Wilma', gender: 'x', primary_email_address: 'new-would@example.org' },
        primary_phone_number: '+1 415 555 2672',
      });
      expect(new Set(tried.included.map(({ type }) => type))).toEqual(new Set(['email_address', 'group']));
      expect(tried.included[0]?.attributes).toMatchObject({ email: 'would@example.org' });
      expect(tried.text).not.toMatch(/"type":"(phone_number|contact_assignment)"/);
    }
    const tried = await ada.api.post('/people?dry_run=true', sent);
    const done = await ada.api.post('/people', sent);
    const told = ({ updated_at: _, ...attributes }: Record<string, unknown> = {}) => attributes;
    expect(told(tried.one.attributes)).toEqual(told(done.one.attributes));
    expect([tried.one.id, matchOf(tried)['outcome']]).toEqual([known.id, 'updated']);
    // No strong tag: with it a change would be conditional on what is not.
    expect([tried.header('etag'), done.header('etag')]).toEqual([
      expect.stringMatching(/^W\//),
      expect.stringMatching(/^"/),
    ]);
  });

  test('leads by the link of its answer to what GET shows, whatever only POST understands', async () => {
    const body = person({ first_name: 'Linda' }, [email('linda@example.org')]);
    const { id } = (await ada.api.post('/people', body)).one;
    for (const [query, self] of [
      ['?dry_run=true', `/people/${id}`],
      [
        '?dry%5Frun=false&fields[person]=first_name&name_guard=true',
        `/people/${id}?fields%5Bperson%5D=first_name`,
      ],
    ]) {
      const answer = await ada.api.post(`/people${query}`, body);
      expect(answer.document.links).toEqual({ self: `/apis/v4${self}` });
      expect((await ada.api.get(answer.document.links?.['self'] as string)).one).toEqual(answer.one);
    }
  });

  test('holds an entry that fits several people, and says who they are', async () => {
    const shared = [await world.contact('Twin', home), await world.contact('Twin', home)];
    for (const id of shared) await world.email(id, 'twins@example.org', true);
    const people = await world.count('people');
    const refused = await ada.api.post(
      '/people',
      person({ first_name: 'Twin' }, [email('twins@example.org')]),
    );
    expect(refused.status).toBe(409);
    const [error] = refused.document.errors ?? [];
    expect(error).toMatchObject({ code: 'ambiguous_match', meta: { candidate_ids: shared } });
    const held = await world.database.query(
      sql`select id, kind, candidate_ids from person_duplicates where kind = 'held_entry'`,
    );
    expect(held).toEqual([{ id: error?.meta?.['duplicate_id'], kind: 'held_entry', candidate_ids: shared }]);
    expect(await world.count('people')).toBe(people);
    const lenient = await ada.api.lenient.post(
      '/people',
      person({ first_name: 'Twin' }, [email('twins@example.org')]),
    );
    expect(lenient.refusal.status).toBe(422);
  });

  test('keeps with a held entry all that it would write, what other rooms write of it included', async () => {
    for (const name of ['Twin', 'Twin']) {
      const id = await world.contact(name, home);
      await world.email(id, 'held@example.org', true);
    }
    const place = { address_type: 'current', city: 'Oslo' };
    const sent = (...more: [string, Record<string, string>][]) =>
      ada.api.post('/people', person({ first_name: 'Twin' }, [email('held@example.org'), ...more]));
    await sent(['address', place]);
    await sent();
    const kept = await world.database.query<{ entry: unknown }>(sql`
      select evidence -> 'entry' as entry from person_duplicates
      where evidence::text like '%held@example.org%' order by id`);
    expect(kept).toMatchObject([
      {
        entry: { emails: [{ email: 'held@example.org' }], beside: [{ type: 'address', attributes: place }] },
      },
      { entry: { emails: [{ email: 'held@example.org' }] } },
    ]);
  });

  test('follows the stricter policy that a request asks for', async () => {
    await ada.api.post('/people', person({ first_name: 'Ida' }, [email('ida@example.org')]));
    const body = person({ first_name: 'Ingrid' }, [email('ida@example.org')]);
    const loose = await ada.api.post('/people?dry_run=true', body);
    expect(matchOf(loose)).toMatchObject({
      outcome: 'updated',
      warnings: [{ code: 'name_mismatch' }],
      policy: { name_guard: false },
    });
    const guarded = await ada.api.post('/people?dry_run=true&name_guard=true', body);
    expect(guarded.refusal.errors).toEqual([['ambiguous_match', '/data']]);
    // The refusal tells why, as a match does.
    expect(guarded.document.errors?.[0]?.meta).toMatchObject({
      match: {
        keys: { email_addresses: ['ida@example.org'] },
        candidates: [{ id: loose.one.id, taken: false, reason: 'name_guard' }],
        policy: { name_guard: true },
      },
    });
    const wrong = await ada.api.post('/people?name_guard=perhaps&conflicting_ref=x', body);
    expect(wrong.refusal).toEqual({
      status: 400,
      errors: [
        ['invalid_parameter', 'conflicting_ref'],
        ['invalid_parameter', 'name_guard'],
      ],
    });
  });

  test('takes blanks as missing, in every attribute', async () => {
    const blank = { middle_name: '', last_name: ' ', gender: '', birth_date: '', external_ref: '' };
    const answer = await ada.api.post('/people', person({ first_name: 'Blank', ...blank }));
    expect(answer.status).toBe(201);
    expect(answer.one.attributes).toMatchObject({
      ...{ first_name: 'Blank', middle_name: null, last_name: null, gender: null },
      ...{ birth_date: null, external_ref: null },
    });
  });

  test('makes nobody of nothing', async () => {
    const refused = await ada.api.post('/people', person({ last_name: 'Only' }));
    expect(refused.refusal).toMatchObject({ status: 422, errors: [['insufficient_information', '/data']] });
  });

  describe.each([
    [
      'an e-mail that is none',
      person({ first_name: 'X' }, [email('not an address')]),
      422,
      'invalid_attribute',
      /^\/included\/0/,
    ],
    [
      'a phone without digits',
      person({ first_name: 'X' }, [phone('call me')]),
      422,
      'invalid_attribute',
      /^\/included\/0/,
    ],
    [
      'a name that is a number',
      person({ first_name: 7 }),
      422,
      'invalid_attribute',
      /^\/data\/attributes\/first_name$/,
    ],
    [
      'a name that is a list',
      person({ first_name: ['X'] }),
      422,
      'invalid_attribute',
      /^\/data\/attributes\/first_name$/,
    ],
    [
      'a day that no calendar has',
      person({ first_name: 'X', birth_date: '2001-02-30' }),
      422,
      'invalid_attribute',
      /birth_date$/,
    ],
    [
      'an unknown attribute',
      person({ first_name: 'X', shoe_size: 38 }),
      422,
      'unknown_attribute',
      /shoe_size$/,
    ],
    ['NUL in a name', person({ first_name: 'a\u0000b' }), 422, 'invalid_attribute', /first_name$/],
    ['a lone surrogate', person({ first_name: '\ud800' }), 422, 'invalid_attribute', /first_name$/],
    [
      'a reference with blanks around it',
      person({ external_ref: ' x ' }),
      422,
      'invalid_attribute',
      /external_ref$/,
    ],
    [
      'an unknown type in included',
      person({ first_name: 'X' }, [['label', {}]]),
      409,
      'type_conflict',
      /^\/included\/0\/type$/,
    ],
    [
      'included that is no list',
      { ...person({ first_name: 'X' }), included: {} },
      400,
      'malformed_document',
      /^\/included$/,
    ],
    [
      'an id of its own',
      person({ first_name: 'X' }, [], { id: '5' }),
      403,
      'client_id_not_allowed',
      /^\/data\/id$/,
    ],
    ['a read-only attribute', person({ first_name: 'X', full_name: 'Y' }), 403, 'read_only', /full_name$/],
    [
      'an assignee who does not exist',
      person({ first_name: 'X' }, [['contact_assignment', { assigned_to_id: '999999' }]]),
      404,
      'not_found',
      /^\/included\/0/,
    ],
    [
      'an assignee with no id',
      person({ first_name: 'X' }, [['contact_assignment', { assigned_to_id: 'abc' }]]),
      422,
      'invalid_attribute',
      /assigned_to_id$/,
    ],
    [
      'two primaries',
      person({ first_name: 'X' }, [
        email('a@example.org', { primary: true }),
        email('b@example.org', { primary: true }),
      ]),
      422,
      'invalid_attribute',
      /^\/included\/1/,
    ],
  ])('refuses %s', (_what, body, status, code, pointer) => {
    test('and writes nothing', async () => {
      const before = await world.everything();
      const { refusal } = await ada.api.post('/people', body);
      expect(refusal).toEqual({ status, errors: [[code, expect.stringMatching(pointer)]] });
      expect(await world.everything()).toBe(before);
    });
  });

  test('reports several problems of one document together', async () => {
    const { refusal } = await ada.api.post(
      '/people',
      person({ first_name: 1, gender: 2 }, [email('nothing'), ['phone_number', { number: 3 }]]),
    );
    expect(refusal.status).toBe(422);
    expect(refusal.errors.length).toBeGreaterThan(2);
  });

  test('asks for a token first', async () => {
    expect((await world.nobody.post('/people', person({ first_name: 'X' }))).refusal).toEqual({
      status: 401,
      errors: [['missing_authorization', undefined]],
    });
  });
});
