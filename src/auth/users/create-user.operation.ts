import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/index.js';
import { JsonApiError, Registry } from '../../jsonapi/index.js';
import {
  authorizeCreation,
  insertRow,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../../jsonapi/operations/index.js';
import { callerKey, type Actor } from '../actor.js';
import { loginNormalForm } from '../login-email.js';
import { Outbox } from '../outbox/outbox.js';
import { Passwords } from '../passwords.js';
import { SignInLimit } from '../throttle/sign-in-limit.js';

/** So many times as many logins a minute as there may be failures: a whole team may be invited at once. */
const LOGINS = 10;

/** `POST /users`: a login for a person, with a password or an invitation to choose one. */
@Injectable()
export class CreateUser implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly passwords: Passwords,
    private readonly limit: SignInLimit,
    private readonly outbox: Outbox,
  ) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const { email, password } = draft.attributes as { email: string; password?: string | null };
    refuseLaterAttributes(draft);
    const values = await authorizeCreation(tx, this.registry, context, draft);
    // Also of what is undone again: who makes logins and takes them away would ask for addresses, and send mails, for ever.
    this.limit.spendHere(`new logins by ${callerKey(context.actor)}`, LOGINS);
    if (password == null) this.limit.spendHere(`invitation of ${loginNormalForm(email)}`);
    const passwordHash = password == null ? null : await this.passwords.hash(password);
    const row = {
      person_id: values['person_id'],
      email,
      normal_form: loginNormalForm(email),
      password_hash: passwordHash,
      super_admin: values['super_admin'] ?? false,
    };
    // A conflict tells that an address is taken, perhaps by somebody out of reach: nobody asks for thousands.
    const insert = async () => String((await insertRow(tx, draft, row))['id']);
    const id = await this.limit.attemptHere(`logins by ${callerKey(context.actor)}`, insert);
    if (passwordHash === null) await this.outbox.put(tx, { kind: 'invitation', userId: id, address: null });
    return { id, created: true };
  }
}

/** A new login has no password yet that one could know, and is there to be used. */
function refuseLaterAttributes({ attributes, pointer }: Draft): void {
  const { current_password: current, active } = attributes;
  const wrong = current != null ? 'current_password' : active === false && 'active';
  if (wrong)
    throw JsonApiError.of('read_only', `"${wrong}" belongs to a login that is there already; leave it out.`, {
      pointer: `${pointer}/attributes/${wrong}`,
    });
}
