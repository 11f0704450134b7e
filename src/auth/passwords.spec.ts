import { hash } from '@node-rs/argon2';
import { Passwords, readablePassword } from './passwords.js';

describe('Passwords', () => {
  let passwords: Passwords;
  beforeAll(async () => {
    passwords = await Passwords.create();
  });

  it('hashes with argon2id, anew each time', async () => {
    const [one, other] = await Promise.all([
      passwords.hash('correct horse'),
      passwords.hash('correct horse'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(other).not.toBe(one);
    await expect(passwords.matches('correct horse', one)).resolves.toBe(true);
    await expect(passwords.matches('correct horsf', one)).resolves.toBe(false);
  });

  it('takes composed and decomposed letters for the same', async () => {
    await expect(passwords.matches('caf\u0065\u0301', await passwords.hash('caf\u00e9'))).resolves.toBe(true);
  });

  it('matches nothing without a hash of its kind', async () => {
    const argon2i = await hash('secret', { algorithm: 1 });
    for (const stored of [undefined, '', '!', 'secret', argon2i])
      await expect(passwords.matches('secret', stored)).resolves.toBe(false);
  });

  it('makes passwords that can be read aloud', () => {
    const made = Array.from({ length: 50 }, readablePassword);
    for (const password of made) expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
    expect(new Set(made).size).toBe(50);
  });
});
