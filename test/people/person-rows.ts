import sql, { raw } from 'sql-template-tag';
import type { World } from '../support/factories/world.factory.js';

/** The e-mails or phones of a person as they are stored, oldest first; `*`: the primary one. */
export async function pointsOf(
  world: World,
  table: 'email_addresses' | 'phone_numbers',
  personId: string,
): Promise<string[]> {
  const text = raw(table === 'email_addresses' ? 'email' : 'number');
  const rows = await world.database.query<{ text: string }>(sql`
    select ${text} || case when is_primary then '*' else '' end as text
    from ${raw(table)} where person_id = ${personId}::bigint order by id`);
  return rows.map((row) => row.text);
}

/** What is remembered of a person, oldest first. */
export const historyOf = (world: World, personId: string): Promise<Record<string, unknown>[]> =>
  world.database.query(sql`
    select action, actor_id, request_id, before, after from person_changes
    where person_id = ${personId}::bigint order by id`);
