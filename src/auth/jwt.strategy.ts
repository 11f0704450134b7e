import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import jwt from 'jsonwebtoken';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { ENV, type Env } from '../config/index.js';
import { Database } from '../database/index.js';
import type { Actor } from './actor.js';
import { loadActor } from './load-actor.js';
import { ReachSizes } from './reach-sizes.js';
import { readToken, type TokenCarrier } from './read-token.js';
import { isPlainHeader, readClaims, TokenService } from './token.service.js';

/** From the token of a request to its {@link Actor}: signature, algorithm and `exp` by passport-jwt, the rest here. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /** Passport keeps strategies by name for the whole process, where two apps may live: each has its own keys. */
  readonly strategyName = `jwt-${randomUUID()}`;

  private readonly sizes = new ReachSizes();

  constructor(
    tokens: TokenService,
    private readonly database: Database,
    @Inject(ENV) private readonly env: Env,
  ) {
    super({
      jwtFromRequest: (request: TokenCarrier) => readToken(request),
      algorithms: ['HS256'],
      // The typings know no KeyObject; jsonwebtoken wants one, or tries to read an RSA key from the secret each time.
      secretOrKeyProvider: (_request: unknown, token: string, done) =>
        isPlainHeader(token)
          ? done(null, tokens.keyFor(token) as unknown as Buffer)
          : done(new jwt.JsonWebTokenError('The header is not one of ours')),
    });
    passport.use(this.strategyName, this);
  }

  /** Called with the claims of a verified token. */
  async validate(claims: unknown): Promise<Actor | null> {
    const subject = readClaims(claims);
    return subject && loadActor(this.database, subject, this.env.sessionTtl, this.sizes);
  }
}
