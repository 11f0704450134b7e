import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import {
  authorizeCreation,
  insertRow,
  Registry,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../jsonapi/index.js';
import { GroupMembership } from './group-membership.entity.js';

/** A new group, and its maker as owner: nobody makes a group that nobody can change. */
@Injectable()
export class CreateGroup implements CreateOperation {
  constructor(private readonly registry: Registry) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const { actor } = context;
    const id = await insertRow(tx, draft, await authorizeCreation(tx, this.registry, context, draft));
    await tx.manager.insert(GroupMembership, { groupId: id, personId: actor.personId, role: 'owner' });
    return { id, created: true, actor: { ...actor, roles: new Map([...actor.roles, [id, 'owner']]) } };
  }
}
