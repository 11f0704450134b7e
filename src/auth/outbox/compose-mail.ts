import sql from 'sql-template-tag';
import type { Env } from '../../config/index.js';
import type { SqlRunner } from '../../database/index.js';
import { issueLink } from '../links/one-time-links.js';
import { loginNormalForm } from '../login-email.js';
import type { Mail } from './mail.js';
import type { MailKind } from './outbox-message.entity.js';

/** A mail that is to be written, as it stands in the outbox. */
export interface Waiting {
  readonly id: string;
  readonly kind: MailKind;
  readonly userId: string | null;
  readonly address: string | null;
}

/** Where the pages and the API of the deployment are. */
export type Places = Pick<Env, 'publicUrl' | 'passwordLinkUrl'>;

interface Reader {
  id: string;
  email: string;
}

/**
 * Writes a mail at the moment in which it leaves, links and all, so that no token lies about in between. Undefined when there
 * is nobody any more to write to: who asked for a reset of an address without login is not told so.
 */
export async function composeMail(
  tx: SqlRunner,
  message: Waiting,
  places: Places,
): Promise<Mail | undefined> {
  const reader = await readerOf(tx, message);
  if (!reader) return undefined;
  switch (message.kind) {
    case 'invitation':
    case 'password_reset': {
      const token = await issueLink(tx, reader.id, message.kind, message.id);
      return token === undefined ? undefined : linkMail(message.kind, reader.email, token, places);
    }
    case 'password_changed':
      return {
        to: reader.email,
        subject: 'Your password was changed',
        text: `The password of your login was changed, and you were signed out everywhere else.\n\n${NOT_YOU}`,
      };
    case 'email_changed':
      return {
        to: message.address ?? reader.email,
        subject: 'Your login has another e-mail address',
        text: `From now on your login goes by another e-mail address than this one.\n\n${NOT_YOU}`,
      };
  }
}

const NOT_YOU = 'If that was not you, tell an administrator at once.\n';

const TEXTS = {
  invitation: {
    subject: 'You are invited',
    what: 'Somebody has made a login for you. Choose a password for it within 7 days.',
    otherwise: 'If you do not know why, you need not do anything.',
  },
  password_reset: {
    subject: 'Choose a new password',
    what: 'Somebody asked for a new password of your login. If it was you, choose one\nwithin an hour.',
    otherwise: 'If it was not you, you need not do anything: your password stays as it is.',
  },
} as const;

function linkMail(kind: keyof typeof TEXTS, to: string, token: string, places: Places): Mail {
  const { subject, what, otherwise } = TEXTS[kind];
  return { to, subject, text: `${what}\n\n${howTo(token, places)}\n\n${otherwise}\n` };
}

/** A page of the operator's app, or what such a page would send. */
function howTo(token: string, { passwordLinkUrl, publicUrl = '' }: Places): string {
  if (passwordLinkUrl !== undefined) return passwordLinkUrl.replaceAll('{token}', token);
  const body = `{"data": {"type": "password", "attributes": {\n  "token": "${token}",\n  "password": "…"}}}`;
  return `POST ${publicUrl}/apis/v4/passwords\nContent-Type: application/vnd.api+json\n\n${body}`;
}

async function readerOf(tx: SqlRunner, { userId, address }: Waiting): Promise<Reader | undefined> {
  const who =
    userId === null ? sql`u.normal_form = ${loginNormalForm(address ?? '')}` : sql`u.id = ${userId}`;
  const [reader] = await tx.query<Reader>(sql`
    select u.id, u.email from users u join people p on p.id = u.person_id
    where ${who} and u.deactivated_at is null and p.deleted_at is null`);
  return reader;
}
