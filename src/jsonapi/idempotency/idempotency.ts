import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { Database } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import {
  CALLER_KEY,
  CALLER_REACH,
  KEYED_DIGEST,
  type CallerKey,
  type CallerReach,
  type KeyedDigest,
} from '../operations/caller-key.js';
import {
  HeldClaim,
  inUse,
  LEASE,
  NO_CLAIM,
  type Claim,
  type Holder,
  type Repeatable,
  type Stored,
} from './claim.js';
import { fingerprintOf, keyOfRequest } from './key-of-request.js';

const KEPT = raw(`interval '24 hours'`);
/** Refusals that the same request need not meet again. */
const PASSING = new Set([401, 408, 429]);

interface KeyRow {
  readonly claimed: boolean;
  readonly fingerprint: string | null;
  readonly answer: string | null;
  /** What the caller might when she asked; null: not kept. */
  readonly reach: string | null;
}

/** Does a write that comes with an `Idempotency-Key` once, however often it is asked, and answers each time the same. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    @Inject(CALLER_KEY) private readonly callerKey: CallerKey,
    @Inject(CALLER_REACH) private readonly reach: CallerReach,
    @Inject(KEYED_DIGEST) private readonly digest: KeyedDigest,
  ) {}

  /**
   * Runs `work`, or gives its earlier answer. The claim on the key is committed before; `work` stores its answer in the
   * transaction in which it is done. Never called inside a transaction: it would wait for a second connection.
   * @throws JsonApiError 400 for what is no key, 409 while a twin runs or when the caller has lost rights since the answer,
   *   422 for a key that meant another request, and whatever `work` throws, now or the first time
   */
  async run<A extends Repeatable>(
    request: JsonApiRequest,
    work: (claim: Claim<A>) => Promise<A>,
  ): Promise<A> {
    const key = keyOfRequest(request);
    if (key === undefined) return work(NO_CLAIM);
    const holder = { caller: this.callerKey(request.user), key, holder: randomUUID() };
    // Of a body that is short but for a password, a plain digest would let it be guessed from the table.
    const stored = await this.claim<A>(holder, this.digest(fingerprintOf(request)), request.user);
    if (stored) return replay(stored);
    const claim = new HeldClaim<A>(holder);
    try {
      return await work(claim);
    } catch (error) {
      await this.settle(claim, error);
      throw error;
    }
  }

  /** What was answered under the key; undefined: it is ours now. */
  private async claim<A extends Repeatable>(
    holder: Holder,
    fingerprint: string,
    actor: unknown,
  ): Promise<Stored<A> | undefined> {
    const row = await this.claimRow(holder, fingerprint, this.reach.of(actor));
    if (row.claimed) return undefined;
    if (row.fingerprint !== fingerprint)
      throw JsonApiError.of(
        'idempotency_key_reused',
        'This key was sent with another method, address or body; make a new key for each request.',
        { header: 'Idempotency-Key' },
      );
    if (row.answer === null) throw inUse();
    const stored = JSON.parse(row.answer) as Stored<A>;
    const shows = 'problems' in stored || stored.answer.status !== 204;
    if (shows && row.reach !== null && !this.reach.covers(actor, row.reach)) throw withheld();
    return stored;
  }

  /**
   * One statement: takes the key when it is free, kept too long, or left by a request that died, and else tells what
   * stands there. Each request takes two rows away that were kept too long, so that they never pile up.
   */
  private async claimRow(holding: Holder, fingerprint: string, reach: string): Promise<KeyRow> {
    const { caller, key, holder } = holding;
    const [row] = await this.database.query<KeyRow>(sql`
      with swept as (
        delete from idempotency_keys where (caller, key) in (
          select caller, key from idempotency_keys
          where created_at < now() - ${KEPT} and (caller, key) <> (${caller}, ${key})
          order by created_at limit 2 for update skip locked)
      ), claimed as (
        insert into idempotency_keys as k (caller, key, fingerprint, holder, leased_until, reach)
        values (${caller}, ${key}, ${fingerprint}, ${holder}::uuid, now() + ${LEASE}, ${reach})
        on conflict on constraint idempotency_keys_pkey do update
          set fingerprint = excluded.fingerprint, holder = excluded.holder, leased_until = excluded.leased_until,
            answer = null, created_at = now(), reach = excluded.reach
          where k.created_at < now() - ${KEPT}
            or (k.answer is null and k.leased_until < now() and k.fingerprint = excluded.fingerprint)
        returning true as claimed
      )
      select claimed, null as fingerprint, null as answer, null as reach from claimed
      union all
      select false, fingerprint, answer, reach from idempotency_keys
      where caller = ${caller} and key = ${key} and not exists (select from claimed)`);
    // A twin committed while this statement ran: a later one sees it.
    return row ?? this.claimRow(holding, fingerprint, reach);
  }

  /** What fails in the same way each time is kept as the answer; after anything else the key is free. */
  private async settle(claim: HeldClaim<Repeatable>, error: unknown): Promise<void> {
    const kept = error instanceof JsonApiError && error.status < 500 && !PASSING.has(error.status);
    const settled = kept ? claim.store(this.database, error) : claim.release(this.database);
    // The key was taken over, or answered in the transaction of the work, or the database is away: the lease ends.
    await settled.catch(() => undefined);
  }
}

/** Her own answer, but of what she might see then. */
const withheld = (): JsonApiError =>
  JsonApiError.of(
    'idempotency_answer_withheld',
    'This request has been answered, and you have lost rights since; read what has become of it instead.',
    { header: 'Idempotency-Key' },
  );

function replay<A extends Repeatable>(stored: Stored<A>): A {
  const headers = { 'Idempotency-Replayed': 'true' };
  if ('problems' in stored) throw new JsonApiError(stored.problems, { ...stored.headers, ...headers });
  return { ...stored.answer, headers: { ...stored.answer.headers, ...headers } };
}
