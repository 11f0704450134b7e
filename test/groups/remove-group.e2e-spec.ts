import { countQueries } from '../support/count-queries.js';
import { World, type Caller } from '../support/factories/world.factory.js';

describe('DELETE /groups/:id', () => {
  let world: World;
  let owner: Caller;
  let choir: string;

  beforeAll(async () => {
    world = await World.boot();
    owner = await world.caller('Owner');
  });
  beforeEach(async () => {
    choir = await world.group('Choir');
    await world.member(owner.personId, choir, 'owner');
  });
  afterAll(() => world.close());

  async function refused(caller: Caller, id: string, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const answer = await caller.api.delete(`/groups/${id}`);
    expect(answer.refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('takes the group away with its memberships and assignments, and leaves the people', async () => {
    const carl = await world.contact('Carl', choir);
    const assignment = await world.assignment(owner.personId, carl, { group_id: choir });
    const people = await world.count('people');
    const answer = await owner.api.delete(`/groups/${choir}`);
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    expect(await world.row('groups', choir)).toBeUndefined();
    expect(await world.row('contact_assignments', assignment)).toBeUndefined();
    expect(await world.count('people')).toBe(people);
    expect((await owner.api.get(`/groups/${choir}`)).status).toBe(404);
  });

  it('costs the same number of statements however many people it held, each of whom it is remembered of', async () => {
    const cost = async (members: number): Promise<number> => {
      const group = await world.group('Large');
      await world.member(owner.personId, group, 'owner');
      for (let i = 0; i < members; i += 1) {
        const person = await world.contact(`Member ${i}`, group);
        await world.assignment(owner.personId, person, { group_id: group });
      }
      const before = await world.count('person_changes');
      const { statements } = await countQueries(async () => {
        expect((await owner.api.delete(`/groups/${group}`)).status).toBe(204);
      });
      expect((await world.count('person_changes')) - before).toBe(members + 1);
      return statements.length;
    };
    expect(await cost(12)).toBe(await cost(2));
  });

  it('says 404 the second time', async () => {
    expect((await owner.api.delete(`/groups/${choir}`)).status).toBe(204);
    await refused(owner, choir, 404, ['not_found', undefined]);
  });

  it('takes a body that names the group, as some clients send one', async () => {
    const body = { data: { type: 'group', id: choir } };
    expect((await owner.api.delete(`/groups/${choir}`, body)).status).toBe(204);
  });

  it('is for owners', async () => {
    const admin = await world.caller('Admin', { [choir]: 'admin' });
    const user = await world.caller('User', { [choir]: 'user' });
    for (const caller of [admin, user]) await refused(caller, choir, 403, ['forbidden', undefined]);
    const contact = await world.caller('Contact', { [choir]: 'contact' });
    const stranger = await world.caller('Stranger');
    for (const caller of [contact, stranger]) await refused(caller, choir, 404, ['not_found', undefined]);
  });

  it('refuses a group with children until they are gone', async () => {
    const child = await world.group('Child', { parent_id: choir });
    await refused(owner, choir, 422, ['group_in_use', undefined]);
    expect((await owner.api.delete(`/groups/${child}`)).status).toBe(204);
    expect((await owner.api.delete(`/groups/${choir}`)).status).toBe(204);
  });

  it('leaves no child without its parent when both come at the same time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const parent = await world.group('Parent');
      await world.member(owner.personId, parent, 'owner');
      const child = {
        data: {
          type: 'group',
          attributes: { name: 'Child' },
          relationships: { parent: { data: { type: 'group', id: parent } } },
        },
      };
      const [removed, created] = await Promise.all([
        owner.api.delete(`/groups/${parent}`),
        owner.api.post('/groups', child),
      ]);
      expect([
        [204, 404],
        [422, 201],
      ]).toContainEqual([removed.status, created.status]);
    }
  });

  it('answers one of two who delete it at the same time with 404', async () => {
    const answers = await Promise.all([1, 2].map(() => owner.api.delete(`/groups/${choir}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
  });
});
