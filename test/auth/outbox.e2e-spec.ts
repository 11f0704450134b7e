import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { FileSender } from '../../src/auth/outbox/file.sender.js';
import { MailSender, type Mail } from '../../src/auth/outbox/mail.js';
import { Outbox } from '../../src/auth/outbox/outbox.js';
import { SmtpSender } from '../../src/auth/outbox/smtp.sender.js';
import { SignedInWorld, type Login } from './signed-in-world.js';

class RememberingSender extends MailSender {
  readonly sent: (Mail & { id: string })[] = [];
  failures = 0;

  async send(mail: Mail, id: string): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw Object.assign(new Error(`550 no such mailbox ${mail.to}`), { code: 'EENVELOPE' });
    }
    await new Promise((done) => setImmediate(done));
    this.sent.push({ ...mail, id });
  }
}

const MAIL: Mail = { to: 'ada@example.org', subject: 'Hello', text: 'Grüße,\n.\n..\n' };

Logger.overrideLogger(false);

describe('The outbox', () => {
  let world: SignedInWorld;
  let ada: Login;
  let sender: RememberingSender;
  let outbox: Outbox;

  beforeAll(async () => {
    world = await SignedInWorld.create();
  });
  afterAll(() => world.drop());
  beforeEach(async () => {
    await world.database.query(sql`truncate outbox_messages, one_time_links, users, people cascade`);
    ada = await world.login('ada');
    sender = new RememberingSender();
    outbox = newOutbox();
  });

  const newOutbox = (settings: NodeJS.ProcessEnv = {}): Outbox =>
    new Outbox(world.database, sender, world.env(settings));
  const put = (times = 1, after: () => void = () => undefined): Promise<void> =>
    world.database.transaction(async (tx) => {
      for (let i = 0; i < times; i += 1)
        await outbox.put(tx, { kind: 'password_changed', userId: ada.userId, address: null });
      after();
    });
  const waiting = () =>
    world.database.query(sql`
      select attempts, due_at > now() as later, due_at = 'infinity' as never from outbox_messages order by id`);
  const becomeDue = () => world.database.query(sql`update outbox_messages set due_at = now()`);

  it('sends what is put down, once it is committed', async () => {
    await put(2);
    await outbox.deliver();
    expect(sender.sent.map(({ to, subject }) => [to, subject])).toEqual([
      [ada.email, 'Your password was changed'],
      [ada.email, 'Your password was changed'],
    ]);
    expect(await waiting()).toEqual([]);
  });

  it('sends nothing of what is undone', async () => {
    const fail = (): never => {
      throw new Error('undone');
    };
    await expect(put(1, fail)).rejects.toThrow('undone');
    await outbox.deliver();
    expect(sender.sent).toEqual([]);
  });

  it('sends each mail once, however many processes send', async () => {
    await world.database.query(sql`
      insert into outbox_messages (kind, user_id) select 'password_changed', ${ada.userId} from generate_series(1, 20)`);
    await Promise.all([newOutbox(), newOutbox(), newOutbox()].map((each) => each.deliver()));
    expect(new Set(sender.sent.map(({ id }) => id)).size).toBe(20);
    expect(sender.sent).toHaveLength(20);
  });

  it('tries again later what could not be sent, with a new link under the old name', async () => {
    sender.failures = 2;
    await world.database.transaction((tx) =>
      outbox.put(tx, { kind: 'invitation', userId: ada.userId, address: null }),
    );
    await outbox.deliver();
    expect(await waiting()).toEqual([{ attempts: 1, later: true, never: false }]);
    await outbox.deliver();
    expect(await waiting()).toEqual([{ attempts: 1, later: true, never: false }]);
    for (let i = 0; i < 2; i += 1) {
      await becomeDue();
      await outbox.deliver();
    }
    expect(await waiting()).toEqual([]);
    expect(sender.sent).toMatchObject([{ to: ada.email, subject: 'You are invited' }]);
    await expect(world.value(sql`select count(*) from one_time_links`)).resolves.toBe('3');
  });

  it('gives up after ten attempts, and keeps what it could not send', async () => {
    sender.failures = Infinity;
    await world.database.query(
      sql`insert into outbox_messages (kind, user_id, attempts) values ('password_changed', ${ada.userId}, 9)`,
    );
    await outbox.deliver();
    expect(await waiting()).toEqual([{ attempts: 10, later: true, never: true }]);
  });

  it('sends by itself, without being asked', async () => {
    await put();
    // What the commit has begun is what this waits for.
    await outbox.beforeApplicationShutdown();
    expect(sender.sent).toHaveLength(1);
  });

  it('leads to the page of the deployment, or says what to send', async () => {
    outbox = newOutbox({ PASSWORD_LINK_URL: 'https://app.example/password#{token}' });
    const invite = () =>
      world.database.transaction((tx) =>
        outbox.put(tx, { kind: 'invitation', userId: ada.userId, address: null }),
      );
    await invite();
    await outbox.deliver();
    expect(sender.sent[0]?.text).toMatch(/^https:\/\/app\.example\/password#[\w-]{43}$/m);
    outbox = newOutbox({ PUBLIC_URL: 'https://people.example' });
    await invite();
    await outbox.deliver();
    expect(sender.sent[1]?.text).toContain('POST https://people.example/apis/v4/passwords\n');
  });
});

describe('FileSender', () => {
  it('writes mails that only the server’s user can read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kith-mail-'));
    try {
      const sender = new FileSender(join(folder, 'data'), 'Kith <kith@localhost>');
      await sender.send(MAIL, '1');
      await sender.send(MAIL, '2');
      const outbox = join(folder, 'data', 'outbox');
      const names = (await readdir(outbox)).sort();
      expect(names).toEqual([expect.stringMatching(/-1\.eml$/), expect.stringMatching(/-2\.eml$/)]);
      const path = join(outbox, String(names[0]));
      expect([(await stat(outbox)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600]);
      const text = await readFile(path, 'utf8');
      expect(text).toMatch(/^From: Kith <kith@localhost>\nTo: ada@example\.org\nSubject: Hello\nDate: /);
      expect(text.endsWith(`\n\n${MAIL.text}`)).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('SmtpSender', () => {
  let server: Server;
  let conversation: string[];
  const REPLIES: [RegExp, string][] = [
    [/^EHLO/, '250 kith.test'],
    [/^RCPT TO:<full@/, '452 4.2.2 Mailbox full'],
    [/^(MAIL|RCPT)/, '250 OK'],
    [/^DATA/, '354 Go ahead'],
    [/^\.$/, '250 Accepted'],
    [/^QUIT/, '221 Bye'],
  ];

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.write('220 kith.test\r\n');
      socket.on('data', (bytes) => {
        for (const line of bytes.toString().split('\r\n')) {
          conversation.push(line);
          const reply = REPLIES.find(([pattern]) => pattern.test(line));
          if (reply) socket.write(`${reply[1]}\r\n`);
        }
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => new Promise((done) => server.close(done)));
  beforeEach(() => {
    conversation = [];
  });

  const sender = (): SmtpSender =>
    new SmtpSender(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, 'Kith <kith@example.org>');

  it('hands a mail in', async () => {
    await sender().send(MAIL, '7');
    const said = conversation.join('\n');
    expect(said).toContain('MAIL FROM:<kith@example.org>');
    expect(said).toContain('RCPT TO:<ada@example.org>');
    expect(said).toContain('Message-ID: <7@example.org>');
    expect(said).toContain('Subject: Hello');
  });

  it('fails when the mail is not taken', async () => {
    await expect(sender().send({ ...MAIL, to: 'full@example.org' }, '8')).rejects.toMatchObject({
      code: 'EENVELOPE',
    });
  });

  it('takes a line break in an address for part of the address', async () => {
    const to = 'ada@example.org>\r\nRCPT TO:<eve@example.org';
    await sender()
      .send({ ...MAIL, to }, '9')
      .catch(() => undefined);
    expect(conversation.filter((line) => /^RCPT TO:<eve@/.test(line))).toEqual([]);
  });
});
