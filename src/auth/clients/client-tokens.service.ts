import { Inject, Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ENV, type Env } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { JsonApiError } from '../../jsonapi/index.js';
import { KeyedDigest } from '../keyed-digest.js';
import { SignInLimit } from '../throttle/sign-in-limit.js';
import { isClientName, TokenService, type SignedToken } from '../token.service.js';
import { isSecret } from './client-secret.js';

/** What a client shows for a token (RFC 6749, 4.4). */
export interface ClientCredentials {
  readonly clientName: string;
  readonly secret: string;
}

interface ClientRow {
  readonly id: string;
  readonly secret_hash: string;
  /** It got a token from this address lately. */
  readonly at_home: boolean;
}

/** Tokens for API clients: each is a session of its own that can be revoked, and is not renewed. */
@Injectable()
export class ClientTokens {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenService,
    private readonly limit: SignInLimit,
    private readonly digest: KeyedDigest,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** Attempts are counted as those to sign in are. @param address of the caller @throws JsonApiError 401 `invalid_client`, 429 */
  issue({ clientName, secret }: ClientCredentials, address: string): Promise<SignedToken> {
    return this.limit.attempt(async (count) => {
      await count('address', address);
      const from = this.digest.of(address);
      const client = isClientName(clientName) ? await this.find(clientName, from) : undefined;
      await count('account', `client ${client?.at_home ? `${clientName} at ${address}` : clientName}`);
      if (!isSecret(secret, client?.secret_hash) || !client) throw unknownClient();
      const sessionId = await this.begin(client.id, from);
      return this.tokens.signForClient({ clientName, sessionId }, this.env.requestTokenTtl);
    });
  }

  private async find(clientName: string, from: string): Promise<ClientRow | undefined> {
    const [row] = await this.database.query<ClientRow>(sql`
      select c.id, c.secret_hash, exists (
        select from sessions s where s.api_client_id = c.id and s.address_digest = ${from}) as at_home
      from api_clients c where c.client_id = ${clientName} and c.revoked_at is null`);
    return row;
  }

  /** Sweeps out what ended a day ago. */
  private async begin(clientId: string, from: string): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(sql`
      with used as (
        update api_clients set last_used_at = now() where id = ${clientId} and revoked_at is null returning id
      ), swept as (
        delete from sessions where api_client_id = ${clientId} and expires_at < now() - interval '1 day'
      )
      insert into sessions (api_client_id, address_digest, expires_at)
      select id, ${from}, now() + make_interval(secs => ${this.env.requestTokenTtl}) from used returning id`);
    if (!row) throw unknownClient();
    return row.id;
  }
}

const unknownClient = (): JsonApiError =>
  new JsonApiError(
    [{ code: 'invalid_client', detail: 'The client or its secret is wrong, or it was revoked.' }],
    { 'WWW-Authenticate': 'Basic realm="Kith"' },
  );
