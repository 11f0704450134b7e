import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf, pointsOf } from './person-rows.js';

describe('/phone_numbers', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North', { phone_region: 'DK' });
    ada = await world.caller('Ada', { [north]: 'user' });
  });
  beforeEach(async () => {
    carl = await world.contact('Carl', north);
  });
  afterAll(() => world.close());

  const person = (id = carl) => ({ person: { data: { type: 'person', id } } });
  const post = (attributes: object, relationships: object = person()) =>
    ada.api.post('/phone_numbers', { data: { type: 'phone_number', attributes, relationships } });
  const patch = (id: string, attributes: object) =>
    ada.api.patch(`/phone_numbers/${id}`, { data: { type: 'phone_number', id, attributes } });
  const phones = (): Promise<string[]> => pointsOf(world, 'phone_numbers', carl);

  it('POST keeps what was sent and finds it by E.164, in the region of the group', async () => {
    const answer = await post({ number: '33 12 34 56', location: 'mobile' });
    expect(answer.status).toBe(201);
    expect(answer.header('location')).toBe(`/apis/v4/phone_numbers/${answer.one.id}`);
    expect(answer.one.attributes).toEqual({
      number: '33 12 34 56',
      e164: '+4533123456',
      location: 'mobile',
      extension: null,
      primary: true,
    });
    expect(await world.row('phone_numbers', answer.one.id)).toMatchObject({
      person_id: carl,
      normal_form: '+4533123456',
      is_primary: true,
    });
    const [change] = await historyOf(world, carl);
    expect(change).toMatchObject({
      action: 'updated',
      before: { phone_numbers: [] },
      after: {
        phone_numbers: [{ id: answer.one.id, e164: '+4533123456', location: 'mobile', primary: true }],
      },
    });
  });

  it('POST of a number that the person has answers 200 with it, and takes a new location', async () => {
    const { one } = await post({ number: '33123456' });
    const again = await post({ number: '+45 33 12 34 56', location: 'home' });
    expect([again.status, again.one.id]).toEqual([200, one.id]);
    expect(again.one.attributes).toMatchObject({ number: '33123456', location: 'home', primary: true });
    expect(await phones()).toEqual(['33123456*']);
  });

  it('POST of a number with another extension is another number', async () => {
    await post({ number: '33123456', extension: '1' });
    expect((await post({ number: '33123456', extension: '2' })).status).toBe(201);
    expect(await phones()).toEqual(['33123456*', '33123456']);
  });

  it('PATCH changes number, location and extension; the key goes along', async () => {
    const { one } = await post({ number: '33123456', location: 'home', extension: '1' });
    const answer = await patch(one.id, { number: '33 99 88 77', location: null });
    expect(answer.one.attributes).toMatchObject({
      number: '33 99 88 77',
      e164: '+4533998877',
      location: null,
      extension: '1',
    });
    expect(await world.row('phone_numbers', one.id)).toMatchObject({ normal_form: '+4533998877;ext=1' });
    expect((await patch(one.id, { extension: null })).status).toBe(200);
    expect(await world.row('phone_numbers', one.id)).toMatchObject({ normal_form: '+4533998877' });
  });

  it('PATCH of primary clears the other; DELETE promotes the oldest', async () => {
    const [first, second, third] = [
      (await post({ number: '33111111' })).one.id,
      (await post({ number: '33222222' })).one.id,
      (await post({ number: '33333333' })).one.id,
    ];
    await patch(third, { primary: true });
    expect(await phones()).toEqual(['33111111', '33222222', '33333333*']);
    expect((await ada.api.delete(`/phone_numbers/${third}`)).status).toBe(204);
    expect(await phones()).toEqual(['33111111*', '33222222']);
    expect((await ada.api.delete(`/phone_numbers/${third}`)).status).toBe(404);
    expect((await ada.api.delete(`/phone_numbers/${first}`)).status).toBe(204);
    expect((await ada.api.delete(`/phone_numbers/${second}`)).refusal).toEqual({
      status: 422,
      errors: [['insufficient_information', undefined]],
    });
  });

  it('does not change without a change', async () => {
    const { one } = await post({ number: '33123456' });
    const before = await world.everything();
    for (const attributes of [one.attributes ?? {}, { number: '33123456' }, { primary: true }, {}])
      expect((await patch(one.id, attributes)).status).toBe(200);
    expect(await world.everything()).toBe(before);
  });

  it.each([
    ['no digits', { number: 'call me' }, '/data/attributes/number'],
    ['blanks', { number: ' ' }, '/data/attributes/number'],
    ['a number for a text', { number: 33123456 }, '/data/attributes/number'],
    ['null', { number: null }, '/data/attributes/number'],
    ['a place too long', { number: '33123456', location: 'x'.repeat(51) }, '/data/attributes/location'],
    ['half a character', { number: '33123456', location: '\ud800' }, '/data/attributes/location'],
    ['null for primary', { number: '33123456', primary: null }, '/data/attributes/primary'],
    ['nothing', {}, '/data'],
  ])('POST refuses %s', async (_what, attributes, pointer) => {
    const before = await world.everything();
    expect((await post(attributes)).refusal).toEqual({
      status: 422,
      errors: [['invalid_attribute', pointer]],
    });
    expect(await world.everything()).toBe(before);
  });

  it('refuses another E.164 than that of the number', async () => {
    const { one } = await post({ number: '33123456' });
    expect((await patch(one.id, { e164: '+4500000000' })).refusal).toEqual({
      status: 403,
      errors: [['read_only', '/data/attributes/e164']],
    });
  });

  it('is not there for strangers', async () => {
    const { one } = await post({ number: '33123456' });
    const eve = await world.caller('Eve', { [await world.group('South')]: 'owner' });
    const before = await world.everything();
    const data = { type: 'phone_number', id: one.id, attributes: { number: '33000000' } };
    expect((await eve.api.patch(`/phone_numbers/${one.id}`, { data })).status).toBe(404);
    expect((await eve.api.delete(`/phone_numbers/${one.id}`)).status).toBe(404);
    const foreign = { data: { type: 'phone_number', attributes: data.attributes, relationships: person() } };
    expect((await eve.api.post('/phone_numbers', foreign)).refusal).toEqual({
      status: 404,
      errors: [['not_found', '/data/relationships/person/data']],
    });
    expect(await world.everything()).toBe(before);
  });

  it('is taken from the apps that exist: PUT, no type, no id', async () => {
    const { one } = await post({ number: '33123456' });
    const answer = await ada.api.lenient.put(`/phone_numbers/${one.id}`, {
      data: { attributes: { location: 'mobile', validated: true, $valid: true } },
    });
    expect(answer.one.attributes).toMatchObject({ location: 'mobile' });
  });

  it('is one, and one is primary, when several requests write at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => post({ number: `331111${i % 3}0`, primary: true })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(
      await world.value(
        sql`select count(*)::int from phone_numbers where person_id = ${carl}::bigint and is_primary`,
      ),
    ).toBe(1);
  });
});
