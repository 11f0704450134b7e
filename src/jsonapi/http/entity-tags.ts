import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The strong tag of a resource: another after every change of it (its version), and for every caller and whatever she
 * is shown of it, since both are in the digest.
 * @param shown all that a document without `include` and `fields` shows of it
 */
export const resourceTag = (version: number, caller: string, shown: unknown): string =>
  `"${version}-${digest(`${caller}\n${JSON.stringify(shown)}`)}"`;

/** `If-Match` (RFC 9110, 13.1.1): a strong comparison; weak tags meet nothing. */
export const isMatch = (header: string, tag: string): boolean =>
  meetsAny(header) || tagsOf(header).includes(tag);

/** `If-None-Match` (RFC 9110, 13.1.2): a weak comparison. */
const isNoneMatch = (header: string, tag: string): boolean =>
  !meetsAny(header) && !tagsOf(header).map(opaque).includes(opaque(tag));

/** `*`: whatever there is. */
export const meetsAny = (header: string): boolean => header.trim() === '*';

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
const opaque = (tag: string): string => tag.replace(/^W\//, '');
const digest = (bytes: string | Buffer): string => hash('sha1', bytes, 'base64url');

/**
 * Gives an answer that may be kept its tag, a weak one of the body where the handler set none, and makes it 304 for a
 * client that has it already. @returns the payload to be sent
 */
export function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const { statusCode } = reply;
  const cacheable = (statusCode === 200 || statusCode === 201) && Buffer.isBuffer(payload);
  if (!cacheable || reply.hasHeader('cache-control')) return payload;
  const tag = String(reply.getHeader('etag') ?? `W/"${digest(payload)}"`);
  reply.headers({ 'Cache-Control': 'max-age=0, private, must-revalidate', ETag: tag });
  const known = request.headers['if-none-match'];
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (!reading || known === undefined || isNoneMatch(known, tag)) return payload;
  reply.status(304).removeHeader('content-type').removeHeader('content-length');
  // Fastify empties answers to HEAD itself, and stumbles over those that are empty already.
  return request.method === 'HEAD' ? payload : null;
}
