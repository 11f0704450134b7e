import { Module } from '@nestjs/common';
import { ENV, type Env } from '../config/index.js';
import { Database } from '../database/index.js';
import { AuthGuard } from './auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { Passwords } from './passwords.js';
import { SessionRefreshInterceptor } from './session-refresh.interceptor.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { loadSigningKeys } from './signing-keys.js';
import { TokenService } from './token.service.js';

/**
 * Who asks. Needs `ENV` and `Database` from a global module; `app.module.ts` puts the guard and the interceptor in
 * their order (`{ provide: APP_GUARD, useExisting: AuthGuard }`).
 */
@Module({
  controllers: [SessionsController],
  providers: [
    AuthGuard,
    JwtStrategy,
    SessionRefreshInterceptor,
    SessionsService,
    {
      provide: TokenService,
      inject: [ENV, Database],
      useFactory: async (env: Env, database: Database) =>
        new TokenService(await loadSigningKeys(env, database), env.sessionTtl),
    },
    { provide: Passwords, useFactory: () => Passwords.create() },
  ],
  exports: [AuthGuard, Passwords, SessionRefreshInterceptor, SessionsService, TokenService],
})
export class AuthModule {}
