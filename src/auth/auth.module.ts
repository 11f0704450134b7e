import { Module } from '@nestjs/common';
import { ENV, type Env } from '../config/index.js';
import { Database } from '../database/index.js';
import { AuthGuard } from './auth.guard.js';
import { ClientTokens } from './clients/client-tokens.service.js';
import { OAuth2Controller } from './clients/oauth2.controller.js';
import { PasswordLinksController } from './links/password-links.controller.js';
import { PasswordLinks } from './links/password-links.service.js';
import { FileSender } from './outbox/file.sender.js';
import { MailSender } from './outbox/mail.js';
import { Outbox } from './outbox/outbox.js';
import { SmtpSender } from './outbox/smtp.sender.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KeyedDigest } from './keyed-digest.js';
import { Passwords } from './passwords.js';
import { SessionRefreshInterceptor } from './session-refresh.interceptor.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { loadSigningKeys, SIGNING_KEYS, type SigningKeys } from './signing-keys.js';
import { RateLimitGuard } from './throttle/rate-limit.guard.js';
import { RateLimitStore } from './throttle/rate-limit-store.js';
import { RequestLimit } from './throttle/request-limit.js';
import { SignInLimit } from './throttle/sign-in-limit.js';
import { TokenService } from './token.service.js';

/**
 * Who asks. Needs `ENV` and `Database` from a global module; `app.module.ts` puts the guards and the interceptor in
 * their order (`{ provide: APP_GUARD, useExisting: AuthGuard }`).
 */
@Module({
  controllers: [SessionsController, PasswordLinksController, OAuth2Controller],
  providers: [
    AuthGuard,
    ClientTokens,
    JwtStrategy,
    Outbox,
    PasswordLinks,
    RateLimitGuard,
    RateLimitStore,
    RequestLimit,
    SessionRefreshInterceptor,
    SessionsService,
    SignInLimit,
    {
      provide: MailSender,
      inject: [ENV],
      useFactory: ({ smtpUrl, dataDir, mailFrom }: Env) =>
        smtpUrl ? new SmtpSender(smtpUrl, mailFrom) : new FileSender(dataDir, mailFrom),
    },
    { provide: SIGNING_KEYS, inject: [ENV, Database], useFactory: loadSigningKeys },
    {
      provide: TokenService,
      inject: [SIGNING_KEYS, ENV],
      useFactory: (keys: SigningKeys, env: Env) => new TokenService(keys, env.sessionTtl),
    },
    {
      provide: KeyedDigest,
      inject: [SIGNING_KEYS],
      useFactory: ([first]: SigningKeys) => new KeyedDigest(first),
    },
    { provide: Passwords, useFactory: () => Passwords.create() },
  ],
  exports: [
    AuthGuard,
    KeyedDigest,
    Outbox,
    Passwords,
    RateLimitGuard,
    SessionRefreshInterceptor,
    SessionsService,
    SignInLimit,
    TokenService,
  ],
})
export class AuthModule {}
