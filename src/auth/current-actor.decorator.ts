import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from './actor.js';

/** Who asks, or undefined on a public route. */
export function actorOf(request: object): Actor | undefined {
  return (request as { user?: Actor }).user;
}

/** A handler's parameter: the {@link Actor} of the request. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest<object>()),
);
