import sql from 'sql-template-tag';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf } from '../people/person-rows.js';

describe('Postal addresses', () => {
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

  const person = (id = carl) => ({ person: { data: { type: 'person', id } } });
  const address = (attributes: object, relationships: object = person()) => ({
    data: { type: 'address', attributes, relationships },
  });
  const make = async (attributes: object = {}): Promise<string> =>
    (await ada.api.post('/addresses', address({ address_type: 'current', ...attributes }))).one.id;
  const change = (id: string, attributes: object) => ({ data: { type: 'address', id, attributes } });
  const stored = () =>
    world.database.query(
      sql`select address_type, city from addresses where person_id = ${carl}::bigint order by id`,
    );

  it('are made, read, found, changed and deleted', async () => {
    const made = await ada.api.post(
      '/addresses?include=person',
      address({ address_type: 'current', address1: '12 St James’s Square', city: 'London', zip: 'SW1Y' }),
    );
    expect([made.status, made.includedKeys]).toEqual([201, [`person:${carl}`]]);
    const { id } = made.one;
    expect(made.header('location')).toBe(`/apis/v4/addresses/${id}`);
    expect(made.one.attributes).toMatchObject({ city: 'London', address2: null, country: null });
    expect((await ada.api.get('/addresses?filter[city]=London&fields[address]=city&sort=-zip')).many).toEqual(
      [expect.objectContaining({ id, attributes: { city: 'London' } })],
    );
    expect((await ada.api.get(`/people/${carl}?include=addresses`)).includedKeys).toEqual([`address:${id}`]);
    expect((await ada.api.get(`/people/${carl}/addresses`)).ids).toEqual([id]);
    const changed = await ada.api.patch(`/addresses/${id}`, change(id, { city: 'Ockham', zip: null }));
    expect(changed.one.attributes).toMatchObject({ city: 'Ockham', zip: null, address_type: 'current' });
    expect((await ada.api.delete(`/addresses/${id}`)).status).toBe(204);
    expect(await stored()).toEqual([]);
    expect(await historyOf(world, carl)).toMatchObject([
      { before: { addresses: [] }, after: { addresses: [{ id, city: 'London' }] } },
      { before: { addresses: [{ city: 'London' }] }, after: { addresses: [{ city: 'Ockham' }] } },
      { before: { addresses: [{ id, city: 'Ockham' }] }, after: { addresses: [] } },
    ]);
  });

  it('are one of each type for each person, also when two are made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ada.api.post('/addresses', address({ address_type: 'current' }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const before = await world.everything();
    const again = await ada.api.post('/addresses', address({ address_type: 'current' }));
    expect(again.refusal).toEqual({
      status: 409,
      errors: [['conflict', '/data/attributes/address_type']],
    });
    expect(await world.everything()).toBe(before);
    const other = await make({ address_type: 'permanent' });
    expect(
      (await ada.api.patch(`/addresses/${other}`, change(other, { address_type: 'current' }))).status,
    ).toBe(409);
  });

  it('come along with a new person, all or nothing', async () => {
    const body = (type: string) => ({
      data: { type: 'person', attributes: { first_name: 'Dora' } },
      included: [
        { type: 'email_address', attributes: { email: `dora.${carl}@example.org` } },
        { type: 'address', attributes: { address_type: 'current', city: 'Zagreb' } },
        { type: 'address', attributes: { address_type: type } },
      ],
    });
    const before = await world.everything();
    expect((await ada.api.post('/people', body('holiday'))).refusal).toEqual({
      status: 422,
      errors: [['invalid_attribute', '/included/2/attributes/address_type']],
    });
    expect(await world.everything()).toBe(before);
    const made = await ada.api.post('/people?include=addresses', body('permanent'));
    expect([made.status, made.included.length]).toEqual([201, 2]);
    expect(await historyOf(world, made.one.id)).toMatchObject([
      { action: 'created', after: { first_name: 'Dora', addresses: [{ city: 'Zagreb' }, {}] } },
    ]);
    // Sent again it is the same person, with the same addresses.
    const rows = await world.everything();
    const again = await ada.api.post('/people', body('permanent'));
    expect([again.status, again.one.id]).toEqual([200, made.one.id]);
    expect(await world.everything()).toBe(rows);
  });

  it('are told in the report of a person that they come along with', async () => {
    await world.email(carl, 'carl@example.org', true);
    const post = async (city: string, first_name = 'Carl') => {
      const included = [
        { type: 'email_address', attributes: { email: 'carl@example.org' } },
        { type: 'address', attributes: { address_type: 'current', city } },
      ];
      const answer = await ada.api.post('/people', {
        data: { type: 'person', attributes: { first_name } },
        included,
      });
      const { outcome, changes } = answer.document.meta?.['match'] as { outcome: string; changes: object };
      return { status: answer.status, outcome, changes };
    };
    const at = (city: string) => [expect.objectContaining({ address_type: 'current', city })];
    expect(await post('Rome')).toEqual({
      ...{ status: 200, outcome: 'updated' },
      changes: { addresses: [[], at('Rome')] },
    });
    expect(await post('Rome')).toEqual({ status: 200, outcome: 'unchanged', changes: {} });
    expect(await post('Bath', 'Karl')).toEqual({
      ...{ status: 200, outcome: 'updated' },
      changes: { first_name: ['Carl', 'Karl'], addresses: [at('Rome'), at('Bath')] },
    });
  });

  describe('that come along with a person who is only tried', () => {
    const body = (mail: string, city: string, more: readonly object[] = []) => ({
      data: { type: 'person', attributes: { first_name: 'Carl' } },
      included: [
        { type: 'email_address', attributes: { email: mail } },
        { type: 'address', attributes: { address_type: 'current', city } },
        { type: 'address', attributes: { address_type: 'permanent', city: 'Ockham' } },
        ...more,
      ],
    });
    /** A report without the ids that only a real run knows. */
    const said = ({ document: { meta } }: ApiAnswer) => {
      const { candidates, ...match } = meta?.['match'] as Record<string, unknown>;
      const text = JSON.stringify(match, (name, value: unknown) => (/^(person_)?id$/.test(name) ? 0 : value));
      return [candidates, JSON.parse(text)];
    };

    it('are told as they would be in earnest, and nothing is written', async () => {
      await world.email(carl, 'carl@try.org', true);
      for (const [mail, city] of [
        ['new@try.org', 'Rome'],
        ['carl@try.org', 'Rome'],
        ['carl@try.org', 'Rome'],
        ['carl@try.org', 'Bath'],
      ] as const) {
        const before = await world.everything();
        const tried = await ada.api.post('/people?dry_run=true', body(mail, city));
        expect(await world.everything()).toBe(before);
        const done = await ada.api.post('/people', body(mail, city));
        expect([tried.status, said(tried)]).toEqual([done.status, said(done)]);
        expect(tried.document.data).toEqual(done.status === 201 ? null : expect.anything());
      }
    });

    it('have no id before they are made, nor has their person', async () => {
      const tried = await ada.api.post('/people?dry_run=true', body('nobody@try.org', 'Rome'));
      const { changes } = tried.document.meta?.['match'] as { changes: { addresses: unknown[] } };
      expect(changes.addresses).toEqual([
        [],
        [
          expect.objectContaining({ id: null, person_id: null, city: 'Rome' }),
          expect.objectContaining({ id: null, person_id: null, city: 'Ockham' }),
        ],
      ]);
    });

    it('are refused as they would be in earnest', async () => {
      const foreign = [{ type: 'address', id: '999999', attributes: { city: 'Nowhere' } }];
      const before = await world.everything();
      const tried = await ada.api.post('/people?dry_run=true', body('foreign@try.org', 'Rome', foreign));
      const done = await ada.api.post('/people', body('foreign@try.org', 'Rome', foreign));
      expect(tried.refusal).toEqual(done.refusal);
      expect(tried.status).toBe(404);
      expect(await world.everything()).toBe(before);
    });
  });

  it('come along with a PATCH: new, by their id, or by their type', async () => {
    const id = await make({ city: 'London' });
    const included = [
      { type: 'address', attributes: { address_type: 'permanent', city: 'Ockham' } },
      { type: 'address', id, attributes: { city: 'Bath' } },
    ];
    const patch = (some: unknown[]) =>
      ada.api.patch(`/people/${carl}`, { data: { type: 'person', id: carl }, included: some });
    expect((await patch(included)).status).toBe(200);
    expect(await stored()).toEqual([
      { address_type: 'current', city: 'Bath' },
      { address_type: 'permanent', city: 'Ockham' },
    ]);
    const byType = { type: 'address', attributes: { address_type: 'permanent', city: 'York' } };
    expect((await patch([byType])).status).toBe(200);
    expect(await stored()).toContainEqual({ address_type: 'permanent', city: 'York' });
    const theirs = await world.contact('Other', north);
    const other = (await ada.api.post('/addresses', address({ address_type: 'current' }, person(theirs))))
      .one;
    const before = await world.everything();
    expect((await patch([{ type: 'address', id: other.id, attributes: { city: 'X' } }])).refusal).toEqual({
      status: 404,
      errors: [['not_found', '/included/0/id']],
    });
    expect(await world.everything()).toBe(before);
  });

  it('are taken from the web app, as it sends them', async () => {
    const answer = await ada.api.lenient.put(`/people/${carl}?include=addresses`, {
      included: [
        {
          type: 'address',
          attributes: { person_id: null, address_type: 'current', city: 'London', $valid: true },
        },
      ],
    });
    expect([answer.status, answer.included.length]).toEqual([200, 1]);
  });

  it('are read and written with their person', async () => {
    const id = await make();
    const eve = await world.caller('Eve', { [await world.group('South')]: 'owner' });
    const assignee = await world.caller('Assignee');
    await world.assignment(assignee.personId, carl);
    const before = await world.everything();
    expect((await eve.api.get('/addresses')).ids).toEqual([]);
    for (const [caller, status] of [
      [eve, 404],
      [assignee, 403],
    ] as const) {
      expect((await caller.api.patch(`/addresses/${id}`, change(id, { city: 'X' }))).status).toBe(status);
      expect((await caller.api.delete(`/addresses/${id}`)).status).toBe(status);
      expect((await caller.api.post('/addresses', address({ address_type: 'permanent' }))).refusal).toEqual({
        status,
        errors: [[status === 404 ? 'not_found' : 'forbidden', '/data/relationships/person/data']],
      });
    }
    expect(await world.everything()).toBe(before);
  });

  it.each([
    ['without a type', {}, '/data'],
    ['of a type that there is not', { address_type: 'holiday' }, '/data/attributes/address_type'],
    ['of no type', { address_type: null }, '/data/attributes/address_type'],
    ['with a number for a text', { address_type: 'current', zip: 8000 }, '/data/attributes/zip'],
    ['with a NUL', { address_type: 'current', city: 'a\u0000' }, '/data/attributes/city'],
  ])('are refused %s', async (_what, attributes, pointer) => {
    const before = await world.everything();
    for (const api of [ada.api, ada.api.lenient])
      expect((await api.post('/addresses', address(attributes))).refusal).toEqual({
        status: 422,
        errors: [['invalid_attribute', pointer]],
      });
    expect(await world.everything()).toBe(before);
  });

  it('are nobody’s never, and stay with their person', async () => {
    const missing = await ada.api.post('/addresses', address({ address_type: 'current' }, {}));
    expect(missing.refusal).toEqual({ status: 422, errors: [['invalid_attribute', '/data']] });
    const id = await make();
    const other = await world.contact('Other', north);
    const moved = { data: { type: 'address', id, relationships: person(other) } };
    expect((await ada.api.patch(`/addresses/${id}`, moved)).refusal).toEqual({
      status: 403,
      errors: [['read_only', '/data/relationships/person/data']],
    });
  });
});
