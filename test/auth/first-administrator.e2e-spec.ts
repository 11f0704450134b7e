import sql from 'sql-template-tag';
import { ensureFirstAdministrator, Passwords } from '../../src/auth/index.js';
import { SignedInWorld } from './signed-in-world.js';

describe('ensureFirstAdministrator', () => {
  let world: SignedInWorld;
  beforeEach(async () => {
    world = await SignedInWorld.create();
  });
  afterEach(() => world.drop());

  it('makes one, however many processes start together', async () => {
    const env = world.env();
    const made = await Promise.all(
      Array.from({ length: 10 }, () => ensureFirstAdministrator(world.database, env)),
    );
    const told = made.filter((administrator) => administrator !== null);
    expect(told).toEqual([{ email: 'admin@example.org', password: expect.any(String), generated: true }]);
    expect(told[0]?.password.length).toBeGreaterThanOrEqual(16);

    const rows = await world.database.query<{ password_hash: string }>(sql`
      select p.first_name, e.email, e.normal_form, e.is_primary, u.email as login, u.super_admin, u.password_hash, g.name, m.role
      from users u join people p on p.id = u.person_id join email_addresses e on e.person_id = p.id
        join group_memberships m on m.person_id = p.id join groups g on g.id = m.group_id`);
    expect(rows).toEqual([
      {
        first_name: 'Administrator',
        email: 'admin@example.org',
        normal_form: 'admin@example.org',
        is_primary: true,
        login: 'admin@example.org',
        super_admin: true,
        password_hash: expect.any(String),
        name: 'Home',
        role: 'owner',
      },
    ]);
    await expect(world.value(sql`select count(*) from people`)).resolves.toBe('1');
    await expect(world.value(sql`select count(*) from groups`)).resolves.toBe('1');
    const passwords = await Passwords.create();
    await expect(passwords.matches(told[0]?.password ?? '', rows[0]?.password_hash)).resolves.toBe(true);
  });

  it('takes address and password of the settings', async () => {
    const env = world.env({ ADMIN_EMAIL: 'Root@Example.org', ADMIN_PASSWORD: 'twelve letters' });
    await expect(ensureFirstAdministrator(world.database, env)).resolves.toEqual({
      email: 'Root@Example.org',
      password: 'twelve letters',
      generated: false,
    });
    await expect(world.value(sql`select normal_form from users`)).resolves.toBe('root@example.org');
  });

  it('makes none when there is a user', async () => {
    await world.login('ada');
    await expect(ensureFirstAdministrator(world.database, world.env())).resolves.toBeNull();
    await expect(world.value(sql`select count(*) from users`)).resolves.toBe('1');
  });
});
