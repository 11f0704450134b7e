import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/index.js';
import { AnyMediaType, OWN_PROFILE_PATH } from '../jsonapi/http/index.js';
import type { OpenApiDocument } from '../jsonapi/openapi/index.js';
import { DESCRIPTION, PROFILE } from './descriptions.js';
import { BUNDLE, CONTENT_SECURITY_POLICY, PAGE, START, STYLE } from './page.js';
import { fileOf, putFile, type PublicFile } from './public-file.js';

/** `/openapi.json`, the page that reads it, and the profile; public, and the same for everybody. */
@Controller()
@Public()
@AnyMediaType()
export class DocsController {
  private readonly description: PublicFile;
  private readonly profile: PublicFile;

  constructor(@Inject(DESCRIPTION) document: OpenApiDocument, @Inject(PROFILE) profile: string) {
    this.description = fileOf('application/json', JSON.stringify(document));
    this.profile = fileOf('text/plain; charset=utf-8', profile);
  }

  @Get('openapi.json')
  openapi(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | undefined {
    return putFile(request, reply, this.description);
  }

  @Get(OWN_PROFILE_PATH)
  filters(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | undefined {
    return putFile(request, reply, this.profile);
  }

  @Get('docs')
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    return putFile(request, reply, PAGE);
  }

  @Get('docs/start.js')
  start(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    return putFile(request, reply, START);
  }

  @Get('docs/swagger-ui-bundle.js')
  bundle(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | undefined {
    return putFile(request, reply, BUNDLE());
  }

  @Get('docs/swagger-ui.css')
  style(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer | undefined {
    return putFile(request, reply, STYLE());
  }
}
