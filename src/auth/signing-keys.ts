import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import type { Env } from '../config/index.js';
import type { SqlRunner } from '../database/index.js';

/** The keys of the deployment; there is one at least. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]];

/** Nest's token for the {@link SigningKeys}. */
export const SIGNING_KEYS = Symbol('SigningKeys');

const SETTING = 'jwt_secret';
const FILE = 'jwt-secret';
const MIN_BYTES = 32;

/**
 * The HS256 keys of the deployment: the first signs, all verify. Those of the settings, else the one that was made at
 * the first start: in the database when it is shared by DATABASE_URL, so that every process on it agrees, else in a
 * file that only the server's user can read.
 */
export async function loadSigningKeys(
  env: Pick<Env, 'jwtSecrets' | 'databaseUrl' | 'dataDir'>,
  database: SqlRunner,
): Promise<SigningKeys> {
  const secrets = env.jwtSecrets.length > 0 ? env.jwtSecrets : [await keptSecret(env, database)];
  const [first, ...others] = secrets.map((secret) => createSecretKey(Buffer.from(secret, 'utf8')));
  return [first as KeyObject, ...others];
}

function keptSecret(env: Pick<Env, 'databaseUrl' | 'dataDir'>, database: SqlRunner): Promise<string> {
  return env.databaseUrl ? secretInDatabase(database) : secretInFile(env.dataDir);
}

/** Whoever comes first makes it; all read what is there afterwards. */
export async function secretInDatabase(database: SqlRunner): Promise<string> {
  await database.query(
    sql`insert into settings (name, value) values (${SETTING}, ${newSecret()}) on conflict (name) do nothing`,
  );
  const [row] = await database.query<{ value: string }>(
    sql`select value from settings where name = ${SETTING}`,
  );
  return checked(row?.value ?? '', `the setting "${SETTING}" in the database`);
}

/** As above, in `<dataDir>/jwt-secret`. */
export async function secretInFile(dataDir: string): Promise<string> {
  const path = join(dataDir, FILE);
  const kept = await readIfThere(path);
  if (kept !== undefined) return checked(kept, path);
  await mkdir(dataDir, { recursive: true });
  await placeOnce(path, newSecret());
  return checked((await readIfThere(path)) ?? '', path);
}

/**
 * Writes beside the place and links it there: `link` fails when another process was first, and nobody ever reads a
 * file that is half written, not even after a crash.
 */
async function placeOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await file.close();
    await unlink(draft);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function newSecret(): string {
  return randomBytes(48).toString('base64url');
}

function checked(secret: string, place: string): string {
  if (Buffer.byteLength(secret) >= MIN_BYTES) return secret;
  throw new Error(
    `The signing key kept in ${place} is damaged: it is shorter than ${MIN_BYTES} bytes. Remove it and start ` +
      `again (everybody has to sign in anew), or set JWT_SECRET.`,
  );
}
