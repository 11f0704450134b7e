import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { MEDIA_TYPE } from '../document/document.js';
import { statusOf, type Problem } from '../errors/jsonapi-error.js';
import { errorsDocument } from '../response/build-errors.js';

/** Answers bytes that never became a request; there is no reply then, only the socket. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = problemOf(error.code);
  const id = randomUUID();
  const body = JSON.stringify(errorsDocument([problem], id));
  const head = [
    `HTTP/1.1 ${statusOf(problem)} ${STATUS_CODES[statusOf(problem)]}`,
    `Content-Type: ${MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Vary: Accept',
    `X-Request-Id: ${id}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-cache',
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        code: 'headers_too_large',
        detail: 'The headers are longer than this server takes; shorten them.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { code: 'request_timeout', detail: 'The request took too long to arrive; send it again.' };
    default:
      return {
        code: 'malformed_request',
        detail: 'This is no HTTP request; check its first line and headers.',
      };
  }
}
