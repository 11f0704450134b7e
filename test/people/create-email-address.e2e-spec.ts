import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf, pointsOf } from './person-rows.js';

describe('POST /email_addresses', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'user' });
  });
  beforeEach(async () => {
    carl = await world.contact('Carl', north);
  });
  afterAll(() => world.close());

  const document = (attributes: object, personId: string | null = carl) => ({
    data: {
      type: 'email_address',
      attributes,
      relationships: { person: { data: personId === null ? null : { type: 'person', id: personId } } },
    },
  });
  const post = (attributes: object) => ada.api.post('/email_addresses', document(attributes));
  const emails = (): Promise<string[]> => pointsOf(world, 'email_addresses', carl);

  async function refused(caller: Caller, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient])
      expect((await api.post('/email_addresses', body)).refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('makes the first one primary, in the spelling that was sent, and finds it by its normal form', async () => {
    const answer = await ada.api.post(
      '/email_addresses?include=person',
      document({ email: 'Carl@Example.org' }),
    );
    expect(answer.status).toBe(201);
    expect(answer.header('location')).toBe(`/apis/v4/email_addresses/${answer.one.id}`);
    expect(answer.one.attributes).toMatchObject({ email: 'Carl@Example.org', primary: true });
    expect(answer.includedKeys).toEqual([`person:${carl}`]);
    expect(await world.row('email_addresses', answer.one.id)).toMatchObject({
      person_id: carl,
      email: 'Carl@Example.org',
      normal_form: 'carl@example.org',
      is_primary: true,
    });
    expect(await historyOf(world, carl)).toEqual([
      {
        action: 'updated',
        actor_id: ada.personId,
        request_id: answer.header('x-request-id'),
        before: { email_addresses: [] },
        after: {
          email_addresses: [
            { id: answer.one.id, email: 'Carl@Example.org', normal_form: 'carl@example.org', primary: true },
          ],
        },
      },
    ]);
  });

  it('leaves the primary one as it is, unless it is to be it', async () => {
    for (const body of [{ email: 'a@example.org' }, { email: 'b@example.org' }]) await post(body);
    expect(await emails()).toEqual(['a@example.org*', 'b@example.org']);
    expect((await post({ email: 'c@example.org', primary: true })).one.attributes?.['primary']).toBe(true);
    expect(await emails()).toEqual(['a@example.org', 'b@example.org', 'c@example.org*']);
  });

  it('makes the first primary even when it is said not to be', async () => {
    expect((await post({ email: 'a@example.org', primary: false })).one.attributes?.['primary']).toBe(true);
  });

  it('answers 200 with the one that the person has, however it is spelled, and writes nothing', async () => {
    const { one } = await post({ email: 'a@example.org' });
    const before = await world.everything();
    const again = await post({ email: ' A@EXAMPLE.org ' });
    expect([again.status, again.one]).toEqual([200, one]);
    expect(again.header('location')).toBeUndefined();
    expect(await world.everything()).toBe(before);
  });

  it('makes a known one primary when it is asked for', async () => {
    await post({ email: 'a@example.org' });
    const second = await post({ email: 'b@example.org' });
    const answer = await post({ email: 'b@example.org', primary: true });
    expect([answer.status, answer.one.id]).toEqual([200, second.one.id]);
    expect(await emails()).toEqual(['a@example.org', 'b@example.org*']);
  });

  it('may give two people one address', async () => {
    await post({ email: 'a@example.org' });
    const other = await world.contact('Other', north);
    const answer = await ada.api.post('/email_addresses', document({ email: 'a@example.org' }, other));
    expect(answer.status).toBe(201);
  });

  it('makes one of one address that several requests add at once, with one primary', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        post({ email: i % 2 === 0 ? 'same@example.org' : 'SAME@example.org', primary: true }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
    expect(await emails()).toHaveLength(1);
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => post({ email: `p${i}@example.org`, primary: true })),
    );
    expect((await emails()).filter((email) => email.endsWith('*'))).toHaveLength(1);
    expect(await emails()).toHaveLength(11);
  });

  it('is met by POST /people from then on', async () => {
    await post({ email: 'met@example.org' });
    const answer = await ada.api.post('/people', {
      data: { type: 'person', attributes: { first_name: 'Carl' } },
      included: [{ type: 'email_address', attributes: { email: 'MET@example.org' } }],
    });
    expect([answer.status, answer.one.id]).toEqual([200, carl]);
  });

  it('is for the users of a group of the person, and for herself', async () => {
    const stranger = await world.caller('Stranger', { [await world.group('South')]: 'owner' });
    const person = '/data/relationships/person/data';
    await refused(stranger, document({ email: 'x@example.org' }), 404, ['not_found', person]);
    await refused(ada, document({ email: 'x@example.org' }, '999999'), 404, ['not_found', person]);
    const assignee = await world.caller('Assignee');
    await world.assignment(assignee.personId, carl);
    await refused(assignee, document({ email: 'x@example.org' }), 403, ['forbidden', person]);
    const self = await assignee.api.post(
      '/email_addresses',
      document({ email: 'me@example.org' }, assignee.personId),
    );
    expect(self.status).toBe(201);
  });

  it('is for who made a person that is in no group', async () => {
    const mine = await world.person({ first_name: 'Mine', created_by_id: ada.personId });
    expect((await ada.api.post('/email_addresses', document({ email: 'm@example.org' }, mine))).status).toBe(
      201,
    );
  });

  it.each([
    ['no address', { email: 'nobody at home' }, 422, 'invalid_attribute', '/data/attributes/email'],
    ['a blank one', { email: '  ' }, 422, 'invalid_attribute', '/data/attributes/email'],
    ['a number', { email: 7 }, 422, 'invalid_attribute', '/data/attributes/email'],
    ['null', { email: null }, 422, 'invalid_attribute', '/data/attributes/email'],
    ['a NUL', { email: 'a\u0000@example.org' }, 422, 'invalid_attribute', '/data/attributes/email'],
    ['none at all', {}, 422, 'invalid_attribute', '/data'],
    [
      'a text for primary',
      { email: 'a@example.org', primary: 'yes' },
      422,
      'invalid_attribute',
      '/data/attributes/primary',
    ],
  ])('refuses %s', async (_what, attributes, status, code, pointer) => {
    await refused(ada, document(attributes), status, ...[[code, pointer]]);
  });

  it('refuses to be nobody’s', async () => {
    await refused(ada, { data: { type: 'email_address', attributes: { email: 'a@example.org' } } }, 422, [
      'invalid_attribute',
      '/data',
    ]);
    await refused(ada, document({ email: 'a@example.org' }, null), 422, [
      'invalid_attribute',
      '/data/relationships/person/data',
    ]);
  });

  it('refuses the keys of the person herself', async () => {
    const answer = await ada.api.post(
      '/email_addresses',
      document({ email: 'a@example.org', normal_form: 'x' }),
    );
    expect(answer.refusal).toEqual({
      status: 422,
      errors: [['unknown_attribute', '/data/attributes/normal_form']],
    });
    expect(await world.value(sql`select count(*)::int from email_addresses where person_id = ${carl}`)).toBe(
      0,
    );
  });
});
