import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENV, type Env } from '../../config/index.js';
import { AnyMediaType, putPlain, type JsonApiRequest } from '../../jsonapi/http/index.js';
import { Public } from '../public.decorator.js';
import { callerAddress } from '../throttle/caller-address.js';
import { ClientTokens } from './client-tokens.service.js';
import { readClientCredentials } from './read-client-credentials.js';

/** Tokens for programs (RFC 6749, client credentials). */
@Public()
@AnyMediaType()
@Controller('oauth2')
export class OAuth2Controller {
  constructor(
    private readonly tokens: ClientTokens,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @example POST grant_type=client_credentials&client_id=kith-…&client_secret=… @throws JsonApiError 400, 401, 429 */
  @Post('token')
  @HttpCode(200)
  async token(
    @Req() request: JsonApiRequest & Pick<FastifyRequest, 'ip'>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const credentials = readClientCredentials(request.headers, request.body);
    const { token } = await this.tokens.issue(credentials, callerAddress(request.ip));
    const answer = { access_token: token, token_type: 'Bearer', expires_in: this.env.requestTokenTtl };
    return putPlain(reply, 200, answer, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  }
}
