import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { JsonApiError, type ErrorCode } from '../../jsonapi/index.js';
import { MinuteCounts, untilNextMinute } from './minute-counts.js';
import { RateLimitStore } from './rate-limit-store.js';
import { tooManyRequests } from './too-many-requests.js';
import { Turns } from './turns.js';

/** An attempt that fails counts ten times as much as one that succeeds: many people may sign in from one office. */
const FAILURE = 10;
const SUCCESS = 1;
/** As many as libuv has threads to compare passwords; more would only wait for them, and hold counts meanwhile. */
const AT_A_TIME = 4;
const TOO_MANY = 'There were too many attempts';

/** Counts an attempt at a secret under a name. @throws JsonApiError 429 */
export type Count = (kind: 'address' | 'account', name: string) => Promise<void>;

/**
 * How often a minute a secret may be tried: exactly so many times, by all processes together. What is counted says the
 * one who asks; an attempt is counted before it is looked at, so that a thousand at once get no further than one by one.
 */
@Injectable()
export class SignInLimit {
  private readonly limit: number;
  private readonly failuresHere = new MinuteCounts();
  private readonly turns: Turns;

  constructor(
    private readonly store: RateLimitStore,
    @Inject(ENV) { rateLimitSignInPerMinute }: Env,
  ) {
    this.limit = rateLimitSignInPerMinute * FAILURE;
    // Those under way may succeed: they must not fill the counters by themselves.
    const fewer = Math.ceil(rateLimitSignInPerMinute / 2);
    this.turns = new Turns(this.limit > 0 ? Math.min(AT_A_TIME, fewer) : AT_A_TIME);
  }

  /** @param work throws when the attempt fails @param succeeded what else tells that it has not */
  attempt<T>(work: (count: Count) => Promise<T>, succeeded: (result: T) => boolean = () => true): Promise<T> {
    return this.turns.take(async () => {
      const counters: string[] = [];
      const result = await work(async (kind, name) => {
        const counter = `sign-in ${kind} ${name}`;
        await this.spend(counter);
        counters.push(counter);
      });
      if (this.limit > 0 && succeeded(result)) await this.store.giveBack(counters, FAILURE - SUCCESS);
      return result;
    });
  }

  /**
   * An attempt inside a transaction, which takes back what it counted when it is refused: failures are counted in the
   * memory of this process alone. @param code of the refusals that count, if not all do @throws JsonApiError 429
   */
  async attemptHere<T>(name: string, work: () => Promise<T>, code?: ErrorCode): Promise<T> {
    this.requireFree(name, 1);
    try {
      return await work();
    } catch (error) {
      const isFailure =
        error instanceof JsonApiError && (!code || error.problems.some((problem) => problem.code === code));
      if (isFailure) this.failuresHere.add(name);
      throw error;
    }
  }

  /**
   * Counts what is not given back, also when the transaction around it is undone, in the memory of this process.
   * @param factor how many times the limit there may be @throws JsonApiError 429
   */
  spendHere(name: string, factor = 1): void {
    this.requireFree(name, factor);
    this.failuresHere.add(name);
  }

  private requireFree(name: string, factor: number): void {
    if (this.limit > 0 && this.failuresHere.of(name) >= (factor * this.limit) / FAILURE)
      throw tooManyRequests(TOO_MANY, untilNextMinute());
  }

  /** Counts what is not given back. @throws JsonApiError 429 */
  async spend(counter: string): Promise<void> {
    if (this.limit === 0) return;
    const milliseconds = await this.store.take(counter, FAILURE, this.limit);
    if (milliseconds > 0) throw tooManyRequests(TOO_MANY, milliseconds);
  }
}
