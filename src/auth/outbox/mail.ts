/** A mail as it leaves: plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A way out for mails. */
export abstract class MailSender {
  /** @param id the same for each attempt at the same mail @throws when it has not left, or perhaps not */
  abstract send(mail: Mail, id: string): Promise<void>;
}
