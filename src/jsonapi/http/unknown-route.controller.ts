import { Controller, Delete, Get, Patch, Post, Put, Req } from '@nestjs/common';
import type { JsonApiRequest } from './jsonapi-request.js';
import { RouteTable } from './route-table.js';

/**
 * Catches what no route took, so that it passes the guards like everything else; then 405 or 404. Method by method:
 * OPTIONS of every address belongs to CORS. Methods that no address has, such as TRACE, are refused by the error filter.
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

  private refuse(request: JsonApiRequest): never {
    throw this.routes.refusalOf(request);
  }
}
