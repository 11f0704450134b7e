import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The two halves of what a client shows: a public name and a secret. */
export const newClientName = (): string => `kith-${randomBytes(9).toString('hex')}`;
export const newClientSecret = (): string => randomBytes(32).toString('base64url');

/** 256 random bits need no slow hash, and a token is asked for all day. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** @param stored undefined when there is no such client: never a match, after the same work */
export function isSecret(secret: string, stored: string | undefined): boolean {
  const hash = Buffer.from(secretHash(secret));
  const same = timingSafeEqual(hash, Buffer.from(stored ?? secretHash('')));
  return same && stored !== undefined;
}
