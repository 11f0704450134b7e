import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { email, person, phone } from './person-document.js';

describe('POST /people by many at once', () => {
  let world: World;
  let ada: Caller;

  beforeAll(async () => {
    world = await World.boot();
    ada = await world.caller('Ada', { [await world.group('North')]: 'user' });
  });

  afterAll(() => world.close());

  test('makes one person of one address, however it is written', async () => {
    const spellings = ['New@Example.org', 'new@example.org', 'NEW@EXAMPLE.ORG', ' new@Example.Org'];
    const posts = Array.from({ length: 24 }, (_, i) =>
      ada.api.post('/people', person({ first_name: 'New' }, [email(spellings[i % 4] as string)])),
    );
    const answers = await Promise.all(posts);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(23).fill(200), 201]);
    expect(new Set(answers.map(({ one }) => one.id)).size).toBe(1);
    expect(
      await world.value(sql`select count(*)::int from email_addresses where normal_form = 'new@example.org'`),
    ).toBe(1);
  });

  test('lets requests that reach one person by different keys meet', async () => {
    const first = await ada.api.post(
      '/people',
      person({ first_name: 'Both' }, [email('both@example.org'), phone('+358401234567')]),
    );
    const posts = Array.from({ length: 20 }, (_, i) => {
      const key = i % 2 === 0 ? email('both@example.org') : phone('040 1234567'.replace('040', '+358 40'));
      return ada.api.post(
        '/people',
        person({ first_name: 'Both', gender: i % 2 === 0 ? 'a' : 'b' }, [
          key,
          email(`both-${i % 5}@example.org`),
        ]),
      );
    });
    const answers = await Promise.all(posts);
    expect(new Set(answers.map(({ one }) => one.id))).toEqual(new Set([first.one.id]));
    expect(
      await world.value(sql`select count(*)::int from email_addresses where person_id = ${first.one.id}`),
    ).toBe(6);
    expect(
      await world.value(
        sql`select count(*)::int from email_addresses where person_id = ${first.one.id} and is_primary`,
      ),
    ).toBe(1);
  });
});
