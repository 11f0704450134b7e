import sql, { type Sql } from 'sql-template-tag';

const MINUTE_MS = 60_000;

/**
 * Whether the callers reach many people, as it was when it was last asked in this minute. Lists are written in one of two
 * ways by it, which find the same, so that it may be old: PostgreSQL does not see by itself which of them is fast.
 */
export class ReachSizes {
  private minute = 0;
  private many = new Map<string, boolean>();

  /** Undefined: it has to be asked. */
  of(sessionId: string, now = Date.now()): boolean | undefined {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.many = new Map();
    }
    return this.many.get(sessionId);
  }

  keep(sessionId: string, many: boolean): void {
    this.many.set(sessionId, many);
  }
}

/**
 * The condition that there are many people in the groups `reached`. A list in order looks at so many people in vain as there
 * are to one within reach; one that begins with those within reach looks at all of them. The two cost the same where
 * these are some times the root of all; looking this up costs no more than either.
 */
export const reachesMany = (reached: Sql): Sql => sql`exists (
  with bound as (
    select (5 * sqrt(greatest(reltuples, 10000)))::bigint as people from pg_class where oid = 'people'::regclass
  )
  select from (${reached}) as reached cross join lateral (
    select from group_memberships m where m.group_id = reached.group_id and m.archived_at is null
    order by m.person_id limit (select people + 1 from bound)) found
  offset (select people from bound))`;
