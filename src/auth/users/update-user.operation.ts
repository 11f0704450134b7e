import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Transaction } from '../../database/index.js';
import { JsonApiError, notFound, Registry } from '../../jsonapi/index.js';
import {
  columnsOf,
  lockRow,
  orConflict,
  pointerIn,
  type Draft,
  type OperationContext,
  type UpdateOperation,
  type Written,
} from '../../jsonapi/operations/index.js';
import { callerKey, type Actor } from '../actor.js';
import { endLinks } from '../links/one-time-links.js';
import { loginNormalForm } from '../login-email.js';
import { Outbox } from '../outbox/outbox.js';
import { Passwords } from '../passwords.js';
import { revokeSessions } from '../sessions.service.js';
import { SignInLimit } from '../throttle/sign-in-limit.js';
import { administersLogin, requireAnotherSuperAdmin } from './login-rights.js';
import { requireSuperAdmin } from './user.policy.js';

interface Stored {
  readonly id: string;
  readonly person_id: string;
  readonly email: string;
  readonly password_hash: string | null;
  readonly super_admin: boolean;
  readonly deactivated_at: string | null;
}

/** What a PATCH would make different. */
interface Change {
  readonly email?: string;
  readonly password?: string;
  readonly superAdmin?: boolean;
  readonly active?: boolean;
}

/** A PATCH as it is judged: the login as it stands, locked, what is to become of it, and who asks. */
interface Asked {
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly user: Stored;
  readonly change: Change;
  readonly draft: Draft;
  readonly pointerTo: (field?: string) => string;
}

/** `PATCH /users/:id`: e-mail and password by oneself, super admins by super admins, `active` by administrators. */
@Injectable()
export class UpdateUser implements UpdateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly passwords: Passwords,
    private readonly limit: SignInLimit,
    private readonly outbox: Outbox,
  ) {}

  async update(
    tx: Transaction,
    { resource, actor, precondition }: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const row = await lockRow(tx, this.registry, actor, resource, id, 'for no key update');
    if (!row) throw notFound(resource, id);
    columnsOf(draft, true);
    const user = row as unknown as Stored;
    const asked: Asked = {
      tx,
      actor,
      user,
      draft,
      change: changeOf(user, draft),
      pointerTo: pointerIn(draft),
    };
    await requireRights(asked);
    await precondition?.(tx);
    await this.requirePassword(asked);
    if (Object.keys(asked.change).length > 0) await this.write(asked);
    return { id, created: false };
  }

  /** A session alone, perhaps a stolen one, takes nobody's login over. */
  private async requirePassword({ user, change, draft, pointerTo }: Asked): Promise<void> {
    if (change.email === undefined && change.password === undefined) return;
    const sent = draft.attributes['current_password'];
    const pointer = pointerTo('current_password');
    if (typeof sent !== 'string') {
      const detail = 'A new e-mail or password needs the `current_password` beside it.';
      throw JsonApiError.of('invalid_attribute', detail, { pointer });
    }
    await this.limit.attemptHere(`password of ${user.id}`, async () => {
      if (await this.passwords.matches(sent, user.password_hash ?? undefined)) return;
      throw JsonApiError.of('invalid_attribute', 'This is not your current password.', { pointer });
    });
  }

  private async write(asked: Asked): Promise<void> {
    const { tx, actor, user, draft, change } = asked;
    const { email = user.email, superAdmin = user.super_admin, active } = change;
    const hash =
      change.password === undefined ? user.password_hash : await this.passwords.hash(change.password);
    const deactivated = active === undefined ? sql`deactivated_at` : active ? sql`null` : sql`now()`;
    const update = () =>
      tx.query(sql`
        update users set email = ${email}, normal_form = ${loginNormalForm(email)}, password_hash = ${hash},
          super_admin = ${superAdmin}, deactivated_at = ${deactivated}
        where id = ${user.id}`);
    await this.limit.attemptHere(`logins by ${callerKey(actor)}`, () => orConflict(draft, update));
    await this.follow(asked);
  }

  /** What else ends, and who is told. */
  private async follow({ tx, actor, user, change }: Asked): Promise<void> {
    if (change.password !== undefined) {
      await revokeSessions(tx, user.id, actor.sessionId);
      await this.outbox.put(tx, { kind: 'password_changed', userId: user.id, address: null });
    }
    if (change.email !== undefined)
      await this.outbox.put(tx, { kind: 'email_changed', userId: user.id, address: user.email });
    if (change.active === false) await revokeSessions(tx, user.id);
    if (change.password !== undefined || change.email !== undefined || change.active === false)
      await endLinks(tx, user.id);
  }
}

function changeOf(user: Stored, { attributes }: Draft): Change {
  const {
    email,
    password,
    super_admin: superAdmin,
    active,
  } = attributes as Partial<{
    email: string;
    password: string | null;
    super_admin: boolean | null;
    active: boolean | null;
  }>;
  return {
    ...(email !== undefined && email !== user.email && { email }),
    ...(password != null && { password }),
    ...(superAdmin != null && superAdmin !== user.super_admin && { superAdmin }),
    ...(active != null && active !== (user.deactivated_at === null) && { active }),
  };
}

async function requireRights({ tx, actor, user, change, pointerTo }: Asked): Promise<void> {
  const own = actor.userId === user.id;
  for (const field of ['email', 'password'] as const)
    if (change[field] !== undefined && !own)
      throw JsonApiError.of(
        'forbidden',
        'Nobody sets the e-mail or the password of another; a forgotten password is reset by mail.',
        { pointer: pointerTo(field) },
      );
  if (change.superAdmin !== undefined) requireSuperAdmin(actor, pointerTo('super_admin'));
  const mayDeactivate = async (): Promise<boolean> =>
    !own && (actor.superAdmin || (!user.super_admin && (await administersLogin(tx, actor, user.person_id))));
  if (change.active !== undefined && !(await mayDeactivate()))
    throw JsonApiError.of(
      'forbidden',
      'A login is deactivated by a super admin or by an administrator of all the groups of its person; not by oneself.',
      { pointer: pointerTo('active') },
    );
  if (user.super_admin && (change.superAdmin === false || change.active === false))
    await requireAnotherSuperAdmin(tx, user.id);
}
