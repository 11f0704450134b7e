import { Controller, Delete, Get, Patch, Post, Put, Req } from '@nestjs/common';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from './jsonapi-request.js';
import { RouteTable } from './route-table.js';

/**
 * Catches what no route took, so that it passes the guards like everything else; then 405 or 404. Method by method:
 * OPTIONS of every address belongs to CORS.
 */
@Controller()
export class UnknownRouteController {
  constructor(private readonly routes: RouteTable) {}

  @Get('*') get(@Req() request: JsonApiRequest): never {
    return this.refuse(request);
  }
  @Post('*') post(@Req() request: JsonApiRequest): never {
    return this.refuse(request);
  }
  @Patch('*') patch(@Req() request: JsonApiRequest): never {
    return this.refuse(request);
  }
  @Put('*') put(@Req() request: JsonApiRequest): never {
    return this.refuse(request);
  }
  @Delete('*') delete(@Req() request: JsonApiRequest): never {
    return this.refuse(request);
  }

  private refuse({ originalUrl, method }: JsonApiRequest): never {
    const path = originalUrl.split('?')[0] as string;
    const allowed = this.routes.methodsOf(path);
    // The router has its own reasons not to take a path, such as a slash at the end.
    if (allowed.length === 0 || allowed.includes(method))
      throw JsonApiError.of('not_found', 'There is nothing at this address.');
    const detail = `${method} is not possible here; possible: ${allowed.join(', ')}.`;
    throw new JsonApiError([{ code: 'method_not_allowed', detail }], { Allow: allowed.join(', ') });
  }
}
