import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
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

/** One (person, assigned to, group) assignment exists once: asking again answers the one there is. */
@Injectable()
export class CreateContactAssignment implements CreateOperation {
  constructor(private readonly registry: Registry) {}

  async create(tx: Transaction, context: OperationContext<Actor>, draft: Draft): Promise<Written> {
    const { assigned_to: assignee = null, person = null, group = null } = draft.relationships;
    const values = await authorizeCreation(tx, this.registry, context, draft);
    const lock = `contact_assignment:${String(assignee)}:${String(person)}:${String(group)}`;
    await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`);
    const [existing] = await tx.query<{ id: string }>(sql`
      select id from contact_assignments
      where assigned_to_id = ${assignee}::bigint and person_id = ${person}::bigint
        and group_id is not distinct from ${group}::bigint`);
    if (existing) return { id: existing.id, created: false };
    return { id: await insertRow(tx, draft, values), created: true };
  }
}
