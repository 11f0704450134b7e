import { randomBytes, randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's choice for argon2id, which is the package's default algorithm (its enum exists for the compiler alone). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Without those that are mistaken for each other when a screen is copied by hand. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Hashes passwords (argon2id) and compares them, in the same time whether there is a hash or not. */
export class Passwords {
  private constructor(private readonly dummyHash: string) {}

  static async create(): Promise<Passwords> {
    return new Passwords(await hashPassword(randomBytes(32).toString('base64')));
  }

  hash(password: string): Promise<string> {
    return hashPassword(password);
  }

  /** @param stored undefined when there is no such user, or one that has no password yet: never a match */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const usable = stored?.startsWith('$argon2id$') ? stored : undefined;
    const same = await verify(usable ?? this.dummyHash, oneForm(password));
    return same && usable !== undefined;
  }
}

export function hashPassword(password: string): Promise<string> {
  return hash(oneForm(password), COST);
}

/** Some 79 bits that can be read aloud: `k7mp-2xqd-…`. */
export function readablePassword(): string {
  const part = (): string => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: 4 }, part).join('-');
}

/** Keyboards differ in how they compose an é; the password is the same. */
function oneForm(password: string): string {
  return password.normalize('NFKC');
}
