import sql from 'sql-template-tag';
import type { Role } from '../../src/auth/index.js';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { ATOMIC_TYPE } from '../support/operations-client.js';

/** Two who ask, and Olga, whose membership it is about. */
interface Scene {
  readonly world: World;
  readonly group: string;
  readonly olga: string;
  readonly membership: string;
  readonly by: Caller;
}
type Door = (s: Scene, change: Change) => Promise<ApiAnswer>;
interface Change {
  readonly role?: Role;
  readonly archived_at?: string;
}

const membershipOf = ({ group }: Scene, attributes: object) => ({
  type: 'group_membership',
  attributes: { group_id: group, ...attributes },
});
const record = ({ membership }: Scene, attributes: object) => ({
  ...{ type: 'group_membership', id: membership, attributes },
});
const operate = ({ by }: Scene, ...operations: unknown[]): Promise<ApiAnswer> =>
  by.api.post(
    '/operations',
    { 'atomic:operations': operations },
    { 'content-type': ATOMIC_TYPE, accept: ATOMIC_TYPE },
  );

/** Every door by which the membership of somebody who is known can be changed. */
const CHANGING: Record<string, Door> = {
  'PATCH of the membership': (s, change) =>
    s.by.api.patch(`/group_memberships/${s.membership}`, { data: record(s, change) }),
  'PUT of the membership, lenient': (s, change) =>
    s.by.api.lenient.put(`/group_memberships/${s.membership}`, { data: { attributes: change } }),
  'PATCH of the person with the membership along': (s, change) =>
    s.by.api.patch(`/people/${s.olga}`, {
      data: { type: 'person', id: s.olga },
      included: [record(s, change)],
    }),
  'PATCH of the person with her group along': (s, change) =>
    s.by.api.patch(`/people/${s.olga}`, {
      data: { type: 'person', id: s.olga },
      included: [membershipOf(s, change)],
    }),
  'POST of a person who is matched': (s, change) =>
    s.by.api.post('/people', {
      data: { type: 'person', attributes: { first_name: 'Olga' } },
      included: [
        { type: 'email_address', attributes: { email: `olga${s.olga}@example.org` } },
        membershipOf(s, change),
      ],
    }),
  'POST of the membership that is there': (s, change) =>
    s.by.api.post('/group_memberships', {
      data: { ...membershipOf(s, { ...change, person_id: s.olga }) },
    }),
  'an operation': (s, change) => operate(s, { op: 'update', data: record(s, change) }),
};

/** Every door by which somebody leaves a group. */
const LEAVING: Record<string, (s: Scene) => Promise<ApiAnswer>> = {
  'DELETE of the membership': (s) => s.by.api.delete(`/group_memberships/${s.membership}`),
  'DELETE of the person': (s) => s.by.api.delete(`/people/${s.olga}`),
  'DELETE of the relationship': (s) =>
    s.by.api.delete(`/people/${s.olga}/relationships/groups`, { data: [{ type: 'group', id: s.group }] }),
  'PATCH of the relationship': async (s) =>
    s.by.api.patch(`/people/${s.olga}/relationships/groups`, { data: [] }),
  'PATCH of the person': (s) =>
    s.by.api.patch(`/people/${s.olga}`, {
      data: { type: 'person', id: s.olga, relationships: { groups: { data: [] } } },
    }),
  'an operation on the membership': (s) =>
    operate(s, { op: 'remove', ref: { type: 'group_membership', id: s.membership } }),
  'an operation on the person': (s) => operate(s, { op: 'remove', ref: { type: 'person', id: s.olga } }),
  'an operation on the relationship': (s) =>
    operate(s, {
      ...{ op: 'remove', ref: { type: 'person', id: s.olga, relationship: 'groups' } },
      data: [{ type: 'group', id: s.group }],
    }),
};

describe('Roles', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());

  /** @param others further owners of the group */
  async function scene(
    role: Role,
    asking: Role | 'super_admin',
    { others = 1, self = false } = {},
  ): Promise<Scene> {
    const group = await world.group('Group');
    for (let n = 0; n < others; n += 1) await world.member(await world.person('Other'), group, 'owner');
    const superAdmin = asking === 'super_admin';
    const by = await world.caller('By', superAdmin || self ? {} : { [group]: asking }, { superAdmin });
    const olga = self ? by.personId : await world.person('Olga');
    const membership = await world.member(olga, group, role, { external_ref: `ref ${olga}` });
    await world.email(olga, `olga${olga}@example.org`, true);
    return { world, group, olga, membership, by };
  }

  async function refused(status: number, code: string, send: () => Promise<ApiAnswer>): Promise<void> {
    const before = await world.everything();
    const answer = await send();
    expect([answer.status, answer.document.errors?.[0]?.code]).toEqual([status, code]);
    expect(await world.everything()).toBe(before);
  }
  const stored = ({ membership }: Scene) =>
    world.value<Role | undefined>(
      sql`select role from group_memberships where id = ${membership} and archived_at is null`,
    );

  describe.each(Object.entries(CHANGING))('%s', (_door, change) => {
    it('gives no role above one’s own', async () => {
      const s = await scene('contact', 'admin');
      await refused(403, 'forbidden', () => change(s, { role: 'owner' }));
      expect((await change(s, { role: 'admin' })).status).toBeLessThan(300);
      expect(await stored(s)).toBe('admin');
    });

    it('gives no role at all by a user, nor to oneself', async () => {
      const s = await scene('contact', 'user');
      await refused(403, 'forbidden', () => change(s, { role: 'user' }));
      const self = await scene('user', 'user', { self: true });
      await refused(403, 'forbidden', () => change(self, { role: 'admin' }));
    });

    it('takes no role above one’s own away, nor archives it', async () => {
      const s = await scene('owner', 'admin');
      await refused(403, 'forbidden', () => change(s, { role: 'contact' }));
      await refused(403, 'forbidden', () => change(s, { archived_at: '2026-01-01T00:00:00Z' }));
    });

    it('makes nobody with a login work in a group whom its administrator does not administer', async () => {
      const s = await scene('contact', 'owner');
      const work = await world.group('Work');
      await world.member(s.by.personId, work, 'user');
      await world.member(s.olga, work, 'user');
      const second = await world.group('Second trap');
      for (const one of [s.by.personId, s.olga])
        await world.member(one, second, one === s.olga ? 'contact' : 'owner');
      await world.login(s.olga);
      await refused(403, 'forbidden', () => change(s, { role: 'user' }));
      await refused(403, 'forbidden', () => change(s, { role: 'owner' }));
      expect((await change(s, { role: 'contact' })).status).toBeLessThan(300);
      await world.database.query(
        sql`update group_memberships set role = 'admin' where group_id = ${work} and person_id = ${s.by.personId}`,
      );
      expect((await change(s, { role: 'user' })).status).toBeLessThan(300);
      expect(await stored(s)).toBe('user');
    });

    it('promotes who has a login where her administrator administers all her groups, or gave her a role already', async () => {
      const only = await scene('contact', 'admin');
      await world.login(only.olga);
      expect((await change(only, { role: 'user' })).status).toBeLessThan(300);
      const s = await scene('user', 'admin');
      await world.member(s.olga, await world.group('Elsewhere'), 'user', { external_ref: `e ${s.olga}` });
      await world.login(s.olga);
      expect((await change(s, { role: 'admin' })).status).toBeLessThan(300);
      expect(await stored(s)).toBe('admin');
    });

    it('leaves the last owner', async () => {
      const s = await scene('owner', 'super_admin', { others: 0 });
      for (const each of [{ role: 'admin' }, { archived_at: '2026-01-01T00:00:00Z' }] as Change[]) {
        const before = await world.everything();
        const answer = await change(s, each);
        expect(answer.status).toBeGreaterThan(400);
        expect(await world.everything()).toBe(before);
      }
    });
  });

  describe.each(Object.entries(LEAVING))('%s', (_door, leave) => {
    it('takes no role above one’s own away', async () => {
      const s = await scene('owner', 'admin');
      await refused(403, 'forbidden', () => leave(s));
    });

    it('takes an equal one', async () => {
      const s = await scene('admin', 'admin');
      await world.member(s.olga, await world.group('Elsewhere'), 'contact', { external_ref: 'kept' });
      expect((await leave(s)).status).toBeLessThan(300);
      expect(await stored(s)).toBeUndefined();
    });

    it('leaves the last owner, whoever asks', async () => {
      for (const asking of ['owner', 'super_admin'] as const) {
        const s = await scene('owner', asking, { others: 0, self: asking === 'owner' });
        await refused(422, 'last_owner', () => leave(s));
      }
      const s = await scene('owner', 'super_admin');
      await world.member(s.olga, await world.group('Elsewhere'), 'contact', { external_ref: `k${s.olga}` });
      expect((await leave(s)).status).toBeLessThan(300);
    });
  });

  it('are given to nobody with a login by a group of one’s own, whichever door makes the membership', async () => {
    const work = await world.group('Work');
    const by = await world.caller('By', { [work]: 'user' });
    const olga = await world.caller('Olga', { [work]: 'user' });
    const email = `olga${olga.personId}@work.example`;
    await world.email(olga.personId, email, true);
    const attributes = { name: 'Trap', match_conflicting_ref: 'separate' };
    const made = await by.api.post('/groups', { data: { type: 'group', attributes } });
    const group = String(made.one.id);
    const along = { type: 'group_membership', attributes: { group_id: group, role: 'user' } };
    const alone = {
      ...along,
      attributes: { ...along.attributes, person_id: olga.personId },
    };
    const named = { data: { type: 'person', id: olga.personId }, included: [along] };
    const there = { type: 'group_membership', attributes: { group_id: work } };
    const matched = {
      data: { type: 'person', attributes: {} },
      included: [{ type: 'email_address', attributes: { email } }, there, along],
    };
    const s = { by } as Scene;
    for (const send of [
      () => by.api.post('/group_memberships', { data: alone }),
      () => by.api.lenient.post('/group_memberships', { data: alone }),
      () => by.api.patch(`/people/${olga.personId}`, named),
      () => by.api.post('/people', matched),
      () => by.api.lenient.post('/people', matched),
      () => operate(s, { op: 'add', data: alone }),
    ])
      await refused(403, 'forbidden', send);
    const contact = { ...alone, attributes: { ...alone.attributes, role: 'contact' } };
    const added = await by.api.post('/group_memberships', { data: contact });
    expect(added.status).toBe(201);
    const raised = { ...{ type: 'group_membership', id: added.one.id }, attributes: { role: 'user' } };
    await refused(403, 'forbidden', () =>
      by.api.patch(`/group_memberships/${added.one.id}`, { data: raised }),
    );
    const root = await world.caller('Root', {}, { superAdmin: true });
    expect((await root.api.patch(`/group_memberships/${added.one.id}`, { data: raised })).status).toBe(200);
  });

  it('that are archived are told to administrators only, also by a match that brings somebody back', async () => {
    for (const [asking, before] of [
      ['user', {}],
      ['admin', { there: null }],
    ] as const) {
      const s = await scene('contact', asking);
      const other = await world.group('Other');
      await world.member(s.by.personId, other, 'user');
      await world.member(s.olga, other);
      await world.database.query(
        sql`update group_memberships set archived_at = now() where id = ${s.membership}`,
      );
      const answer = await s.by.api.post('/people', {
        data: { type: 'person', attributes: { first_name: 'Olga' } },
        included: [
          { type: 'email_address', attributes: { email: `olga${s.olga}@example.org` } },
          ...[s.group, other].map((group) => membershipOf({ ...s, group }, {})),
        ],
      });
      expect([answer.status, answer.one.id]).toEqual([200, s.olga]);
      const { changes } = answer.document.meta?.['match'] as { changes: Record<string, [object, object]> };
      const [was, is] = changes['group_memberships'] ?? [];
      const named = Object.entries(before).map(([, role]) => [s.group, role]);
      expect(was).toEqual({ ...Object.fromEntries(named), [other]: 'contact' });
      expect(is).toEqual({ [s.group]: 'contact', [other]: 'contact' });
    }
  });

  it('are given to nobody by /persons/multiple, which knows none', async () => {
    const s = await scene('contact', 'admin');
    const entry = { email_address: `olga${s.olga}@example.org`, first_name: 'Olga', group_ids: [s.group] };
    const answer = await world.app.inject({
      method: 'POST',
      url: '/persons/multiple',
      headers: { ...s.by.api.authorization, 'content-type': 'application/json' },
      payload: { persons: [{ ...entry, role: 'owner', group_memberships: [{ role: 'owner' }] }] },
    });
    expect(answer.statusCode).toBe(200);
    expect(await stored(s)).toBe('contact');
  });

  it('of somebody whose login is out of use stay: it takes another owner first', async () => {
    const s = await scene('owner', 'owner', { others: 0, self: true });
    const root = await world.caller('Root', {}, { superAdmin: true });
    const off = { data: { type: 'user', id: s.by.userId, attributes: { active: false } } };
    expect((await root.api.patch(`/users/${s.by.userId}`, off)).status).toBe(200);
    expect(await stored(s)).toBe('owner');
    await refused(422, 'last_owner', () => root.api.delete(`/group_memberships/${s.membership}`));
  });
});
