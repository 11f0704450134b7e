import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

describe('POST /contact_assignments', () => {
  let world: World;
  let choir: string;
  let ada: Caller;
  let bob: string;
  let carl: string;

  beforeAll(async () => {
    world = await World.boot();
    choir = await world.group('Choir');
    ada = await world.caller('Ada', { [choir]: 'user' });
  });
  beforeEach(async () => {
    bob = await world.contact('Bob', choir);
    carl = await world.contact('Carl', choir);
  });
  afterAll(() => world.close());

  const end = (type: string, id: string | null) => ({ data: id === null ? null : { type, id } });
  const ends = (assignee: string, person: string, group?: string | null) => ({
    assigned_to: end('person', assignee),
    person: end('person', person),
    ...(group !== undefined && { group: end('group', group) }),
  });
  const assignment = (relationships: object, attributes: object = {}) => ({
    data: { type: 'contact_assignment', attributes, relationships },
  });

  async function refused(caller: Caller, body: unknown, status: number, ...errors: unknown[]) {
    const before = await world.everything();
    const answer = await caller.api.post('/contact_assignments', body);
    expect(answer).toBeJsonApiDocument();
    expect(answer.refusal).toEqual({ status, errors });
    expect(await world.everything()).toBe(before);
  }

  it('assigns a person to somebody in a group', async () => {
    const body = assignment(ends(bob, carl, choir), { note: 'sings tenor' });
    const answer = await ada.api.post('/contact_assignments?include=assigned_by', body);
    expect(answer.status).toBe(201);
    expect(answer.header('location')).toBe(answer.one.links.self);
    expect(answer.one.attributes).toMatchObject({
      assigned_to_id: bob,
      person_id: carl,
      group_id: choir,
      note: 'sings tenor',
    });
    expect(answer.one.relationships).toMatchObject({
      assigned_to: { data: { type: 'person', id: bob } },
      person: { data: { type: 'person', id: carl } },
      group: { data: { type: 'group', id: choir } },
      assigned_by: { data: { type: 'person', id: ada.personId } },
    });
    expect(answer.includedKeys).toEqual([`person:${ada.personId}`]);
    expect(await world.row('contact_assignments', answer.one.id)).toMatchObject({
      assigned_to_id: bob,
      person_id: carl,
      group_id: choir,
      note: 'sings tenor',
      assigned_by_id: ada.personId,
    });
  });

  it('takes the `*_id` attributes as the relationships, and both when they agree', async () => {
    const attributes = { assigned_to_id: bob, person_id: carl, group_id: choir };
    const first = await ada.api.post('/contact_assignments', assignment({}, attributes));
    expect(first.status).toBe(201);
    expect(first.one.relationships).toMatchObject(ends(bob, carl, choir));
    const both = await ada.api.post('/contact_assignments', assignment(ends(bob, carl, choir), attributes));
    expect([both.status, both.one.id]).toEqual([200, first.one.id]);
  });

  it('takes reading the person otherwise than by an assignment: no second one stays when the first is deleted', async () => {
    const foreign = await world.group('Foreign');
    const [paul, loose] = [await world.contact('Paul', foreign), await world.person('Loose')];
    for (const person of [paul, loose]) {
      const first = await world.assignment(ada.personId, person);
      const own = ends(bob, person, choir);
      await refused(ada, assignment(own), 403, ['forbidden', '/data/relationships/person/data']);
      await refused(ada, assignment(ends(bob, person)), 403, [
        'forbidden',
        '/data/relationships/person/data',
      ]);
      const before = await world.everything();
      const along = { type: 'contact_assignment', attributes: { person_id: person, group_id: choir } };
      for (const id of [bob, ada.personId]) {
        const patched = { data: { type: 'person', id }, included: [along] };
        expect((await ada.api.patch(`/people/${id}`, patched)).refusal.status).toBe(403);
      }
      const made = { data: { type: 'person', attributes: { first_name: 'New' } }, included: [along] };
      expect((await ada.api.post('/people', made)).refusal.status).toBe(403);
      expect((await ada.api.lenient.post('/contact_assignments', assignment(own))).status).toBe(403);
      const many = await new OperationsClient(ada.api).send([{ op: 'add', ...assignment(own) }]);
      expect(many.refusal.status).toBe(403);
      expect(await world.everything()).toBe(before);
      const again = await ada.api.post('/contact_assignments', assignment(ends(ada.personId, person)));
      expect([again.status, again.one.id]).toEqual([200, first]);
    }
  });

  it('makes a personal one without a group, said or unsaid', async () => {
    const unsaid = await ada.api.post('/contact_assignments', assignment(ends(ada.personId, carl)));
    expect(unsaid.status).toBe(201);
    expect(unsaid.one.attributes?.['group_id']).toBeNull();
    const said = await ada.api.post('/contact_assignments', assignment(ends(ada.personId, carl, null)));
    expect([said.status, said.one.id]).toEqual([200, unsaid.one.id]);
    const attribute = { assigned_to_id: ada.personId, person_id: carl, group_id: null };
    expect((await ada.api.post('/contact_assignments', assignment({}, attribute))).one.id).toBe(
      unsaid.one.id,
    );
  });

  it('answers the one there is with 200, as it is, without a Location', async () => {
    const body = (note: string) => assignment(ends(bob, carl, choir), { note });
    const first = await ada.api.post('/contact_assignments', body('first'));
    const before = await world.everything();
    const again = await ada.api.post('/contact_assignments?include=person', body('second'));
    expect([again.status, again.header('location')]).toEqual([200, undefined]);
    expect(again.one).toEqual(first.one);
    expect(again.includedKeys).toEqual([`person:${carl}`]);
    expect(await world.everything()).toBe(before);
  });

  it('is another one in another group, and in the other direction', async () => {
    const altos = await world.group('Altos', { parent_id: choir });
    const ids = await Promise.all(
      [ends(bob, carl, choir), ends(bob, carl, altos), ends(bob, carl), ends(carl, bob, choir)].map(
        async (relationships) =>
          (await ada.api.post('/contact_assignments', assignment(relationships))).one.id,
      ),
    );
    expect(new Set(ids).size).toBe(4);
  });

  it.each(['in a group', 'without one'])(
    'exists once when twenty ask for it at the same time, %s',
    async (where) => {
      const body = assignment(ends(bob, carl, where === 'in a group' ? choir : null));
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => ada.api.post('/contact_assignments', body)),
      );
      expect(new Set(answers.map(({ one }) => one.id)).size).toBe(1);
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
      const made = await ada.api.get(`/contact_assignments?filter[person]=${carl}`);
      expect(made.many).toHaveLength(1);
    },
  );

  it('refuses an attribute and a relationship that contradict each other', async () => {
    const attributes = { assigned_to_id: bob, person_id: ada.personId, group_id: null };
    await refused(
      ada,
      assignment(ends(bob, carl, choir), attributes),
      422,
      ['contradiction', '/data/relationships/person/data'],
      ['contradiction', '/data/relationships/group/data'],
    );
  });

  it.each([1, true, {}, [], '', 'abc', '-1', '1e3', '9223372036854775808', '\u0000'])(
    'refuses %p as an `*_id`',
    (id) =>
      refused(ada, assignment({}, { assigned_to_id: bob, person_id: id }), 422, [
        'invalid_attribute',
        '/data/attributes/person_id',
      ]),
  );

  it('needs both ends, and two people', async () => {
    await refused(ada, assignment({ person: end('person', carl) }), 422, ['invalid_assignment', '/data']);
    await refused(ada, assignment({ assigned_to: end('person', bob) }), 422, ['invalid_assignment', '/data']);
    await refused(ada, assignment({}), 422, ['invalid_assignment', '/data']);
    await refused(ada, assignment(ends(carl, carl, choir)), 422, ['invalid_assignment', '/data']);
    await refused(ada, assignment({ ...ends(bob, carl), person: end('person', null) }), 422, [
      'invalid_assignment',
      '/data',
    ]);
  });

  it('says 404 to ends that are not there and to those that the caller cannot read, alike', async () => {
    const foreign = await world.group('Foreign');
    const stranger = await world.contact('Stranger', foreign);
    for (const id of [stranger, '999999']) {
      await refused(ada, assignment(ends(bob, id, choir)), 404, [
        'not_found',
        '/data/relationships/person/data',
      ]);
      await refused(ada, assignment(ends(id, bob, choir)), 404, [
        'not_found',
        '/data/relationships/assigned_to/data',
      ]);
      await refused(ada, assignment({}, { assigned_to_id: bob, person_id: id }), 404, [
        'not_found',
        '/data/attributes/person_id',
      ]);
    }
    for (const id of [foreign, '999999'])
      await refused(ada, assignment(ends(bob, carl, id)), 404, [
        'not_found',
        '/data/relationships/group/data',
      ]);
  });

  it('says 404 to a person who was deleted', async () => {
    const gone = await world.person({ first_name: 'Gone', deleted_at: new Date() });
    await world.member(gone, choir);
    await refused(ada, assignment(ends(bob, gone, choir)), 404, [
      'not_found',
      '/data/relationships/person/data',
    ]);
  });

  it('is for users of the group, not for its contacts', async () => {
    const contact = await world.caller('Contact', { [choir]: 'contact' });
    await world.assignment(contact.personId, carl);
    await refused(contact, assignment(ends(contact.personId, carl, choir)), 404, [
      'not_found',
      '/data/relationships/group/data',
    ]);
  });

  it('refuses who assigned, which the server says', async () => {
    await refused(ada, assignment({ ...ends(bob, carl, choir), assigned_by: end('person', bob) }), 403, [
      'read_only',
      '/data/relationships/assigned_by/data',
    ]);
  });

  it('refuses a client’s id, another type, and identifiers of another type', async () => {
    const body = assignment(ends(bob, carl, choir));
    await refused(ada, { data: { ...body.data, id: '1' } }, 403, ['client_id_not_allowed', '/data/id']);
    await refused(ada, { data: { ...body.data, type: 'assignment' } }, 409, ['type_conflict', '/data/type']);
    await refused(ada, assignment({ ...ends(bob, carl), person: end('group', choir) }), 409, [
      'type_conflict',
      '/data/relationships/person/data/type',
    ]);
  });

  it('refuses a note that is none', async () => {
    for (const note of [1, {}, [], 'x'.repeat(10_001), 'a\u0000b', '\ud800'])
      await refused(ada, assignment(ends(bob, carl, choir), { note }), 422, [
        'invalid_attribute',
        '/data/attributes/note',
      ]);
  });
});
