import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { historyOf } from './person-rows.js';

/** What is written of people is remembered, by whichever door: one change for each request and person. */
describe('The history of a person', () => {
  let world: World;
  let north: string;
  let south: string;
  let admin: Caller;
  let carl: string;
  let dora: string;
  let membership: string;
  let assignment: string;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North');
    admin = await world.caller('Admin', { [north]: 'owner' });
  });
  beforeEach(async () => {
    south = await world.group('South');
    await world.member(admin.personId, south, 'owner');
    carl = await world.person({ first_name: 'Carl', created_by_id: admin.personId });
    membership = await world.member(carl, south);
    dora = await world.contact('Dora', north);
    assignment = await world.assignment(dora, carl, { group_id: south, note: 'old' });
  });
  afterAll(() => world.close());

  const end = (type: string, id: string) => ({ data: { type, id } });
  const about = (attributes: object, relationships: object = {}) => ({
    data: { type: 'contact_assignment', attributes, relationships },
  });

  /** The one change that a request has left of somebody. */
  async function changeOf(person: string, answer: ApiAnswer): Promise<Record<string, unknown>> {
    expect(answer.status).toBeLessThan(300);
    const [change, ...others] = await historyOf(world, person);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      actor_id: admin.personId,
      request_id: answer.header('x-request-id'),
    });
    return change as Record<string, unknown>;
  }

  const row = (more: object) => ({ contact_assignments: [expect.objectContaining(more)] });

  it('has a new assignment, with the one who is looked after', async () => {
    const ends = { person: end('person', carl), assigned_to: end('person', admin.personId) };
    const answer = await admin.api.post('/contact_assignments', about({ note: 'new' }, ends));
    expect(await changeOf(carl, answer)).toMatchObject({
      action: 'updated',
      before: { contact_assignments: [] },
      after: row({ id: answer.one.id, assigned_to_id: admin.personId, person_id: carl, note: 'new' }),
    });
    await admin.api.post('/contact_assignments', about({ note: 'new' }, ends));
    expect(await historyOf(world, carl)).toHaveLength(1);
    expect(await historyOf(world, admin.personId)).toEqual([]);
  });

  it('has a changed assignment, and one that is gone', async () => {
    const path = `/contact_assignments/${assignment}`;
    const patch = { data: { ...about({ note: 'new' }).data, id: assignment } };
    const answer = await admin.api.patch(path, patch);
    expect(await changeOf(carl, answer)).toMatchObject({
      before: row({ id: assignment, note: 'old' }),
      after: row({ id: assignment, note: 'new' }),
    });
    await admin.api.patch(path, patch);
    expect(await historyOf(world, carl)).toHaveLength(1);
    await admin.api.patch(`${path}/relationships/assigned_to`, end('person', admin.personId));
    await admin.api.delete(path);
    const [, moved, gone] = await historyOf(world, carl);
    expect(moved).toMatchObject({ after: row({ assigned_to_id: admin.personId }) });
    expect(gone).toMatchObject({
      before: row({ id: assignment, note: 'new', group_id: south }),
      after: { contact_assignments: [] },
    });
  });

  it('has what a PATCH has changed of her and of her records, as one change', async () => {
    const answer = await admin.api.patch(`/people/${carl}`, {
      data: {
        type: 'person',
        id: carl,
        attributes: { last_name: 'Nielsen' },
        relationships: { groups: { data: [{ type: 'group', id: north }] } },
      },
      included: [
        { type: 'email_address', attributes: { email: `carl.${carl}@example.org` } },
        { type: 'contact_assignment', attributes: { person_id: dora } },
        { type: 'contact_assignment', id: assignment, attributes: { note: 'new' } },
      ],
    });
    expect(await changeOf(carl, answer)).toEqual(
      expect.objectContaining({
        action: 'updated',
        before: {
          last_name: null,
          email_addresses: [],
          group_memberships: [expect.objectContaining({ id: membership, group_id: south })],
          contact_assignments: [expect.objectContaining({ id: assignment, note: 'old' })],
        },
        after: {
          last_name: 'Nielsen',
          email_addresses: [expect.objectContaining({ email: `carl.${carl}@example.org` })],
          group_memberships: [expect.objectContaining({ group_id: north })],
          contact_assignments: expect.arrayContaining([
            expect.objectContaining({ person_id: dora, assigned_to_id: carl }),
            expect.objectContaining({ id: assignment, note: 'new' }),
          ]),
        },
      }),
    );
  });

  it('has that she is deleted, with what was taken from her', async () => {
    const answer = await admin.api.delete(`/people/${carl}`);
    expect(await changeOf(carl, answer)).toMatchObject({
      action: 'deleted',
      before: {
        deleted_at: null,
        group_memberships: [{ id: membership, group_id: south }],
        contact_assignments: [{ id: assignment }],
      },
      after: { deleted_at: expect.any(String) },
    });
  });

  it('has that she left groups; somebody with a login stays, and then nothing is left to do', async () => {
    const user = await world.caller('User', { [south]: 'user' });
    const answer = await admin.api.delete(`/people/${user.personId}`);
    expect(await changeOf(user.personId, answer)).toMatchObject({
      action: 'left_groups',
      before: { group_memberships: [{ group_id: south, role: 'user' }] },
      after: {},
    });
    const root = await world.caller('Root', {}, { superAdmin: true });
    expect((await root.api.delete(`/people/${user.personId}`)).status).toBe(204);
    expect(await historyOf(world, user.personId)).toHaveLength(1);
  });

  it('has that its group is gone, and with it memberships and assignments', async () => {
    const gone = await admin.api.delete(`/groups/${south}`);
    expect(await changeOf(carl, gone)).toMatchObject({
      action: 'updated',
      before: {
        group_memberships: [{ id: membership, role: 'contact' }],
        contact_assignments: [{ id: assignment, note: 'old' }],
      },
      after: { group_memberships: [], contact_assignments: [] },
    });
    expect(await world.row('contact_assignments', assignment)).toBeUndefined();
  });

  it('has that she owns the group that she has made', async () => {
    const maker = await world.caller('Maker');
    const { one } = await maker.api.post('/groups', {
      data: { type: 'group', attributes: { name: 'Mine' } },
    });
    expect(await historyOf(world, maker.personId)).toMatchObject([
      {
        action: 'updated',
        actor_id: maker.personId,
        before: { group_memberships: [] },
        after: { group_memberships: [{ group_id: one.id, role: 'owner' }] },
      },
    ]);
  });

  it('makes her version grow', async () => {
    const tag = async () => (await admin.api.get(`/people/${carl}`)).header('etag');
    const seen = [await tag()];
    await admin.api.patch(`/contact_assignments/${assignment}`, {
      data: { ...about({ note: 'new' }).data, id: assignment },
    });
    seen.push(await tag());
    await admin.api.post(`/people/${carl}/relationships/groups`, { data: [{ type: 'group', id: north }] });
    seen.push(await tag());
    expect(new Set(seen).size).toBe(3);
  });
});
