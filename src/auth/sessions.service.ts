import { Inject, Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ENV, type Env } from '../config/index.js';
import { Database, type SqlRunner } from '../database/index.js';
import { JsonApiError } from '../jsonapi/index.js';
import type { Actor } from './actor.js';
import { sessionLife } from './load-actor.js';
import { KeyedDigest } from './keyed-digest.js';
import { loginNormalForm } from './login-email.js';
import { Passwords } from './passwords.js';
import { refusal } from './refusal.js';
import { SignInLimit } from './throttle/sign-in-limit.js';
import { isId, TokenService } from './token.service.js';

/** A session as its owner sees it. */
export interface SessionView {
  readonly id: string;
  readonly userId: string;
  readonly personId: string;
  readonly userAgent: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

/** A sign-in; `expiresAt` is that of the token. */
export interface SignedIn extends SessionView {
  readonly token: string;
}

interface SessionRow {
  id: string;
  user_agent: string | null;
  created_at: string;
  last_used_at: string;
  expires_at: string;
}

interface Login {
  id: string;
  person_id: string;
  password_hash: string | null;
  /** It was opened from this address lately. */
  at_home: boolean;
}

/** Where a sign-in comes from. */
export interface Origin {
  readonly address: string;
  readonly userAgent?: string | undefined;
}

const MAX_USER_AGENT = 500;
const AT_HOME_DAYS = 30;
const COLUMNS = sql`id, user_agent, created_at, last_used_at, expires_at`;
const LIVE = sql`revoked_at is null and expires_at > now()`;

/** Signing in, what one is signed in with, signing out. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenService,
    private readonly passwords: Passwords,
    private readonly limit: SignInLimit,
    private readonly digest: KeyedDigest,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Begins a session. Takes the same time whether the address or the password is wrong. Attempts are counted for where
   * they come from, and for the account that they name, whether it exists or not; but where somebody has signed in
   * lately, nobody elsewhere can use her attempts up.
   * @throws JsonApiError 401 `invalid_credentials`, 429
   */
  signIn(email: string, password: string, origin: Origin): Promise<SignedIn> {
    return this.limit.attempt(async (count) => {
      await count('address', origin.address);
      const normalForm = loginNormalForm(email);
      const from = this.digest.of(origin.address);
      const login = await this.findLogin(normalForm, from);
      await count('account', login?.at_home ? `${normalForm} at ${origin.address}` : normalForm);
      const matches = await this.passwords.matches(password, login?.password_hash ?? undefined);
      const row = login && matches ? await this.begin(login, from, origin.userAgent) : undefined;
      if (!login || !row) throw refusal('invalid_credentials');
      const owner = { userId: login.id, personId: login.person_id };
      const { token, expiresAt } = this.tokens.sign({ userId: login.id, sessionId: row.id });
      return { ...view(row, owner), token, expiresAt: expiresAt.toISOString() };
    });
  }

  /** The actor's live sessions, the latest used first; those of a client are its tokens, which it knows. */
  async list(actor: Actor): Promise<SessionView[]> {
    const rows = await this.database.query<SessionRow>(
      sql`select ${COLUMNS} from sessions where user_id = ${actor.userId} and ${LIVE} order by last_used_at desc, id desc`,
    );
    return rows.map((row) => view(row, ownerOf(actor)));
  }

  /** One live session of the actor's own. @param id or `current` @throws JsonApiError 404 */
  async find(actor: Actor, id: string): Promise<SessionView> {
    const [row] = await this.database.query<SessionRow>(
      sql`select ${COLUMNS} from sessions where id = ${ownId(actor, id)} and user_id = ${actor.userId} and ${LIVE}`,
    );
    if (!row) throw notFound();
    return view(row, ownerOf(actor));
  }

  /** Ends a session: its tokens are refused from now on, by every process. @param id or `current` @throws JsonApiError 404 */
  async revoke(actor: Actor, id: string, alongside?: (tx: SqlRunner) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const revoked = await tx.query(sql`
        update sessions set revoked_at = now()
        where id = ${ownId(actor, id)} and user_id = ${actor.userId} and ${LIVE} returning id`);
      if (revoked.length === 0) throw notFound();
      await alongside?.(tx);
    });
  }

  /** A user who is deactivated or without a live person cannot sign in. */
  private async findLogin(normalForm: string, from: string): Promise<Login | undefined> {
    if (normalForm.includes('\0')) return undefined; // no text of PostgreSQL holds it
    const [login] = await this.database.query<Login>(sql`
      select u.id, u.person_id, u.password_hash, exists (
        select from sessions s where s.user_id = u.id and s.address_digest = ${from}
          and s.created_at > now() - make_interval(days => ${AT_HOME_DAYS})) as at_home
      from users u join people p on p.id = u.person_id
      where u.normal_form = ${normalForm} and u.deactivated_at is null and p.deleted_at is null`);
    return login;
  }

  /** Nothing when the password was changed while it was compared. Sweeps out what ended a month ago. */
  private async begin(login: Login, from: string, userAgent?: string): Promise<SessionRow | undefined> {
    const [row] = await this.database.query<SessionRow>(sql`
      with signed_in as (
        update users set last_sign_in_at = now()
        where id = ${login.id} and password_hash = ${login.password_hash} and deactivated_at is null returning id
      ), swept as (
        delete from sessions where user_id = ${login.id} and expires_at < now() - interval '30 days'
      )
      insert into sessions (user_id, user_agent, address_digest, expires_at)
      select id, ${userAgent?.slice(0, MAX_USER_AGENT) ?? null}, ${from},
        now() + make_interval(secs => ${sessionLife(this.env.sessionTtl)})
      from signed_in returning ${COLUMNS}`);
    return row;
  }
}

/** Ends all sessions of a user but the one that asks, as a new password does; in the transaction that changes it. */
export async function revokeSessions(
  runner: SqlRunner,
  userId: string,
  exceptSessionId?: string,
): Promise<void> {
  await runner.query(sql`
    update sessions set revoked_at = now()
    where user_id = ${userId} and revoked_at is null and id is distinct from ${exceptSessionId ?? null}`);
}

function ownId(actor: Actor, id: string): string {
  if (id === 'current') return actor.sessionId;
  if (!isId(id)) throw notFound();
  return id;
}

function notFound(): JsonApiError {
  return JsonApiError.of('not_found', 'There is no such session of yours. GET /apis/v4/sessions lists them.');
}

type Owner = Pick<SessionView, 'userId' | 'personId'>;

function ownerOf({ userId, personId }: Actor): Owner {
  if (userId === null || personId === null) throw notFound();
  return { userId, personId };
}

function view(row: SessionRow, owner: Owner): SessionView {
  return {
    id: row.id,
    userId: owner.userId,
    personId: owner.personId,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}
