import { Controller, Delete, Get, Param, Patch, Post, Put, Req, type Type } from '@nestjs/common';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { Answer } from '../operations/operation.js';
import { ReadEndpoints } from '../operations/read-endpoints.js';
import { WriteEndpoints } from '../operations/write-endpoints.js';
import type { ResourceDefinition } from '../resource/define-resource.js';
import { Registry, type Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import type { JsonApiRequest } from './jsonapi-request.js';

/** The routes of one resource type; what they do is written once, in {@link ReadEndpoints} and {@link WriteEndpoints}. */
export function resourceController({ type, path }: ResourceDefinition): Type {
  @Controller(`${BASE_PATH.slice(1)}/${path}`)
  class ResourceController {
    private readonly resource: Resource;

    constructor(
      private readonly reads: ReadEndpoints,
      private readonly writes: WriteEndpoints,
      registry: Registry,
    ) {
      this.resource = registry.get(type);
    }

    @Get() list(@Req() request: JsonApiRequest): Promise<Answer> {
      return this.reads.list(this.resource, request);
    }

    @Post() create(@Req() request: JsonApiRequest): Promise<Answer> {
      return this.writes.create(this.resource, request);
    }

    @Get(':id') read(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.reads.one(this.resource, request, id);
    }

    @Patch(':id') update(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.writes.update(this.resource, request, id);
    }

    /** `lenient.ts`: the apps that exist send PUT and mean PATCH. */
    @Put(':id') put(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      if (request.lenient) return this.writes.update(this.resource, request, id);
      throw usePatch('GET, HEAD, PATCH, DELETE');
    }

    @Delete(':id') remove(@Req() request: JsonApiRequest, @Param('id') id: string): Promise<Answer> {
      return this.writes.remove(this.resource, request, id);
    }

    @Get(':id/relationships/:name') readRelationship(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.reads.relationship(this.resource, request, id, name);
    }

    @Patch(':id/relationships/:name') replaceEnds(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.writes.changeRelationship(this.resource, request, id, name, 'replace');
    }

    @Put(':id/relationships/:name') putEnds(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      if (request.lenient) return this.writes.changeRelationship(this.resource, request, id, name, 'replace');
      throw usePatch('GET, HEAD, PATCH, POST, DELETE');
    }

    @Post(':id/relationships/:name') addEnds(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.writes.changeRelationship(this.resource, request, id, name, 'add');
    }

    @Delete(':id/relationships/:name') removeEnds(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.writes.changeRelationship(this.resource, request, id, name, 'remove');
    }

    @Get(':id/:name') readRelated(
      @Req() request: JsonApiRequest,
      @Param('id') id: string,
      @Param('name') name: string,
    ): Promise<Answer> {
      return this.reads.related(this.resource, request, id, name);
    }
  }
  Object.defineProperty(ResourceController, 'name', { value: `${type}_controller` });
  return ResourceController;
}

const usePatch = (allowed: string): JsonApiError =>
  new JsonApiError([{ code: 'method_not_allowed', detail: 'Use PATCH to change it.' }], { Allow: allowed });
