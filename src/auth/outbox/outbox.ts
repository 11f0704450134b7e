import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import sql from 'sql-template-tag';
import { ENV, type Env } from '../../config/index.js';
import { Database, type Transaction } from '../../database/index.js';
import { composeMail, type Waiting } from './compose-mail.js';
import { MailSender, type Mail } from './mail.js';

/** What other processes could not send, and what is tried again, waits at most this long. */
const POLL_MS = 15_000;
const MOST_ATTEMPTS = 10;

type Taken = Waiting & { readonly attempts: number; readonly mail: Mail | undefined };

/**
 * Mails, put down in the transaction that is their reason and sent once it is committed: at least once, by whichever
 * process takes them. One that cannot be sent is tried again, later each time; after the last attempt it stays, with
 * `due_at` infinity.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Outbox');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private asked = false;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly sender: MailSender,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @param message a user, or an address that may be somebody's login */
  async put(tx: Transaction, message: Omit<Waiting, 'id'>): Promise<void> {
    await tx.query(sql`
      insert into outbox_messages (kind, user_id, address)
      values (${message.kind}, ${message.userId}, ${message.address})`);
    tx.afterCommit(() => void this.deliver());
  }

  /** Sends what is due. Never fails: what could not be sent stays. */
  deliver(): Promise<void> {
    this.asked = true;
    this.running ??= this.deliverAll();
    return this.running;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.deliver(), POLL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.closed = true;
    await this.running;
  }

  private async deliverAll(): Promise<void> {
    try {
      while (this.asked && !this.closed) {
        this.asked = false;
        while (!this.closed && (await this.deliverOne()));
      }
    } catch {
      // The database is away: the next time will tell.
    } finally {
      this.running = undefined;
    }
  }

  private async deliverOne(): Promise<boolean> {
    const taken = await this.database.transaction((tx) => this.take(tx));
    if (!taken) return false;
    const { id, kind, attempts, mail } = taken;
    try {
      if (mail) await this.sender.send(mail, `${id}`);
      await this.database.query(sql`delete from outbox_messages where id = ${id}`);
    } catch (error) {
      // The text of the error may quote the address.
      const { code = 'unknown' } = error as { code?: string };
      this.logger.warn(`Mail ${id} (${kind}) was not sent: ${code}, attempt ${attempts} of ${MOST_ATTEMPTS}`);
    }
    return true;
  }

  /** The next that is due. It is put off at once, so that nobody else takes it while it is being sent. */
  private async take(tx: Transaction): Promise<Taken | undefined> {
    const [row] = await tx.query<Waiting & { attempts: number }>(sql`
      update outbox_messages set attempts = attempts + 1,
        due_at = case when attempts + 1 >= ${MOST_ATTEMPTS} then 'infinity'
          else now() + make_interval(mins => least(power(2, attempts)::int, 60)) end
      where id = (
        select id from outbox_messages where due_at <= now() order by due_at, id limit 1 for update skip locked)
      returning id, kind, user_id as "userId", address, attempts`);
    return row && { ...row, mail: await composeMail(tx, row, this.env) };
  }
}
