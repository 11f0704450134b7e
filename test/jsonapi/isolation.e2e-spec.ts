import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import type { Caller } from '../support/factories/world.factory.js';

const PATHS = [
  'people',
  'email_addresses',
  'phone_numbers',
  'groups',
  'group_memberships',
  'contact_assignments',
  'users',
];

describe('Somebody of another group', () => {
  let c: Choir;
  let foreign: string;
  /** Owner of another group, in which nobody of the choir is. */
  let eve: Caller;
  /** Every resource of the choir, by URL. */
  let hidden: Record<string, string>;

  beforeAll(async () => {
    c = await bootChoir();
    foreign = await c.world.group('Foreign');
    eve = await c.world.caller('Eve', { [foreign]: 'owner' });
    hidden = {
      [`/people/${c.carl}`]: 'person',
      [`/people/${c.ada.personId}`]: 'person',
      [`/email_addresses/${c.emails.carl}`]: 'email_address',
      [`/phone_numbers/${c.phones.carl}`]: 'phone_number',
      [`/groups/${c.choir}`]: 'group',
      [`/groups/${c.altos}`]: 'group',
      [`/group_memberships/${c.memberships.carl}`]: 'group_membership',
      [`/contact_assignments/${c.assignments.carlToAda}`]: 'contact_assignment',
      [`/users/${c.ada.userId}`]: 'user',
    };
  });
  afterAll(() => c.world.close());

  it('lists only what is hers', async () => {
    const own: Record<string, number> = { people: 1, groups: 1, group_memberships: 1, users: 1 };
    for (const path of PATHS) {
      const answer = await eve.api.get(`/${path}?page[total]=true`);
      expect([path, answer.many.length, answer.total]).toEqual([path, own[path] ?? 0, own[path] ?? 0]);
    }
  });

  it('finds nothing at the URL of another’s resource, nor below it', async () => {
    for (const at of Object.keys(hidden)) {
      const seen = (await c.ada.api.get(at)).one;
      for (const path of [
        at,
        ...Object.keys(seen.relationships ?? {}).flatMap((name) => [
          `${at}/${name}`,
          `${at}/relationships/${name}`,
        ]),
      ])
        expect([path, (await eve.api.get(path)).refusal]).toEqual([
          path,
          { status: 404, errors: [['not_found', undefined]] },
        ]);
    }
  });

  it('changes and deletes nothing of another’s, in either language', async () => {
    const before = await c.world.everything();
    for (const [at, type] of Object.entries(hidden))
      for (const api of [eve.api, eve.api.lenient]) {
        const id = at.split('/').pop();
        const changed = await api.patch(at, { data: { type, id, attributes: {} } });
        expect([at, changed.status]).toEqual([at, 404]);
        expect([at, (await api.delete(at)).status]).toEqual([at, 404]);
      }
    expect(await c.world.everything()).toBe(before);
  });

  it('learns nothing by filters about what she cannot read', async () => {
    for (const path of [
      `/people?filter[id]=${c.carl},${c.dora}`,
      `/people?filter[groups]=${c.choir}`,
      `/people?filter[group_memberships]=${c.memberships.carl}`,
      `/people?filter[first_name][like]=a&filter[id][ne]=${eve.personId}`,
      `/groups?filter[people]=${c.carl}`,
      `/groups?filter[id][ne]=${foreign}`,
      `/contact_assignments?filter[person]=${c.carl}`,
      `/email_addresses?filter[person]=${c.carl}`,
      '/users?filter[email][like]=ada',
      `/group_memberships?filter[group]=${c.choir}`,
    ])
      expect([path, (await eve.api.get(path)).ids]).toEqual([path, []]);
  });

  it('asks for more than she may read in no include, however long', async () => {
    for (const path of [
      '/people/me?include=groups.people.groups.people,group_memberships.group.children,contact_assignments.person',
      `/groups/${foreign}?include=parent.children.people,children.people,people.user,group_memberships.person.groups`,
    ]) {
      const text = (await eve.api.get(path)).text;
      for (const secret of ['Choir', 'Altos', 'Carl', 'Dora', 'Ada', 'carl@', 'dora@', '+4533'])
        expect(text).not.toContain(secret);
    }
  });
});

describe('Somebody who reads one end of a relationship and not the other', () => {
  let c: Choir;
  let band: string;
  /** A user of the band, in which Carl is too; of the choir she reads nothing. */
  let fay: Caller;
  let assignment: string;
  let carlsBand: string;

  beforeAll(async () => {
    c = await bootChoir();
    band = await c.world.group('Band', { parent_id: c.altos });
    fay = await c.world.caller('Fay', { [band]: 'user' });
    carlsBand = await c.world.member(c.carl, band);
    assignment = await c.world.assignment(c.ada.personId, c.carl, { group_id: band, assigned_by_id: c.dora });
  });
  afterAll(() => c.world.close());

  const get = (path: string) => fay.api.get(path);

  it('sees null at the other end, as attribute, linkage, related resource and relationship', async () => {
    const { attributes, relationships } = (await get(`/contact_assignments/${assignment}`)).one;
    expect(attributes).toMatchObject({ assigned_to_id: null, person_id: c.carl, group_id: band });
    expect(relationships?.['assigned_to']?.data).toBeNull();
    expect(relationships?.['assigned_by']?.data).toBeNull();
    expect((await get(`/groups/${band}`)).one.relationships?.['parent']?.data).toBeNull();
    expect((await get(`/people/${c.carl}`)).one.relationships?.['created_by']?.data).toBeNull();
    for (const at of [
      `/contact_assignments/${assignment}/assigned_to`,
      `/contact_assignments/${assignment}/relationships/assigned_to`,
      `/groups/${band}/parent`,
      `/groups/${band}/relationships/parent`,
    ])
      expect([at, (await get(at)).document.data]).toEqual([at, null]);
  });

  it('sees of a to-many only what she reads', async () => {
    expect((await get(`/people/${c.carl}/groups`)).ids).toEqual([band]);
    expect((await get(`/people/${c.carl}/relationships/groups`)).document.data).toEqual([
      { type: 'group', id: band },
    ]);
    expect((await get(`/people/${c.carl}/group_memberships`)).ids).toEqual([carlsBand]);
    expect((await get(`/people/${c.carl}/reverse_contact_assignments`)).ids).toEqual([assignment]);
    const included = await get(
      `/people/${c.carl}?include=groups.parent,group_memberships,reverse_contact_assignments.assigned_to`,
    );
    expect(included.includedKeys).toEqual(
      [`group:${band}`, `group_membership:${carlsBand}`, `contact_assignment:${assignment}`].sort(),
    );
    const lenient = (await fay.api.lenient.get(`/people/${c.carl}`)).one.relationships;
    expect(lenient?.['groups']?.data).toEqual([{ type: 'group', id: band }]);
    expect(lenient?.['group_memberships']?.data).toEqual([{ type: 'group_membership', id: carlsBand }]);
  });

  it('sees an external_ref only of memberships that she reads', async () => {
    expect((await get(`/people/${c.carl}`)).one.attributes?.['external_ref']).toBeNull();
    expect((await get('/people?filter[external_ref]=c-1')).ids).toEqual([]);
    expect((await c.ada.api.get('/people?filter[external_ref]=c-1')).ids).toEqual([c.carl]);
  });

  it('meets nothing by the id of an end that she does not read', async () => {
    for (const filter of [
      `filter[assigned_to]=${c.ada.personId}`,
      `filter[assigned_to_id]=${c.ada.personId}`,
      `filter[assigned_to_id][in]=${c.ada.personId}`,
      `filter[assigned_to_id][gt]=0`,
      `filter[assigned_by]=${c.dora}`,
      `filter[assigned_to_id][null]=false`,
    ])
      expect([filter, (await get(`/contact_assignments?${filter}`)).ids]).toEqual([filter, []]);
    expect((await get('/contact_assignments?filter[assigned_to_id][null]=true')).ids).toEqual([assignment]);
    expect((await get(`/groups?filter[parent]=${c.altos}`)).ids).toEqual([]);
    expect((await get(`/people?filter[groups]=${c.choir}`)).ids).toEqual([]);
    expect((await get(`/people?filter[groups][ne]=${c.choir}&filter[id]=${c.carl}`)).ids).toEqual([c.carl]);
    expect((await get(`/people?filter[created_by]=${c.ada.personId}`)).ids).toEqual([]);
    expect((await c.ada.api.get(`/contact_assignments?filter[assigned_to_id]=me`)).ids).toContain(assignment);
  });

  it('learns by no write who stands at an end that she does not read', async () => {
    const before = await c.world.everything();
    const guess = async (id: string) => {
      const assigned_to = { data: { type: 'person', id } };
      const data = { type: 'contact_assignment', id: assignment, relationships: { assigned_to } };
      const answer = await fay.api.patch(`/contact_assignments/${assignment}`, { data });
      return JSON.stringify(answer.refusal);
    };
    expect(await guess(c.ada.personId)).toBe(await guess('999999'));
    expect(await guess(c.dora)).toBe(await guess('999999'));
    expect(await c.world.everything()).toBe(before);
  });
});

describe('Rights in groups', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  it('reach descendants, not ancestors', async () => {
    const up = await c.world.caller('Up', { [c.choir]: 'user' });
    const down = await c.world.caller('Down', { [c.altos]: 'user' });
    expect((await up.api.get('/groups')).ids).toEqual([c.choir, c.altos]);
    expect((await down.api.get('/groups')).ids).toEqual([c.altos]);
    expect((await up.api.get(`/people/${c.dora}`)).status).toBe(200);
    expect((await down.api.get(`/people/${c.carl}`)).status).toBe(404);
  });

  it('are none for a contact, who reads herself and her own memberships', async () => {
    const contact = await c.world.caller('Contact', { [c.choir]: 'contact' });
    expect((await contact.api.get('/people')).ids).toEqual([contact.personId]);
    expect((await contact.api.get('/groups')).ids).toEqual([]);
    const [membership, ...others] = (await contact.api.get('/group_memberships')).many;
    expect(others).toEqual([]);
    expect(membership?.relationships?.['person']?.data).toEqual({ type: 'person', id: contact.personId });
    expect(membership?.relationships?.['group']?.data).toBeNull();
  });

  it('end with the archiving of the membership', async () => {
    const past = await c.world.caller('Past');
    await c.world.member(past.personId, c.choir, 'owner', { archived_at: new Date() });
    expect((await past.api.get('/groups')).ids).toEqual([]);
    expect((await past.api.get(`/groups/${c.choir}`)).status).toBe(404);
    expect((await past.api.get('/people')).ids).toEqual([past.personId]);
  });

  it('are those of each group, however long its id is', async () => {
    const roles: Record<string, 'owner' | 'user'> = {};
    const start = Number(await c.world.group('First'));
    const end = Math.max(start + 12, 112);
    for (let i = start + 1; i <= end; i += 1) {
      const id = await c.world.group(`G${i}`);
      if (i % 5 === 0 || i < 12 || i > 98) roles[id] = i % 2 === 0 ? 'owner' : 'user';
    }
    const many = await c.world.caller('Many', roles);
    for (const [id, role] of Object.entries(roles)) {
      const data = { type: 'group', id, attributes: { phone_region: 'DE' } };
      const { status } = await many.api.patch(`/groups/${id}`, { data });
      expect([id, role, status]).toEqual([id, role, role === 'owner' ? 200 : 403]);
    }
  });

  it('are all for a super admin, but the dead stay dead', async () => {
    const root = await c.world.caller('Root', {}, { superAdmin: true });
    const gone = await c.world.person({ first_name: 'Gone', deleted_at: new Date() });
    await c.world.member(gone, c.choir);
    await c.world.email(gone, 'gone@example.org', true);
    expect((await root.api.get(`/groups/${c.choir}`)).status).toBe(200);
    expect((await root.api.get(`/people/${c.carl}`)).status).toBe(200);
    for (const path of [`/people/${gone}`, `/people/${gone}/groups`])
      expect((await root.api.get(path)).status).toBe(404);
    const everyone = await root.api.get(`/groups/${c.choir}?include=people.email_addresses`);
    expect(everyone.text).not.toContain('gone@example.org');
    expect(everyone.includedKeys).not.toContain(`person:${gone}`);
    expect((await root.api.get('/email_addresses?filter[email]=gone@example.org')).ids).toEqual([]);
  });
});
