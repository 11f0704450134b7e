import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import jwt from 'jsonwebtoken';
import type { JsonApiError } from '../jsonapi/index.js';
import { JwtStrategy } from './jwt.strategy.js';
import { IS_PUBLIC } from './public.decorator.js';
import { refusal } from './refusal.js';
import { callerAddress } from './throttle/caller-address.js';
import { RequestLimit } from './throttle/request-limit.js';

/**
 * Lets a request pass when its token names somebody, who is then `request.user`; on routes that are `@Public()` asks
 * nothing. @throws JsonApiError 401 `missing_authorization`, `expired_token` or `invalid_authorization`; 429
 */
@Injectable()
export class AuthGuard extends PassportGuard() {
  private readonly publicRoutes = new WeakMap<object, boolean>();

  constructor(
    strategy: JwtStrategy,
    private readonly reflector: Reflector,
    private readonly limit: RequestLimit,
  ) {
    super({ defaultStrategy: strategy.strategyName });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    return this.isPublic(context) || this.identify(context);
  }

  /** What stands at a handler never changes, and takes a while to look up. */
  private isPublic(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.publicRoutes.get(handler);
    if (known !== undefined) return known;
    const places = [handler, context.getClass()];
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, places) ?? false;
    this.publicRoutes.set(handler, isPublic);
    return isPublic;
  }

  /** Who is refused has no name: the refusal counts for the address. */
  private async identify(context: ExecutionContext): Promise<boolean> {
    try {
      return (await super.canActivate(context)) as boolean;
    } catch (reason) {
      await this.limit.count(
        `address ${callerAddress(context.switchToHttp().getRequest<FastifyRequest>().ip)}`,
      );
      throw reason;
    }
  }

  /** @param error what went wrong with us @param actor false when the token is not accepted @param reason why not */
  override handleRequest<A>(error: unknown, actor: A | false | null, reason: unknown): A {
    if (error) throw error;
    if (actor) return actor;
    throw refusalFor(reason);
  }
}

function refusalFor(reason: unknown): JsonApiError {
  if (reason instanceof jwt.TokenExpiredError) return refusal('expired_token');
  // What passport-jwt says when there was nothing to verify; every other failure is an error of jsonwebtoken, or none.
  const missing = reason instanceof Error && reason.message === 'No auth token';
  return refusal(missing ? 'missing_authorization' : 'invalid_authorization');
}
