import type { FastifyReply } from 'fastify';
import { mediaType } from '../document/document.js';
import type { Answer } from '../operations/operation.js';

/**
 * Status, headers and bytes. A Buffer, because Fastify adds a charset to the type of anything else, and JSON:API
 * forbids that.
 */
export function putAnswer(
  reply: FastifyReply,
  { status, document, headers, ...applied }: Answer,
): Buffer | undefined {
  reply.status(status).headers({ ...headers });
  if (document === undefined) return undefined;
  reply.header('content-type', mediaType(applied));
  return Buffer.from(JSON.stringify(document));
}
