import { createHash } from 'node:crypto';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { nameOf } from '../query/query-string.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request; undefined when it has none. @throws JsonApiError 400 for what is no key */
export function keyOfRequest({ headers }: JsonApiRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw JsonApiError.of(
    'invalid_header',
    'A key is 1 to 255 visible ASCII characters, such as a UUID; send it once.',
    { header: 'Idempotency-Key' },
  );
}

/**
 * Equal for requests that ask the same: way of speaking, condition, method, path, query but for the token, and body,
 * byte by byte.
 */
export function fingerprintOf({ method, originalUrl, headers, lenient, body }: JsonApiRequest): string {
  const [path, ...query] = originalUrl.split(/[?&]/);
  const asked = query.filter((part) => nameOf(part) !== 'access_token');
  const how = `${lenient ? 'lenient' : 'strict'} ${headers['if-match'] ?? ''}`;
  const digest = createHash('sha256').update(`${method} ${[path, ...asked].join('&')}\n${how}\n`);
  if (Buffer.isBuffer(body)) digest.update(body);
  return digest.digest('base64url');
}
