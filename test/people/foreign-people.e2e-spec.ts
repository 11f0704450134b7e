import { World, type Caller } from '../support/factories/world.factory.js';
import { email, matchOf, person } from './person-document.js';

describe('People of groups that are not mine', () => {
  let world: World;
  let ada: Caller;
  let eve: Caller;
  let victim: string;

  beforeAll(async () => {
    world = await World.boot();
    const [north, south] = [await world.group('North'), await world.group('South')];
    ada = await world.caller('Ada', { [north]: 'owner' });
    eve = await world.caller('Eve', { [south]: 'owner' });
    victim = await world.contact('Victim', north);
    await world.email(victim, 'victim@example.org', true);
  });

  afterAll(() => world.close());

  test('do not exist: not to read, change, delete, list or count', async () => {
    const before = await world.everything();
    const path = `/people/${victim}`;
    const document = { data: { type: 'person', id: victim, attributes: { first_name: 'Mine' } } };
    const answers = [
      await eve.api.get(path),
      await eve.api.patch(path, document),
      await eve.api.delete(path),
      await eve.api.get(`${path}/email_addresses`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await eve.api.get('/people?page[total]=true&filter[first_name]=Victim')).total).toBe(0);
    expect((await eve.api.get('/email_addresses?filter[email]=victim@example.org')).many).toEqual([]);
    expect(await world.everything()).toBe(before);
  });

  test('are not matched: the same e-mail makes a person of my own, and tells nothing of theirs', async () => {
    const known = await eve.api.post(
      '/people',
      person({ first_name: 'Victim' }, [email('victim@example.org')]),
    );
    const fresh = await eve.api.post(
      '/people',
      person({ first_name: 'Victim' }, [email('nobody@example.org')]),
    );
    expect([known.status, fresh.status]).toEqual([201, 201]);
    expect(known.one.id).not.toBe(victim);
    const told = (answer: typeof known) => ({ ...matchOf(answer), keys: null, changes: null });
    expect(told(known)).toEqual(told(fresh));
    expect(await world.row('people', victim)).toMatchObject({ first_name: 'Victim' });
  });

  test('cannot be tied to mine by an assignment', async () => {
    for (const ends of [{ assigned_to_id: victim }, { person_id: victim }]) {
      const refused = await eve.api.post(
        '/people',
        person({ first_name: 'X' }, [['contact_assignment', ends]]),
      );
      expect(refused.refusal).toEqual({
        status: 404,
        errors: [['not_found', expect.stringMatching(/^\/included\/0/)]],
      });
    }
  });

  test('are found and left as they are, where I only look after them', async () => {
    const loose = await world.person('Loose');
    await world.email(loose, 'loose@example.org', true);
    await world.assignment(eve.personId, loose);
    const before = await world.everything();
    const entry = person({ gender: 'f' }, [email('loose@example.org')]);
    for (const api of [eve.api, eve.api.lenient])
      expect((await api.post('/people', entry)).refusal).toMatchObject({ status: 403 });
    const patched = { data: { type: 'person', id: loose, attributes: { gender: 'f' } } };
    expect((await eve.api.patch(`/people/${loose}`, patched)).status).toBe(403);
    const many = await world.app.inject({
      method: 'POST',
      url: '/persons/multiple',
      headers: { ...eve.api.authorization, 'content-type': 'application/json' },
      payload: { persons: [{ email_address: 'loose@example.org', gender: 'f' }] },
    });
    expect(many.json().persons[0]).toMatchObject({ success: false, failure_code: 'forbidden' });
    expect(await world.everything()).toBe(before);
  });

  test('are seen by those whose groups they are in', async () => {
    expect((await ada.api.get(`/people/${victim}`)).one.attributes).toMatchObject({
      primary_email_address: 'victim@example.org',
    });
  });
});
