import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { actorOf } from './current-actor.decorator.js';
import { TokenService } from './token.service.js';

export const SESSION_HEADER = 'X-MH-Session';
const EXPOSE = 'access-control-expose-headers';
/** Of these only the sign-in hands out a token, and it does so itself. */
const KEEPS_TOKENS = /^\/(?:apis\/v4\/sessions|oauth2)(?:[/?]|$)/;

/**
 * A fresh token on every answer to somebody who is signed in, so that a session lasts as long as it is used. What
 * reaches a handler is renewed here, before the handler runs: the header then stands on its errors too. A refusal
 * by a later guard passes no interceptor and is renewed as it is sent.
 */
@Injectable()
export class SessionRefreshInterceptor implements NestInterceptor, OnModuleInit {
  constructor(
    private readonly tokens: TokenService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter?.getInstance<FastifyInstance>();
    fastify?.addHook('onSend', (request, reply, _payload, done) => {
      this.renew(request, reply);
      done();
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    this.renew(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return next.handle();
  }

  private renew(request: FastifyRequest, reply: FastifyReply): void {
    const actor = actorOf(request);
    // An API client asks for another token with its secret.
    if (!actor?.userId || reply.hasHeader(SESSION_HEADER) || KEEPS_TOKENS.test(request.url)) return;
    const { userId, sessionId } = actor;
    putToken(reply, this.tokens.sign({ userId, sessionId }).token);
  }
}

/** Hands `token` to the client, in a browser on another origin as well. */
export function putToken(reply: FastifyReply, token: string): void {
  const exposed = String(reply.getHeader(EXPOSE) ?? '');
  reply.header(SESSION_HEADER, token);
  // CORS may have named more headers by now.
  if (!exposed.toLowerCase().includes(SESSION_HEADER.toLowerCase()))
    reply.header(EXPOSE, exposed ? `${exposed}, ${SESSION_HEADER}` : SESSION_HEADER);
}
