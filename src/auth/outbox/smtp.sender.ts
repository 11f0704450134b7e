import { createTransport, type Transporter } from 'nodemailer';
import { MailSender, type Mail } from './mail.js';

/** Shorter than an attempt is put off, so that no other process sends the same mail meanwhile. */
const TIMEOUT_MS = 10_000;

/** Hands mails to an SMTP server. */
export class SmtpSender extends MailSender {
  private readonly transport: Transporter;

  /** @param url `smtp://` or `smtps://`, with user and password */
  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    const timeouts = {
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    };
    this.transport = createTransport({ url, ...timeouts });
  }

  async send({ to, subject, text }: Mail, id: string): Promise<void> {
    const messageId = `<${id}@${this.from.split('@').pop()?.replace(/>.*$/, '') ?? 'kith'}>`;
    const options = { disableFileAccess: true, disableUrlAccess: true };
    await this.transport.sendMail({
      from: this.from,
      to: { name: '', address: to },
      subject,
      text,
      messageId,
      ...options,
    });
  }
}
