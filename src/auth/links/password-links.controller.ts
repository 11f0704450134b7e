import { Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JsonApiError, MEDIA_TYPE } from '../../jsonapi/index.js';
import { readJson, type JsonApiRequest } from '../../jsonapi/http/index.js';
import { Public } from '../public.decorator.js';
import { checkParameters } from '../read-request.js';
import { readTexts, textPointer } from '../read-texts.js';
import { callerAddress } from '../throttle/caller-address.js';
import { PASSWORD_LENGTH } from '../users/user.dto.js';
import { PasswordLinks } from './password-links.service.js';

const ASKED = { type: 'password_reset', names: ['email'] } as const;
const CHOSEN = { type: 'password', names: ['token', 'password'] } as const;

type PublicRequest = JsonApiRequest & Pick<FastifyRequest, 'ip'>;

/** What is said to everybody, whether there is such a login or not. */
export const ON_ITS_WAY = {
  jsonapi: { version: '1.1' },
  meta: { detail: 'If a login has this address, a mail with a link to choose a new password is on its way.' },
} as const;

/** A forgotten password, and an invitation taken: by the token of a one-time link. */
@Public()
@Controller('apis/v4')
export class PasswordLinksController {
  constructor(private readonly links: PasswordLinks) {}

  /** @example POST {"data": {"type": "password_reset", "attributes": {"email": "ada@example.org"}}} */
  @Post('password_resets')
  @HttpCode(202)
  @Header('Cache-Control', 'no-store')
  async ask(@Req() request: PublicRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    checkParameters(request);
    const { email } = readTexts(readJson(request.body), ASKED, request.lenient);
    await this.links.ask(email, callerAddress(request.ip));
    reply.header('Content-Type', MEDIA_TYPE);
    return Buffer.from(JSON.stringify(ON_ITS_WAY));
  }

  /**
   * @example POST {"data": {"type": "password", "attributes": {"token": "…", "password": "…"}}}
   * @throws JsonApiError 422 `invalid_link`, `invalid_attribute`; 429
   */
  @Post('passwords')
  @HttpCode(204)
  async choose(@Req() request: PublicRequest): Promise<void> {
    checkParameters(request);
    const document = readJson(request.body);
    const { token, password } = readTexts(document, CHOSEN, request.lenient);
    const { min, max } = PASSWORD_LENGTH;
    if (password.length < min)
      throw JsonApiError.of('invalid_attribute', `The password must have ${min} to ${max} characters.`, {
        pointer: textPointer(document, 'password'),
      });
    if (await this.links.redeem(token, password, callerAddress(request.ip))) return;
    throw JsonApiError.of('invalid_link', 'The link was used, has ended or never was; ask for another one.', {
      pointer: textPointer(document, 'token'),
    });
  }
}
