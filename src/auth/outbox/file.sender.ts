import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MailSender, type Mail } from './mail.js';

/** Puts mails into files that only the server's user can read: for a trial, or for a program that fetches them. */
export class FileSender extends MailSender {
  private readonly folder: string;

  constructor(
    private readonly dataDir: string,
    private readonly from: string,
  ) {
    super();
    this.folder = join(dataDir, 'outbox');
  }

  async send({ to, subject, text }: Mail, id: string): Promise<void> {
    const now = new Date();
    const lines = [
      `From: ${this.from}`,
      `To: ${to}`,
      `Subject: ${subject}`,
      `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      text,
    ];
    await mkdir(this.dataDir, { recursive: true });
    await mkdir(this.folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const name = `${now.toISOString().replaceAll(/[-:]/g, '')}-${id}.eml`;
    // Whoever watches the folder sees whole mails.
    const draft = join(this.folder, `.${name}`);
    await writeFile(draft, lines.join('\n'), { mode: 0o600, flag: 'wx' });
    await rename(draft, join(this.folder, name));
  }
}
