import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { statusOf, type Problem } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from './jsonapi-request.js';

/** An error of such a route; a status where it is another than that of the code. */
export interface PlainRefusal {
  readonly status?: number;
  readonly body: unknown;
}

/** Addresses that speak plain JSON instead of JSON:API, wherever they are mounted. */
export interface PlainRoutes {
  /** Of the path. What is below them and does not exist is refused in their way as well. */
  readonly paths: RegExp;
  /** Such an answer has room for one problem: the first. */
  refuse(problem: Problem): PlainRefusal;
}

/** Nest's token for the deployment's {@link PlainRoutes}. */
export const PLAIN_ROUTES = Symbol('PlainRoutes');

/** Tells which requests speak plain JSON, and answers them. */
@Injectable()
export class PlainSpeech {
  constructor(@Inject(PLAIN_ROUTES) private readonly routes: readonly PlainRoutes[]) {}

  of({ originalUrl }: JsonApiRequest): PlainRoutes | undefined {
    const path = originalUrl.split('?')[0] as string;
    return this.routes.find(({ paths }) => paths.test(path));
  }
}

/** @returns the bytes, which Fastify sends as they are */
export const putPlain = (
  reply: FastifyReply,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Buffer => putPlainText(reply, status, JSON.stringify(body), headers);

/** A body that is JSON already. */
export function putPlainText(
  reply: FastifyReply,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  reply.status(status).headers({ ...headers, 'Content-Type': 'application/json' });
  return Buffer.from(text);
}

export function putPlainRefusal(
  reply: FastifyReply,
  routes: PlainRoutes,
  problem: Problem,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const { status = statusOf(problem), body } = routes.refuse(problem);
  return putPlain(reply, status, body, headers);
}
