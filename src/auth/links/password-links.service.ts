import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database, type Transaction } from '../../database/index.js';
import { loginNormalForm } from '../login-email.js';
import { Outbox } from '../outbox/outbox.js';
import { Passwords } from '../passwords.js';
import { revokeSessions } from '../sessions.service.js';
import { SignInLimit } from '../throttle/sign-in-limit.js';
import { bearerOf, endLinks } from './one-time-links.js';

/** Choosing a password without one: by the token of a mail that one has asked for, or was invited by. */
@Injectable()
export class PasswordLinks {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly outbox: Outbox,
    private readonly limit: SignInLimit,
  ) {}

  /**
   * Asks for a link. Whether there is such a login is looked up where the mail is written, so that neither answer nor time
   * tells. @param from the address of the caller @throws JsonApiError 429
   */
  async ask(email: string, from: string): Promise<void> {
    await this.limit.spend(`reset from ${from}`);
    await this.limit.spend(`reset of ${loginNormalForm(email)}`);
    await this.database.transaction((tx) =>
      this.outbox.put(tx, { kind: 'password_reset', userId: null, address: email }),
    );
  }

  /**
   * Sets the password of whose link it is, and ends all her sessions and links. @param from the address of the caller
   * @returns false when the link was used, has ended or never was @throws JsonApiError 429
   */
  redeem(token: string, password: string, from: string): Promise<boolean> {
    return this.limit.attempt(
      async (count) => {
        await count('address', from);
        if ((await bearerOf(this.database, token)) === undefined) return false;
        const hash = await this.passwords.hash(password);
        return this.database.transaction((tx) => this.choose(tx, token, hash));
      },
      (done) => done,
    );
  }

  /** With the user locked: of two with the same token, or with two tokens of hers, one comes too late. */
  private async choose(tx: Transaction, token: string, hash: string): Promise<boolean> {
    const bearer = await bearerOf(tx, token);
    if (bearer === undefined) return false;
    const [user] = await tx.query<{ known: boolean }>(
      sql`select password_hash is not null as known from users where id = ${bearer} for no key update`,
    );
    if (!user || (await bearerOf(tx, token)) === undefined) return false;
    await tx.query(sql`update users set password_hash = ${hash} where id = ${bearer}`);
    await revokeSessions(tx, bearer);
    await endLinks(tx, bearer);
    if (user.known) await this.outbox.put(tx, { kind: 'password_changed', userId: bearer, address: null });
    return true;
  }
}
