import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import jwt from 'jsonwebtoken';
import type { JsonApiError } from '../jsonapi/index.js';
import { JwtStrategy } from './jwt.strategy.js';
import { IS_PUBLIC } from './public.decorator.js';
import { refusal } from './refusal.js';

/**
 * Lets a request pass when its token names somebody, who is then `request.user`; on routes that are `@Public()` asks
 * nothing. @throws JsonApiError 401 `missing_authorization`, `expired_token` or `invalid_authorization`
 */
@Injectable()
export class AuthGuard extends PassportGuard() {
  constructor(
    strategy: JwtStrategy,
    private readonly reflector: Reflector,
  ) {
    super({ defaultStrategy: strategy.strategyName });
  }

  override canActivate(context: ExecutionContext) {
    const isPublic = this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    return isPublic || super.canActivate(context);
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
