import sql from 'sql-template-tag';
import { hashPassword } from '../../src/auth/passwords.js';
import type { ApiClient } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { mailsTo, receivedMails, tokenIn } from './mailbox.js';

const PASSWORD = 'correct horse battery';
const OTHER_PASSWORD = 'staple of another kind';

interface NewUser {
  readonly email?: string;
  readonly person?: string;
  readonly [attribute: string]: unknown;
}

describe('/apis/v4/users', () => {
  let world: World;
  let choir: string;
  let altos: string;
  let admin: Caller;
  let owner: Caller;
  let root: Caller;
  let passwordHash: string;

  beforeAll(async () => {
    world = await World.boot();
    choir = await world.group('Choir');
    altos = await world.group('Altos', { parent_id: choir });
    owner = await world.caller('Olga', { [choir]: 'owner' });
    admin = await world.caller('Anna', { [choir]: 'admin' });
    root = await world.caller('Rut', {}, { superAdmin: true });
    passwordHash = await hashPassword(PASSWORD);
  });
  afterAll(() => world.close());

  let number = 0;
  const address = (): string => `new.${(number += 1)}@example.org`;
  const document = ({ person, ...attributes }: NewUser) => ({
    data: {
      type: 'user',
      attributes,
      ...(person !== undefined && { relationships: { person: { data: { type: 'person', id: person } } } }),
    },
  });
  const post = (api: ApiClient, user: NewUser) => api.post('/users', document(user));
  const patch = (api: ApiClient, id: string, attributes: object) =>
    api.patch(`/users/${id}`, {
      data: { type: 'user', ...(id !== 'me' && { id }), attributes },
    });
  const signIn = (email: string, password: string) =>
    world.nobody.post('/sessions', { data: { type: 'session', attributes: { email, password } } });
  /** Somebody who has a password. */
  const withPassword = async (name: string, ...rest: [Parameters<World['caller']>[1]?]): Promise<Caller> => {
    const caller = await world.caller(name, ...rest);
    await world.database.query(
      sql`update users set password_hash = ${passwordHash} where id = ${caller.userId}`,
    );
    return caller;
  };
  const emailOf = async (id: string) => String((await world.row('users', id))?.['email']);

  it('show nobody’s login to who puts her as a contact into a group of her own', async () => {
    const eve = await world.caller('Eve', { [choir]: 'user' });
    const own = await eve.api.post('/groups', { data: { type: 'group', attributes: { name: 'Own' } } });
    const person = { data: { type: 'person', id: owner.personId } };
    const group = { data: { type: 'group', id: own.one.id } };
    const membership = { type: 'group_membership', relationships: { person, group } };
    const joined = await eve.api.post('/group_memberships', { data: membership });
    expect(joined.status).toBe(201);
    const before = await world.everything();
    for (const api of [eve.api, eve.api.lenient]) {
      expect((await api.get('/users')).many.map(({ id }) => id)).toEqual([eve.userId]);
      expect((await api.get(`/users/${owner.userId}`)).status).toBe(404);
      const shown = await api.get(`/people/${owner.personId}?include=user`);
      expect([shown.status, shown.includedKeys]).toEqual([200, []]);
    }
    expect((await patch(eve.api, owner.userId, { active: false })).status).toBe(404);
    expect((await eve.api.delete(`/users/${owner.userId}`)).status).toBe(404);
    expect(await world.everything()).toBe(before);
    // Who administers a group in which she has a role sees it, also when it is not her only one.
    expect((await admin.api.get(`/users/${owner.userId}`)).status).toBe(200);
    await root.api.delete(`/group_memberships/${joined.one.id}`);
  });

  describe('POST', () => {
    it('makes a login with a password, for a person of a group that one administers', async () => {
      const person = await world.contact('Paul', altos);
      const email = 'Paul@Example.org';
      const answer = await post(admin.api, { email, password: PASSWORD, person });
      expect(answer.status).toBe(201);
      expect(answer.one.attributes).toMatchObject({
        email,
        super_admin: false,
        active: true,
        last_sign_in_at: null,
      });
      expect(answer.text).not.toMatch(/password/);
      expect(answer.header('location')).toBe(`/apis/v4/users/${answer.one.id}`);
      expect(await world.row('users', answer.one.id)).toMatchObject({
        person_id: person,
        email,
        normal_form: 'paul@example.org',
        password_hash: expect.stringMatching(/^\$argon2id\$/),
        super_admin: false,
        deactivated_at: null,
      });
      expect((await signIn('paul@EXAMPLE.org', PASSWORD)).status).toBe(201);
      const related = await admin.api.get(`/people/${person}/user`);
      expect(related.one.id).toBe(answer.one.id);
      expect(await mailsTo(world, email)).toEqual([]);
    });

    it('is refused while the person has something of a group that one does not administer', async () => {
      const other = await world.group('North');
      const maker = await world.caller('Nora', { [other]: 'owner' });
      const left = async (beyond: (person: string) => Promise<unknown>): Promise<unknown> => {
        const person = await world.contact('Lea', choir);
        await beyond(person);
        const before = await world.count('users');
        const answer = await post(admin.api, { email: address(), password: PASSWORD, person });
        expect((await world.count('users')) - before).toBe(answer.status === 201 ? 1 : 0);
        return answer.status;
      };
      const assigned = { group_id: other, assigned_by_id: maker.personId };
      expect([
        await left((person) => world.member(person, other, 'contact', { archived_at: new Date() })),
        await left((person) => world.assignment(maker.personId, person, assigned)),
        await left((person) => world.assignment(maker.personId, person, { assigned_by_id: maker.personId })),
        await left(async (person) => {
          const membership = await world.member(person, other, 'contact', { external_ref: 'N-1' });
          await maker.api.delete(`/group_memberships/${membership}`);
        }),
        await left((person) => world.assignment(admin.personId, person, { assigned_by_id: admin.personId })),
        await left(() => Promise.resolve()),
      ]).toEqual([403, 403, 403, 403, 201, 201]);
    });

    it('without a password invites by a mail whose token lets choose one, once', async () => {
      const person = await world.contact('Ina', choir);
      const email = address();
      const answer = await admin.api.lenient.post('/users', document({ email, password: null, person }));
      expect(answer.status).toBe(201);
      expect((await world.row('users', answer.one.id))?.['password_hash']).toBeNull();
      const [mail, ...others] = await mailsTo(world, email);
      expect(others).toEqual([]);
      expect(mail).toMatchObject({
        subject: 'You are invited',
        text: expect.stringContaining('within 7 days'),
      });
      expect((await signIn(email, '')).status).toBe(422);
      expect((await signIn(email, PASSWORD)).status).toBe(401);
      const body = { data: { type: 'password', attributes: { token: tokenIn(mail), password: PASSWORD } } };
      const chosen = await world.nobody.post('/passwords', body);
      expect([chosen.status, chosen.text]).toEqual([204, '']);
      expect((await signIn(email, PASSWORD)).status).toBe(201);
      expect((await world.nobody.post('/passwords', body)).refusal).toEqual({
        status: 422,
        errors: [['invalid_link', '/data/attributes/token']],
      });
      // Nobody needs to be told of a first password.
      expect(await mailsTo(world, email)).toHaveLength(1);
    });

    it('lets super admins make super admins, and nobody else', async () => {
      const person = await world.contact('Sam', choir);
      const user = { email: address(), password: PASSWORD, super_admin: true, person };
      expect((await post(owner.api, user)).refusal).toEqual({
        status: 403,
        errors: [['forbidden', '/data/attributes/super_admin']],
      });
      expect((await post(root.api, user)).one.attributes).toMatchObject({ super_admin: true });
    });

    it.each([
      ['a person out of reach', 404, 'not_found', () => world.contact('Nora', stranger)],
      ['a person whom one only uses', 403, 'forbidden', () => world.contact('Ulla', used)],
      [
        'a person who is in a group out of reach as well',
        403,
        'forbidden',
        async () => {
          const person = await world.contact('Bea', choir);
          await world.member(person, stranger, 'user');
          return person;
        },
      ],
      [
        'an owner, when one is only admin',
        403,
        'forbidden',
        async () => {
          const person = await world.person('Otto');
          await world.member(person, choir, 'owner');
          return person;
        },
      ],
      [
        'somebody who looks after people out of reach',
        403,
        'forbidden',
        async () => {
          const person = await world.contact('Lea', choir);
          await world.assignment(person, await world.contact('Kai', stranger));
          return person;
        },
      ],
      [
        'somebody without a group',
        403,
        'forbidden',
        () => world.person({ first_name: 'Max', created_by_id: admin.personId }),
      ],
    ])('refuses %s to an admin, and writes nothing', async (_, status, code, make) => {
      const person = await make();
      const before = await world.everything();
      const answer = await post(admin.api, { email: address(), password: PASSWORD, person });
      expect(answer.refusal).toEqual({ status, errors: [[code, '/data/relationships/person/data']] });
      expect(await world.everything()).toBe(before);
      // A super admin may.
      expect((await post(root.api, { email: address(), password: PASSWORD, person })).status).toBe(201);
    });
    let stranger: string;
    let used: string;
    beforeAll(async () => {
      stranger = await world.group('Strangers');
      used = await world.group('Used');
      await world.member(admin.personId, used, 'user');
    });

    it('refuses users and contacts of the group', async () => {
      const person = await world.contact('Wim', choir);
      const [user, contact] = [
        await world.caller('Uwe', { [choir]: 'user' }),
        await world.caller('Cora', { [choir]: 'contact' }),
      ];
      const before = await world.everything();
      expect((await post(user.api, { email: address(), person })).status).toBe(403);
      expect((await post(contact.api, { email: address(), person })).status).toBe(404);
      expect(await world.everything()).toBe(before);
    });

    it('has one login for an address and one for a person', async () => {
      const person = await world.contact('Pia', choir);
      const email = address();
      expect((await post(admin.api, { email, password: PASSWORD, person })).status).toBe(201);
      const another = await world.contact('Pia too', choir);
      expect((await post(admin.api, { email: email.toUpperCase(), person: another })).refusal).toEqual({
        status: 409,
        errors: [['conflict', '/data/attributes/email']],
      });
      expect((await post(admin.api, { email: address(), person })).refusal).toEqual({
        status: 409,
        errors: [['conflict', '/data/relationships/person/data']],
      });
    });

    it('made twice at once is made once, and invites once', async () => {
      const person = await world.contact('Zoe', choir);
      const email = address();
      const answers = await Promise.all([1, 2, 3].map(() => post(admin.api, { email, person })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
      expect(await mailsTo(world, email)).toHaveLength(1);
    });

    it.each<[string, object, string]>([
      ['no e-mail', {}, '/data'],
      ['an e-mail that is none', { email: 'nobody' }, '/data/attributes/email'],
      [
        'an e-mail with a line break',
        { email: 'a@example.org\nBcc: b@example.org' },
        '/data/attributes/email',
      ],
      ['null', { email: null }, '/data/attributes/email'],
      ['a short password', { password: 'x'.repeat(11) }, '/data/attributes/password'],
      ['an endless password', { password: 'x'.repeat(1025) }, '/data/attributes/password'],
      ['a number', { password: 123456789012 }, '/data/attributes/password'],
      ['a text as truth', { super_admin: 'true' }, '/data/attributes/super_admin'],
      ['something unknown', { otp: '1' }, '/data/attributes/otp'],
    ])('refuses %s with a pointer', async (name, attributes, pointer) => {
      const person = await world.contact('Bo', choir);
      const before = await world.everything();
      const email = name === 'no e-mail' ? {} : { email: address() };
      const sent = document({ ...email, ...attributes, person });
      const answer = await admin.api.post('/users', sent);
      expect([answer.status, answer.refusal.errors.map(([, at]) => at)]).toEqual([422, [pointer]]);
      expect(await world.everything()).toBe(before);
    });

    it('wants a person, and nothing that belongs to a login that is there already', async () => {
      const email = address();
      expect((await post(admin.api, { email })).refusal).toEqual({
        status: 422,
        errors: [['invalid_attribute', '/data']],
      });
      const person = await world.contact('Bo', choir);
      for (const [field, value] of [
        ['current_password', PASSWORD],
        ['active', false],
      ] as const)
        expect((await post(admin.api, { email, person, [field]: value })).refusal).toEqual({
          status: 403,
          errors: [['read_only', `/data/attributes/${field}`]],
        });
    });
  });

  describe('PATCH /users/me', () => {
    it('changes the password with the old one, ends all other sessions, and says so by mail', async () => {
      const ada = await withPassword('Ada');
      const other = await world.tokenFor(ada.userId);
      const answer = await patch(ada.api.lenient, 'me', {
        password: OTHER_PASSWORD,
        current_password: PASSWORD,
      });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/password/);
      expect((await ada.api.get('/users/me')).status).toBe(200);
      expect((await world.nobody.get('/users/me', { authorization: `Bearer ${other}` })).status).toBe(401);
      const email = await emailOf(ada.userId);
      expect((await signIn(email, PASSWORD)).status).toBe(401);
      expect((await signIn(email, OTHER_PASSWORD)).status).toBe(201);
      expect((await mailsTo(world, email)).map(({ subject }) => subject)).toEqual([
        'Your password was changed',
      ]);
    });

    it('changes the e-mail with the password, and tells the old address', async () => {
      const ada = await withPassword('Ada');
      const [old, email] = [await emailOf(ada.userId), address()];
      const { id } = (await ada.api.get('/users/me')).one;
      expect((await patch(ada.api, id, { email, current_password: PASSWORD })).one.attributes).toMatchObject({
        email,
      });
      expect(await world.row('users', id)).toMatchObject({ email, normal_form: email });
      expect((await signIn(email, PASSWORD)).status).toBe(201);
      expect((await mailsTo(world, old)).map(({ subject }) => subject)).toEqual([
        'Your login has another e-mail address',
      ]);
    });

    it.each<[string, object, string]>([
      ['a new password alone', { password: OTHER_PASSWORD }, '/data'],
      ['a new e-mail alone', { email: 'x@example.org' }, '/data'],
      [
        'a wrong password',
        { password: OTHER_PASSWORD, current_password: 'wrong' },
        '/data/attributes/current_password',
      ],
      ['a short password', { password: 'short', current_password: PASSWORD }, '/data/attributes/password'],
    ])('refuses %s', async (_, attributes, pointer) => {
      const ada = await withPassword('Ada');
      const before = await world.everything();
      expect((await patch(ada.api, ada.userId, attributes)).refusal).toEqual({
        status: 422,
        errors: [['invalid_attribute', pointer]],
      });
      expect(await world.everything()).toBe(before);
    });

    it('tells that an address is taken, and keeps what is sent back unchanged', async () => {
      const ada = await withPassword('Ada');
      const taken = await emailOf(owner.userId);
      expect(
        (await patch(ada.api, ada.userId, { email: taken, current_password: PASSWORD })).refusal,
      ).toEqual({
        status: 409,
        errors: [['conflict', '/data/attributes/email']],
      });
      const before = await world.everything();
      const { attributes } = (await ada.api.get('/users/me')).one;
      expect((await patch(ada.api, ada.userId, { ...attributes })).status).toBe(200);
      expect(await world.everything()).toBe(before);
    });

    it('ends the links that went to the old address, and those that nobody needs any more', async () => {
      const ada = await withPassword('Ada');
      const old = await emailOf(ada.userId);
      await world.nobody.post('/password_resets', {
        data: { type: 'password_reset', attributes: { email: old } },
      });
      const token = tokenIn((await mailsTo(world, old))[0]);
      expect(token).not.toBe('');
      await patch(ada.api, ada.userId, { email: address(), current_password: PASSWORD });
      const answer = await world.nobody.lenient.post('/passwords', { token, password: OTHER_PASSWORD });
      expect(answer.refusal).toEqual({ status: 422, errors: [['invalid_link', '/token']] });
    });
  });

  describe('of another', () => {
    it('keeps e-mail and password, whoever asks', async () => {
      const bob = await withPassword('Bob', { [choir]: 'contact' });
      for (const { api } of [admin, owner, root])
        for (const attributes of [
          { email: address() },
          { password: OTHER_PASSWORD, current_password: PASSWORD },
        ])
          expect((await patch(api, bob.userId, attributes)).refusal).toEqual({
            status: 403,
            errors: [['forbidden', `/data/attributes/${Object.keys(attributes)[0]}`]],
          });
      expect((await signIn(await emailOf(bob.userId), PASSWORD)).status).toBe(201);
    });

    it('is not there for who does not administer a group of its person', async () => {
      const bob = await world.caller('Bob', { [choir]: 'contact' });
      const others = [await world.caller('Uwe', { [choir]: 'user' }), await world.caller('Eve')];
      for (const { api } of others) {
        expect((await api.get(`/users/${bob.userId}`)).status).toBe(404);
        expect((await patch(api, bob.userId, { active: false })).status).toBe(404);
        expect((await api.delete(`/users/${bob.userId}`)).status).toBe(404);
        expect((await api.get('/users')).ids).not.toContain(bob.userId);
      }
    });

    it('is deactivated by an administrator: its sessions end, nobody signs in, no link is sent; and back', async () => {
      const bob = await withPassword('Bob', { [altos]: 'user' });
      const email = await emailOf(bob.userId);
      expect((await patch(admin.api, bob.userId, { active: false })).one.attributes).toMatchObject({
        active: false,
      });
      expect((await bob.api.get('/users/me')).refusal.errors).toEqual([['invalid_authorization', undefined]]);
      expect((await signIn(email, PASSWORD)).status).toBe(401);
      const before = await receivedMails(world);
      const ask = await world.nobody.lenient.post('/password_resets', { email });
      expect(ask.status).toBe(202);
      expect(await receivedMails(world)).toEqual(before);
      expect((await patch(admin.api, bob.userId, { active: true })).one.attributes).toMatchObject({
        active: true,
      });
      expect((await bob.api.get('/users/me')).status).toBe(401);
      expect((await signIn(email, PASSWORD)).status).toBe(201);
    });

    it('is deactivated by nobody who has less to say than its person', async () => {
      const ruth = await world.caller('Ruth', { [choir]: 'contact' }, { superAdmin: true });
      const foreign = await world.group('Foreign');
      const both = await world.caller('Bo', { [choir]: 'user', [foreign]: 'user' });
      const refused = [
        [admin, owner],
        [admin, ruth],
        [owner, ruth],
        [owner, both],
        [root, root],
        [both, both],
      ] as const;
      const before = await world.everything();
      for (const [by, whom] of refused)
        expect((await patch(by.api, whom.userId, { active: false })).refusal).toEqual({
          status: 403,
          errors: [['forbidden', '/data/attributes/active']],
        });
      expect(await world.everything()).toBe(before);
      expect((await patch(root.api, both.userId, { active: false })).status).toBe(200);
    });

    it('is deleted while nobody has taken the invitation, or by a super admin', async () => {
      const person = await world.contact('Ines', choir);
      const { id } = (await post(admin.api, { email: address(), person })).one;
      expect((await admin.api.delete(`/users/${id}`)).status).toBe(204);
      expect(await world.row('users', id)).toBeUndefined();
      const bob = await withPassword('Bob', { [choir]: 'contact' });
      expect((await admin.api.delete(`/users/${bob.userId}`)).refusal.status).toBe(403);
      expect((await bob.api.delete('/users/me')).refusal.status).toBe(403);
      expect((await root.api.delete(`/users/${bob.userId}`)).status).toBe(204);
      expect(await world.row('people', bob.personId)).toMatchObject({ deleted_at: null });
      expect((await bob.api.get('/people/me')).status).toBe(401);
    });
  });

  it('keep one super admin at least, when two go at once as well', async () => {
    const own = await World.boot();
    try {
      const [one, other] = [
        await own.caller('One', {}, { superAdmin: true }),
        await own.caller('Other', {}, { superAdmin: true }),
      ];
      const first = await own.value(sql`select id from users order by id limit 1`);
      expect((await patch(one.api, first, { super_admin: false })).status).toBe(200);
      const answers = await Promise.all([
        patch(one.api, other.userId, { super_admin: false }),
        patch(other.api, one.userId, { super_admin: false }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      await expect(own.value(sql`select count(*) from users where super_admin`)).resolves.toBe('1');
      const last = answers[0]?.status === 200 ? one : other;
      expect((await patch(last.api, last.userId, { super_admin: false })).refusal).toEqual({
        status: 422,
        errors: [['last_super_admin', undefined]],
      });
      expect((await last.api.delete('/users/me')).refusal.status).toBe(422);
    } finally {
      await own.close();
    }
  });
});
