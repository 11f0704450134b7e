import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import sql, { raw } from 'sql-template-tag';
import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';
import { JsonApiError, Registry } from '../jsonapi/index.js';
import {
  authorizeCreation,
  CreateResource,
  Parts,
  pointerIn,
  type CreateOperation,
  type Draft,
  type OperationContext,
  type Written,
} from '../jsonapi/operations/index.js';
import { AssignablePeople } from './assignable-people.js';
import { contactAssignmentPolicy } from './contact-assignment.policy.js';

const NOT_ASSIGNABLE =
  'You read this person only because you look after her; a user of one of her groups makes further assignments.';

/**
 * One (person, assigned to, group) assignment exists once, without a group once for each maker: asking again answers the
 * one there is. What others keep for themselves is not among those.
 */
@Injectable()
export class CreateContactAssignment implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly generic: CreateResource,
    private readonly parts: Parts,
    private readonly modules: ModuleRef,
  ) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const { assigned_to: assignee = null, person = null, group = null } = draft.relationships;
    const values = await authorizeCreation(tx, this.registry, context, draft);
    // Of two that ask for the same the second waits here, and finds what the first has made.
    await this.parts.lockWholes(tx, context.resource, [values]);
    const [existing] = await tx.query<{ id: string }>(sql`
      select a.id from contact_assignments a
      where a.assigned_to_id = ${assignee}::bigint and a.person_id = ${person}::bigint
        and a.group_id is not distinct from ${group}::bigint
        and (${contactAssignmentPolicy.readable(context.actor, raw('a'))})
      order by a.id limit 1`);
    if (existing) return { id: existing.id, created: false };
    const assignable = this.modules.get(AssignablePeople, { strict: false });
    if (!(await assignable.has(tx, context.actor, String(person))))
      throw JsonApiError.of('forbidden', NOT_ASSIGNABLE, { pointer: pointerIn(draft)('person') });
    return this.generic.insert(tx, context, draft, values);
  }
}
