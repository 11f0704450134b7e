import { createHash, randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import type { OneTimeLink } from './one-time-link.entity.js';

const HOUR = 3600;
/** Seconds that a link can be used: an invitation may wait for its reader, a reset was asked for. */
const LIFE: Record<OneTimeLink['purpose'], number> = { invitation: 7 * 24 * HOUR, password_reset: HOUR };
/** More than these cannot be asked for until one has ended: nobody's mailbox is flooded. */
const MOST_AT_A_TIME = 3;

/**
 * A new token that lets its bearer choose the user's password, once. Only its hash is kept. The earlier ones stay good:
 * who asks for another link must not make the one in the mailbox useless.
 * @param messageId of the mail that brings it; each attempt at it has a link of its own
 * @returns undefined when there are enough
 */
export async function issueLink(
  tx: SqlRunner,
  userId: string,
  purpose: OneTimeLink['purpose'],
  messageId: string,
): Promise<string | undefined> {
  const token = randomBytes(32).toString('base64url');
  const issued = await tx.query(sql`
    with ended as (
      delete from one_time_links where user_id = ${userId} and expires_at < now()
    )
    insert into one_time_links (user_id, purpose, message_id, token_hash, expires_at)
    select ${userId}, ${purpose}, ${messageId}, ${hashOf(token)}, now() + make_interval(secs => ${LIFE[purpose]})
    where (
      select count(distinct message_id) from one_time_links
      where user_id = ${userId} and expires_at > now() and message_id <> ${messageId}) < ${MOST_AT_A_TIME}
    returning id`);
  return issued.length > 0 ? token : undefined;
}

/** Whose password the bearer of the token may choose; undefined when the link was used, has ended or never was. */
export async function bearerOf(runner: SqlRunner, token: string): Promise<string | undefined> {
  const [row] = await runner.query<{ user_id: string }>(sql`
    select l.user_id from one_time_links l
    join users u on u.id = l.user_id join people p on p.id = u.person_id
    where l.token_hash = ${hashOf(token)} and l.expires_at > now()
      and u.deactivated_at is null and p.deleted_at is null`);
  return row?.user_id;
}

/** Ends all links of a user, and those that still wait to be sent: a password was chosen, or nobody may choose one. */
export async function endLinks(tx: SqlRunner, userId: string): Promise<void> {
  await tx.query(sql`
    with waiting as (
      delete from outbox_messages where user_id = ${userId} and kind = 'invitation'
    )
    delete from one_time_links where user_id = ${userId}`);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
