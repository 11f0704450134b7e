import { Controller, Delete, Get, Header, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENV, type Env } from '../config/index.js';
import { MEDIA_TYPE } from '../jsonapi/index.js';
import { Idempotency, readJson, type JsonApiRequest } from '../jsonapi/http/index.js';
import type { Answer } from '../jsonapi/operations/index.js';
import type { Actor } from './actor.js';
import { CurrentActor } from './current-actor.decorator.js';
import { Public } from './public.decorator.js';
import { checkParameters } from './read-request.js';
import { readTexts } from './read-texts.js';
import { sessionDocument, type SessionDocument } from './session-document.js';
import { putToken } from './session-refresh.interceptor.js';
import { SessionsService, type SessionView } from './sessions.service.js';
import { callerAddress } from './throttle/caller-address.js';

const CREDENTIALS = { type: 'session', names: ['email', 'password'] } as const;

/** Sign in, see where one is signed in, sign out. */
@Controller('apis/v4/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly idempotency: Idempotency,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * @example POST {"data": {"type": "session", "attributes": {"email": "ada@example.org", "password": "…"}}}
   * @throws JsonApiError 401 `invalid_credentials`; 429; 400, 403, 409, 422 about the body
   */
  @Public()
  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async signIn(
    @Req() request: JsonApiRequest & Pick<FastifyRequest, 'ip'>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    checkParameters(request);
    const { email, password } = readTexts(readJson(request.body), CREDENTIALS, request.lenient);
    const origin = { address: callerAddress(request.ip), userAgent: request.headers['user-agent'] };
    const session = await this.sessions.signIn(email, password, origin);
    const document = this.documentOf(session);
    putToken(reply, session.token);
    reply.header('Location', document.links.self);
    return bytes(reply, document);
  }

  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Req() request: JsonApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    checkParameters(request);
    return bytes(reply, this.documentOf(await this.sessions.list(actor)));
  }

  @Get(':id')
  async show(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: JsonApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    checkParameters(request);
    return bytes(reply, this.documentOf(await this.sessions.find(actor, id)));
  }

  @Delete(':id')
  revoke(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: JsonApiRequest,
  ): Promise<Answer> {
    return this.idempotency.run<Answer>(request, async (claim) => {
      checkParameters(request);
      const answer = { status: 204 };
      await this.sessions.revoke(actor, id, (tx) => claim.store(tx, answer));
      return answer;
    });
  }

  private documentOf(sessions: SessionView | readonly SessionView[]): SessionDocument {
    return sessionDocument(sessions, this.env.publicUrl);
  }
}

/** A text would leave with a charset, which JSON:API forbids. */
function bytes(reply: FastifyReply, document: SessionDocument): Buffer {
  reply.header('Content-Type', MEDIA_TYPE);
  return Buffer.from(JSON.stringify(document));
}
