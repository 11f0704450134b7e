import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Global,
  Injectable,
  Module,
  NotFoundException,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import {
  AuthGuard,
  AuthModule,
  callerKey,
  reachText,
  stillReaches,
  CurrentActor,
  Public,
  SessionRefreshInterceptor,
  type Actor,
} from '../../src/auth/index.js';
import { ENV, type Env } from '../../src/config/index.js';
import { Database } from '../../src/database/index.js';
import { PlainSpeech } from '../../src/jsonapi/http/plain-routes.js';
import { JsonApiError } from '../../src/jsonapi/index.js';
import { AnswerAdapter, Idempotency, NegotiateGuard } from '../../src/jsonapi/http/index.js';

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException();
  }
}

@Controller()
class SmallController {
  @Get('me') me(@CurrentActor() actor: Actor): string {
    return String(actor.userId);
  }
  @Public() @Get('open') open(@CurrentActor() actor: Actor | undefined): string {
    return actor ? 'known' : 'unknown';
  }
  @Get('broken') broken(): never {
    throw new Error('broken');
  }
  @UseGuards(NobodyGuard) @Get('closed') closed(): void {}
  @Get('*') rest(): never {
    throw new NotFoundException();
  }
}

@Catch()
class SmallFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof JsonApiError)
      void reply.status(error.status).headers(error.headers).send({ errors: error.problems });
    else void reply.status((error as { status?: number }).status ?? 500).send({ errors: [] });
  }
}

/** The room alone, with a few routes: what the guard and the interceptor promise, whoever uses them. */
export async function bootSmallApp(env: Env, database: Database): Promise<NestFastifyApplication> {
  @Global()
  @Module({
    providers: [
      { provide: ENV, useValue: env },
      { provide: Database, useValue: database },
      { provide: PlainSpeech, useValue: new PlainSpeech([]) },
      {
        provide: Idempotency,
        useValue: new Idempotency(
          database,
          (actor) => callerKey(actor as Actor),
          {
            of: (actor) => reachText(actor as Actor),
            covers: (actor, kept) => stillReaches(actor as Actor, kept),
          },
          (text) => text,
        ),
      },
    ],
    exports: [ENV, Database, Idempotency, PlainSpeech],
  })
  class GroundModule {}

  @Module({
    imports: [GroundModule, AuthModule],
    controllers: [SmallController],
    providers: [
      { provide: APP_GUARD, useClass: NegotiateGuard },
      { provide: APP_GUARD, useExisting: AuthGuard },
      { provide: APP_INTERCEPTOR, useExisting: SessionRefreshInterceptor },
    ],
  })
  class SmallAppModule {}

  const app = await NestFactory.create<NestFastifyApplication>(SmallAppModule, new AnswerAdapter(), {
    logger: false,
  });
  app.enableCors({ origin: 'https://app.example', exposedHeaders: ['ETag'] });
  app.useGlobalFilters(new SmallFilter());
  for (const type of ['application/vnd.api+json', 'application/json'])
    app.useBodyParser(type, {}, (_request, body, done) => done(null, body));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
