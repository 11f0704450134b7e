import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerKey } from '../actor.js';
import { actorOf } from '../current-actor.decorator.js';
import { callerAddress } from './caller-address.js';
import { RequestLimit } from './request-limit.js';

/** Counts a request for who sends it: the user, or the address of somebody unknown. @throws JsonApiError 429 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limit: RequestLimit) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const actor = actorOf(request);
    await this.limit.count(actor ? callerKey(actor) : `address ${callerAddress(request.ip)}`);
    return true;
  }
}
