import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { untilNextMinute } from './minute-counts.js';
import { RateLimitStore } from './rate-limit-store.js';
import { tooManyRequests } from './too-many-requests.js';

const MINUTE_MS = 60_000;
/** A process tells the others of each twentieth of the limit that it has let through. */
const PARTS = 20;

interface Used {
  /** By all processes, as far as they have told. */
  told: number;
  /** By this process since it told last. */
  untold: number;
}

/**
 * How many requests a caller may send in a minute of the clock. They are counted in memory and written down in blocks: one
 * write for each twentieth of the limit, none for who sends less. With one process the limit is exact; each further
 * one may let through a twentieth more.
 */
@Injectable()
export class RequestLimit {
  private readonly limit: number;
  private readonly block: number;
  private minute = 0;
  private used = new Map<string, Used>();

  constructor(
    private readonly store: RateLimitStore,
    @Inject(ENV) { rateLimitPerMinute }: Env,
  ) {
    this.limit = rateLimitPerMinute;
    this.block = Math.max(1, Math.floor(rateLimitPerMinute / PARTS));
  }

  /** @throws JsonApiError 429 */
  async count(caller: string, now = Date.now()): Promise<void> {
    if (this.limit === 0) return;
    const used = this.usedBy(caller, Math.floor(now / MINUTE_MS));
    if (used.told + used.untold < this.limit) {
      used.untold += 1;
      if (used.untold >= this.block) await this.tell(caller, used);
      if (used.told + used.untold <= this.limit) return;
    }
    throw tooManyRequests(`More than ${this.limit} requests a minute`, untilNextMinute(now));
  }

  private usedBy(caller: string, minute: number): Used {
    if (minute !== this.minute) {
      this.minute = minute;
      this.used = new Map();
    }
    const used = this.used.get(caller) ?? { told: 0, untold: 0 };
    this.used.set(caller, used);
    return used;
  }

  /** A database that is away stops no request here: those that need it find out by themselves. */
  private async tell(caller: string, used: Used): Promise<void> {
    const points = used.untold;
    used.untold = 0;
    used.told += points;
    const all = await this.store.add(`requests ${this.minute} ${caller}`, points).catch(() => 0);
    used.told = Math.max(used.told, all);
  }
}
