import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { SignInLimit, type Actor, type Role } from '../auth/index.js';
import type { Row, Transaction } from '../database/index.js';
import { Registry } from '../jsonapi/index.js';
import { countingTaken } from './taken-references.js';
import {
  authorizeCreation,
  CreateResource,
  Parts,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../jsonapi/operations/index.js';

/** A new group, and its maker as owner: nobody makes a group that nobody can change. */
@Injectable()
export class CreateGroup implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly generic: CreateResource,
    private readonly parts: Parts,
    private readonly limit: SignInLimit,
  ) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const values = await authorizeCreation(tx, this.registry, context, draft);
    const { actor } = context;
    if (actor.personId === null) return this.below(tx, context, draft, values);
    const membership = this.registry.get('group_membership');
    await this.parts.lockWholes(tx, membership, [{ person_id: actor.personId }]);
    const written = await this.insert(tx, context, draft, values);
    const id = String(written.id);
    const [after = null] = await tx.query(sql`
      insert into group_memberships (group_id, person_id, role)
      values (${id}::bigint, ${actor.personId}::bigint, 'owner') returning *`);
    await this.parts.remember(tx, context, membership, [{ before: null, after }]);
    const reaching = withRole(actor, id, 'owner');
    return { ...written, actor: { ...reaching, ownGroupIds: [...actor.ownGroupIds, id] } };
  }

  private insert(
    tx: Transaction,
    context: OperationContext<Actor>,
    draft: Draft,
    values: Row,
  ): Promise<Written> {
    return countingTaken(this.limit, context.actor, () => this.generic.insert(tx, context, draft, values));
  }

  /** A client owns nothing: it makes child groups only, and reaches them as it does their parent. */
  private async below(
    tx: Transaction,
    context: OperationContext<Actor>,
    draft: Draft,
    values: Row,
  ): Promise<Written> {
    const { actor } = context;
    const written = await this.insert(tx, context, draft, values);
    const role = actor.roles.get(String(values['parent_id']));
    return { ...written, actor: role ? withRole(actor, String(written.id), role) : actor };
  }
}

const withRole = (actor: Actor, groupId: string, role: Role): Actor => ({
  ...actor,
  roles: new Map([...actor.roles, [groupId, role]]),
});
