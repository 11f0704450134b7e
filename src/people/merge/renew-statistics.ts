import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';

/** Below this many people any plan will do. */
const FIRST = 64;

/**
 * PostgreSQL plans by statistics that it renews once a minute, and keeps the plans of named statements and of the
 * checks of foreign keys until then. In a first sync they would be those of empty tables: a check then reads the whole
 * table, for every row. So the statistics are renewed whenever the people that this process has made have doubled, unless
 * they know of as many: after a restart on a large database a few more make no other plan.
 */
export class Statistics {
  private made = 0;
  private renewAt = FIRST;

  /** Counts people just made; in their transaction, so that the next one is planned for them. */
  async count(tx: SqlRunner, made: number): Promise<void> {
    this.made += made;
    if (this.made < this.renewAt) return;
    const known = await knownPeople(tx);
    this.renewAt = Math.max(2 * this.made, known);
    if (known >= this.made) return;
    await tx.query(sql`
      analyze (skip_locked) people, email_addresses, phone_numbers, group_memberships, person_changes`);
  }
}

/** None where nobody has ever looked. */
async function knownPeople(tx: SqlRunner): Promise<number> {
  const [row] = await tx.query<{ known: number }>(sql`
    select reltuples as known from pg_class where oid = 'people'::regclass`);
  return row?.known ?? 0;
}
