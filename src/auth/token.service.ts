import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { SigningKeys } from './signing-keys.js';

/** A user, by a session of hers. */
export interface UserSubject {
  readonly userId: string;
  readonly sessionId: string;
}

/** An API client, by its public name and a session that began with its secret. */
export interface ClientSubject {
  readonly clientName: string;
  readonly sessionId: string;
}

/** Whom a token speaks for. */
export type TokenSubject = UserSubject | ClientSubject;

export interface SignedToken {
  readonly token: string;
  /** When the token ends by itself (its `exp`). */
  readonly expiresAt: Date;
}

const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
const OWN_HEADER = `${HEADER}.`;
/** Ids are positive and fit a bigint; a token of somebody else under the same key may hold anything. */
const ID = /^[1-9]\d{0,17}$/;
const CLIENT_NAME = /^[\w-]{1,64}$/;
/** The clocks of several processes differ by less. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Makes tokens, and finds the key that made one: JWT, HS256 only, claims `user_id` or `client_id`, `sid`, `iat`, `exp`. */
export class TokenService {
  private readonly signingKey: KeyObject;

  /** @param keys the first signs, all verify. @param ttl seconds a token of a user lives. */
  constructor(
    private readonly keys: SigningKeys,
    private readonly ttl: number,
  ) {
    this.signingKey = keys[0];
  }

  sign({ userId, sessionId }: UserSubject): SignedToken {
    return this.signClaims({ user_id: userId, sid: sessionId }, this.ttl);
  }

  /** @param ttl seconds */
  signForClient({ clientName, sessionId }: ClientSubject, ttl: number): SignedToken {
    return this.signClaims({ client_id: clientName, sid: sessionId }, ttl);
  }

  /** By hand: every answer carries a fresh token, and this takes a third of the time of jsonwebtoken's `sign`. */
  private signClaims(subject: object, ttl: number): SignedToken {
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + ttl;
    const claims = JSON.stringify({ ...subject, iat, exp });
    const signed = `${HEADER}.${Buffer.from(claims).toString('base64url')}`;
    return {
      token: `${signed}.${hmac(this.signingKey, signed).toString('base64url')}`,
      expiresAt: new Date(exp * 1000),
    };
  }

  /**
   * The key that signed `token`, or the first one when none did. It only picks: the one who asks still verifies the
   * whole token with it.
   */
  keyFor(token: string): KeyObject {
    if (this.keys.length === 1) return this.signingKey;
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    return this.keys.find((key) => equal(hmac(key, token.slice(0, end)), signature)) ?? this.signingKey;
  }
}

/**
 * False for a header with extensions that whoever verifies the token has to understand (RFC 7515, `crit`): there are none
 * that we do, and jsonwebtoken does not ask.
 */
export function isPlainHeader(token: string): boolean {
  if (token.startsWith(OWN_HEADER)) return true;
  const [header = ''] = token.split('.');
  try {
    const members: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return typeof members === 'object' && members !== null && !('crit' in members);
  } catch {
    return false;
  }
}

/** Whom the claims of a verified token name; null when they are not those of a token of ours, or are of the future. */
export function readClaims(claims: unknown): TokenSubject | null {
  if (typeof claims !== 'object' || claims === null) return null;
  const {
    user_id: userId,
    client_id: clientName,
    sid: sessionId,
    iat,
    exp,
  } = claims as Record<string, unknown>;
  // jsonwebtoken lets a token without `exp` live for ever, and does not ask when one was made.
  if (typeof exp !== 'number' || !isPast(iat) || !isId(sessionId)) return null;
  if (userId === undefined) return isClientName(clientName) ? { clientName, sessionId } : null;
  return isId(userId) && clientName === undefined ? { userId, sessionId } : null;
}

const isPast = (seconds: unknown): boolean =>
  typeof seconds === 'number' && seconds <= Date.now() / 1000 + CLOCK_TOLERANCE_SECONDS;

/** True for what the public name of an API client may be. */
export function isClientName(value: unknown): value is string {
  return typeof value === 'string' && CLIENT_NAME.test(value);
}

/** True for what may stand in a column of ids. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
