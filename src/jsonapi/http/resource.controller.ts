import {
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Req,
  UseInterceptors,
  type Type,
} from '@nestjs/common';
import { JsonApiError } from '../errors/jsonapi-error.js';
import { Endpoints } from '../operations/endpoints.js';
import type { Answer } from '../operations/operation.js';
import type { ResourceDefinition } from '../resource/define-resource.js';
import { Registry, type Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import { AnswerInterceptor } from './answer.interceptor.js';
import type { JsonApiRequest } from './jsonapi-request.js';

/** The routes of one resource type; what they do is written once, in {@link Endpoints}. */
export function resourceController({ type, path }: ResourceDefinition): Type {
  @Controller(`${BASE_PATH.slice(1)}/${path}`)
  @UseInterceptors(AnswerInterceptor)
  class ResourceController {
    private readonly resource: Resource;

    constructor(
      private readonly endpoints: Endpoints,
      registry: Registry,
    ) {
      this.resource = registry.get(type);
    }

    @Get() list(@Req() request: JsonApiRequest): Promise<Answer> {
      return this.endpoints.list(this.resource, request);
    }

    @Post() create(@Req() request: JsonApiRequest): Promise<Answer> {
      return this.endpoints.create(this.resource, request);
    }

    @Get(':id') read(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.endpoints.read(this.resource, request, id);
    }

    @Patch(':id') update(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.endpoints.update(this.resource, request, id);
    }

    /** `lenient.ts`: the apps that exist send PUT and mean PATCH. */
    @Put(':id') put(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      if (request.lenient) return this.endpoints.update(this.resource, request, id);
      throw new JsonApiError([{ code: 'method_not_allowed', detail: 'Use PATCH to change it.' }], {
        Allow: 'GET, HEAD, PATCH, DELETE',
      });
    }

    @Delete(':id') remove(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.endpoints.remove(this.resource, request, id);
    }

    @Get(':id/relationships/:name') readRelationship(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.endpoints.readRelationship(this.resource, request, id, name);
    }

    @Get(':id/:name') readRelated(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.endpoints.readRelated(this.resource, request, id, name);
    }
  }
  Object.defineProperty(ResourceController, 'name', { value: `${type}_controller` });
  return ResourceController;
}
