import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf, pointsOf } from './person-rows.js';

describe('PATCH and DELETE /email_addresses/:id', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let carl: string;
  let first: string;
  let second: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'user' });
  });
  beforeEach(async () => {
    carl = await world.contact('Carl', north);
    first = await world.email(carl, 'first@example.org', true);
    second = await world.email(carl, 'second@example.org');
  });
  afterAll(() => world.close());

  const document = (id: string, attributes: object) => ({ data: { type: 'email_address', id, attributes } });
  const patch = (id: string, attributes: object) =>
    ada.api.patch(`/email_addresses/${id}`, document(id, attributes));
  const emails = (): Promise<string[]> => pointsOf(world, 'email_addresses', carl);

  async function refused(
    caller: Caller,
    id: string,
    attributes: object,
    status: number,
    ...errors: unknown[]
  ) {
    const before = await world.everything();
    for (const api of [caller.api, caller.api.lenient]) {
      const answer = await api.patch(`/email_addresses/${id}`, document(id, attributes));
      expect(answer.refusal).toEqual({ status, errors });
    }
    expect(await world.everything()).toBe(before);
  }

  it('changes the address and its normal form; it stays primary', async () => {
    const answer = await patch(first, { email: 'New@Example.org' });
    expect(answer.status).toBe(200);
    expect(answer.one.attributes).toMatchObject({ email: 'New@Example.org', primary: true });
    expect(await world.row('email_addresses', first)).toMatchObject({
      email: 'New@Example.org',
      normal_form: 'new@example.org',
    });
    const [change, ...others] = await historyOf(world, carl);
    expect(others).toEqual([]);
    const row = { id: first, primary: true };
    expect(change).toMatchObject({
      before: { email_addresses: [{ ...row, email: 'first@example.org' }] },
      after: { email_addresses: [{ ...row, email: 'New@Example.org' }] },
    });
  });

  it('takes another spelling of the same address', async () => {
    expect((await patch(first, { email: 'FIRST@example.org' })).one.attributes?.['email']).toBe(
      'FIRST@example.org',
    );
  });

  it('clears the other primary one when this becomes it, as the web app wants it', async () => {
    const answer = await ada.api.lenient.put(`/email_addresses/${second}`, {
      data: { attributes: { primary: true } },
    });
    expect(answer.one.attributes?.['primary']).toBe(true);
    expect(await emails()).toEqual(['first@example.org', 'second@example.org*']);
  });

  it('gives primary to the oldest other when this is not to be it; the only one stays it', async () => {
    expect((await patch(first, { primary: false })).one.attributes?.['primary']).toBe(false);
    expect(await emails()).toEqual(['first@example.org', 'second@example.org*']);
    await ada.api.delete(`/email_addresses/${first}`);
    expect((await patch(second, { primary: false })).one.attributes?.['primary']).toBe(true);
  });

  it('writes nothing when nothing changes: the whole resource sent back as it was shown', async () => {
    const { one } = await ada.api.get(`/email_addresses/${first}`);
    const before = await world.everything();
    const answer = await ada.api.patch(`/email_addresses/${first}`, { data: one });
    expect([answer.status, answer.one]).toEqual([200, one]);
    expect(await world.everything()).toBe(before);
  });

  it('stays with its person', async () => {
    const other = await world.contact('Other', north);
    const before = await world.everything();
    const body = {
      data: {
        ...document(first, {}).data,
        relationships: { person: { data: { type: 'person', id: other } } },
      },
    };
    expect((await ada.api.patch(`/email_addresses/${first}`, body)).refusal).toEqual({
      status: 403,
      errors: [['read_only', '/data/relationships/person/data']],
    });
    expect(await world.everything()).toBe(before);
  });

  it('refuses the address of another record of hers, and what is none', async () => {
    const email = '/data/attributes/email';
    await refused(ada, second, { email: 'FIRST@example.org' }, 422, ['invalid_attribute', email]);
    for (const wrong of ['', 'nobody at home', null, 1])
      await refused(ada, second, { email: wrong }, 422, ['invalid_attribute', email]);
  });

  it('is not there for strangers, and not for the assigned to change', async () => {
    const stranger = await world.caller('Stranger', { [await world.group('South')]: 'owner' });
    const assignee = await world.caller('Assignee');
    await world.assignment(assignee.personId, carl);
    await refused(stranger, first, { email: 'x@example.org' }, 404, ['not_found', undefined]);
    await refused(assignee, first, { email: 'x@example.org' }, 403, ['forbidden', undefined]);
    const before = await world.everything();
    expect((await stranger.api.delete(`/email_addresses/${first}`)).status).toBe(404);
    expect((await assignee.api.delete(`/email_addresses/${first}`)).status).toBe(403);
    expect(await world.everything()).toBe(before);
  });

  it('deletes one, once, and promotes the oldest of the others', async () => {
    const third = await world.email(carl, 'third@example.org');
    const answer = await ada.api.delete(`/email_addresses/${first}`);
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    expect(await emails()).toEqual(['second@example.org*', 'third@example.org']);
    expect((await ada.api.delete(`/email_addresses/${first}`)).status).toBe(404);
    const [change] = await historyOf(world, carl);
    expect(change).toMatchObject({
      before: {
        email_addresses: [
          { id: first, primary: true },
          { id: second, primary: false },
        ],
      },
      after: { email_addresses: [{ id: second, primary: true }] },
    });
    expect((await ada.api.delete(`/email_addresses/${third}`)).status).toBe(204);
  });

  it('does not take from a person what makes her findable', async () => {
    await ada.api.delete(`/email_addresses/${second}`);
    const before = await world.everything();
    for (const api of [ada.api, ada.api.lenient])
      expect((await api.delete(`/email_addresses/${first}`)).refusal).toEqual({
        status: 422,
        errors: [['insufficient_information', undefined]],
      });
    expect(await world.everything()).toBe(before);
    const phone = await world.phone(carl, '+4533123456', true);
    expect((await ada.api.delete(`/email_addresses/${first}`)).status).toBe(204);
    expect((await ada.api.delete(`/phone_numbers/${phone}`)).status).toBe(422);
  });

  it('keeps one primary when one is deleted while another becomes it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await world.contact('Racer', north);
      const ids = [
        await world.email(person, 'a@example.org', true),
        await world.email(person, 'b@example.org'),
        await world.email(person, 'c@example.org'),
      ] as const;
      const answers = await Promise.all([
        ada.api.delete(`/email_addresses/${ids[0]}`),
        patch(ids[1], { primary: true }),
        patch(ids[2], { primary: true }),
        patch(ids[1], { email: 'bb@example.org' }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([204, 200, 200, 200]);
      const left = await pointsOf(world, 'email_addresses', person);
      expect(left.filter((email) => email.endsWith('*'))).toHaveLength(1);
      expect(left.map((email) => email.replace('*', ''))).toEqual(['bb@example.org', 'c@example.org']);
    }
  });

  it('frees the key for others while people are posted by it', async () => {
    const address = `only.carl.${carl}@example.org`;
    const third = await world.email(carl, address);
    const [deleted, posted] = await Promise.all([
      ada.api.delete(`/email_addresses/${third}`),
      ada.api.post('/people', {
        data: { type: 'person', attributes: { first_name: 'Carl' } },
        included: [{ type: 'email_address', attributes: { email: address } }],
      }),
    ]);
    expect(deleted.status).toBe(204);
    expect([200, 201]).toContain(posted.status);
    const owner = posted.one.id;
    const emailsOfOwner = await pointsOf(world, 'email_addresses', owner);
    // Matched before, and then deleted; or after, and then somebody new.
    expect(owner === carl).toBe(!emailsOfOwner.some((email) => email.startsWith(address)));
  });
});
