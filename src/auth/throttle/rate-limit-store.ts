import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../../database/index.js';
import { KeyedDigest } from '../keyed-digest.js';

const SWEEP_MS = 60_000;

/**
 * The counters that all processes share, each for a minute from its first count on: rows of `rate_limits`, counted up by
 * one statement. What is refused is not counted, so that hammering at a full counter keeps nobody out any longer.
 */
@Injectable()
export class RateLimitStore {
  private nextSweep = 0;

  constructor(
    private readonly database: Database,
    private readonly digest: KeyedDigest,
  ) {}

  /** Counts, if that does not lead past `limit`. @returns 0, or the milliseconds until the counter starts anew */
  async take(counter: string, points: number, limit: number): Promise<number> {
    await this.sweep();
    const key = this.digest.of(counter);
    const taken = await this.database.query(sql`
      insert into rate_limits as r (key, points, expires_at) values (${key}, ${points}, now() + interval '1 minute')
      on conflict (key) do update set
        points = ${points} + case when r.expires_at > now() then r.points else 0 end,
        expires_at = case when r.expires_at > now() then r.expires_at else excluded.expires_at end
      where r.expires_at <= now() or r.points + ${points} <= ${limit}
      returning points`);
    return taken.length > 0 ? 0 : this.millisecondsLeft(key);
  }

  /** Counts whatever comes of it. @returns all that is counted by now */
  async add(counter: string, points: number): Promise<number> {
    await this.sweep();
    const [row] = await this.database.query<{ points: number }>(sql`
      insert into rate_limits as r (key, points, expires_at)
      values (${this.digest.of(counter)}, ${points}, now() + interval '1 minute')
      on conflict (key) do update set points = r.points + ${points} returning points`);
    return row?.points ?? points;
  }

  async giveBack(counters: readonly string[], points: number): Promise<void> {
    const keys = counters.map((counter) => this.digest.of(counter));
    await this.database.query(
      sql`update rate_limits set points = points - ${points} where key = any(${keys}) and points >= ${points}`,
    );
  }

  private async millisecondsLeft(key: string): Promise<number> {
    const [row] = await this.database.query<{ left: number }>(sql`
      select ceil(extract(epoch from expires_at - now()) * 1000)::int as left from rate_limits where key = ${key}`);
    return Math.max(row?.left ?? 0, 1);
  }

  private async sweep(): Promise<void> {
    if (Date.now() < this.nextSweep) return;
    this.nextSweep = Date.now() + SWEEP_MS;
    await this.database.query(sql`delete from rate_limits where expires_at < now() - interval '1 minute'`);
  }
}
