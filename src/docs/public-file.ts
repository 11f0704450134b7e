import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Bytes that are the same for everybody. */
export interface PublicFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

export function fileOf(type: string, content: string | Buffer): PublicFile {
  const bytes = Buffer.from(content);
  return { type, bytes, etag: `"${createHash('sha1').update(bytes).digest('base64url')}"` };
}

/** The bytes, or 304. A Buffer, since Fastify would add a charset to the type of a text. */
export function putFile(request: FastifyRequest, reply: FastifyReply, file: PublicFile): Buffer | undefined {
  reply.headers({ 'Cache-Control': 'public, max-age=300', ETag: file.etag });
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.some((tag) => tag === file.etag || tag === '*')) {
    reply.status(304);
    return undefined;
  }
  reply.header('Content-Type', file.type);
  return file.bytes;
}
