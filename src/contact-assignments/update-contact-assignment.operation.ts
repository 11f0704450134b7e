import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/index.js';
import type { Row, Transaction } from '../database/index.js';
import { JsonApiError, notFound, Registry } from '../jsonapi/index.js';
import {
  findRow,
  pointerIn,
  readableIds,
  UpdateResource,
  type Draft,
  type OperationContext,
  type UpdateOperation,
  type Written,
} from '../jsonapi/operations/index.js';

/**
 * Who is assigned a person reads her. So an assignment is handed on, or taken to another group, by who reads both of its
 * people: the assignments of a group stay when somebody leaves it, and would open her to its users again.
 */
@Injectable()
export class UpdateContactAssignment implements UpdateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly generic: UpdateResource,
  ) {}

  async update(
    tx: Transaction,
    context: OperationContext<Actor>,
    id: string,
    draft: Draft,
  ): Promise<Written> {
    const row = await findRow(tx, this.registry, context.actor, context.resource, id);
    if (!row) throw notFound(context.resource, id);
    const moved = movedBy(draft, row);
    if (moved !== undefined)
      await this.requireReadablePeople(tx, context.actor, row, pointerIn(draft)(moved));
    return this.generic.update(tx, context, id, draft);
  }

  private async requireReadablePeople(
    tx: Transaction,
    actor: Actor,
    { person_id: person, assigned_to_id: assignee }: Row,
    pointer: string,
  ): Promise<void> {
    const people = [String(person), String(assignee)];
    const readable = await readableIds(tx, this.registry, actor, this.registry.get('person'), people);
    if (people.every((one) => readable.has(one))) return;
    const detail = 'An end of this assignment is nobody that you can read; delete it instead.';
    throw JsonApiError.of('not_found', detail, { pointer });
  }
}

/** The first of the relationships that becomes another. */
const movedBy = ({ relationships }: Draft, row: Row): string | undefined =>
  (
    [
      ['assigned_to', 'assigned_to_id'],
      ['group', 'group_id'],
    ] as const
  ).find(([name, column]) => name in relationships && relationships[name] !== row[column])?.[0];
