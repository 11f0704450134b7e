import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { sqlState } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import { errorsDocument } from '../response/build-errors.js';
import type { JsonApiRequest } from './jsonapi-request.js';
import { PlainSpeech, putPlainRefusal } from './plain-routes.js';
import { putAnswer } from './put-answer.js';
import { RouteTable } from './route-table.js';

/**
 * Every error, of whatever layer, as a JSON:API document, or in the way of its routes. Of an unexpected one only the log
 * learns more.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(
    private readonly plainSpeech: PlainSpeech,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<JsonApiRequest>();
    const reply = http.getResponse<FastifyReply>();
    const told = tellable(error) ?? this.routes.refusalOf(request);
    if (told.status >= 500) this.logger.error(`${request.id} ${describe(error)}`);
    const headers = { 'Cache-Control': 'no-cache', ...told.headers };
    const plain = this.plainSpeech.of(request);
    const [first] = told.problems;
    void reply.send(
      plain && first
        ? putPlainRefusal(reply, plain, first, headers)
        : putAnswer(reply, {
            status: told.status,
            document: errorsDocument(told.problems, request.id),
            headers,
            ...(request.extension !== undefined && { extensions: [request.extension] }),
          }),
    );
  }
}

/** `undefined`: no route took the request. */
function tellable(error: unknown): JsonApiError | undefined {
  if (error instanceof JsonApiError) return error;
  const { code, status, statusCode } = (error ?? {}) as {
    code?: unknown;
    status?: unknown;
    statusCode?: unknown;
  };
  switch (status ?? statusCode) {
    case 400:
      return JsonApiError.of(
        'malformed_request',
        'The request cannot be read; check its URL, headers and length.',
      );
    case 404:
      return undefined;
    case 413:
      return new JsonApiError(
        [
          {
            code: 'payload_too_large',
            detail: 'The body is larger than this server takes; send it in parts.',
          },
        ],
        { Connection: 'close' },
      );
    case 415:
      return JsonApiError.of('unsupported_media_type', 'Send the body as application/vnd.api+json.', {
        header: 'Content-Type',
      });
  }
  if (isAway(sqlState(error) ?? code))
    return new JsonApiError(
      [
        {
          code: 'unavailable',
          detail: 'The database cannot be reached, or takes too long; try again shortly.',
        },
      ],
      { 'Retry-After': '2' },
    );
  return JsonApiError.of(
    'internal_error',
    'The request failed on our side; the id of this error helps to find out why.',
  );
}

/** Connection failures of the system, of class 08, shutdowns, "too many connections", and what took too long. */
const isAway = (code: unknown): boolean =>
  typeof code === 'string' && /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|08|57P0|53300|57014|25P0[34])/.test(code);

/** Messages of the database quote values, which may be personal: the log gets the code and the place. */
function describe(error: unknown): string {
  const state = sqlState(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return state ? `database error ${state}\n${stack.split('\n').slice(1).join('\n')}` : stack || String(error);
}
