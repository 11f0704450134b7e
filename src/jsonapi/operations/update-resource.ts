import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import type { Row, Transaction } from '../../database/index.js';
import type { Draft } from '../request/read-draft.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import { Registry } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import { ChangeRelationship } from './change-relationship.js';
import type { OperationContext, UpdateOperation, Written } from './operation.js';
import { notFound } from './request-context.js';
import { Parts } from './parts.js';
import {
  columnsOf,
  findRow,
  forbidden,
  orConflict,
  pointerIn,
  requireReadableEnds,
} from './write-columns.js';

/** PATCH of a type that is nothing but its row. What changes nothing writes nothing. */
@Injectable()
export class UpdateResource implements UpdateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly links: ChangeRelationship,
    private readonly parts: Parts,
  ) {}

  async update(tx: Transaction, context: OperationContext, id: string, draft: Draft): Promise<Written> {
    const { resource, actor } = context;
    const policy = resource.policy as ResourcePolicy;
    const row = await this.parts.lockRow(tx, context, id, 'for no key update', draft.relationships);
    if (!row) throw notFound(resource, id);
    const sent = columnsOf(draft, true);
    const values = Object.fromEntries(
      Object.entries(sent).filter(([column, value]) => value !== row[column]),
    );
    if (!policy.update) throw forbidden(resource.type, 'changed');
    // Before anything is compared: nobody learns from the answer what stands there unreadable.
    await requireReadableEnds(tx, this.registry, actor, draft);
    await policy.update({ actor, tx, row, values, pointerTo: pointerIn(draft) });
    await context.precondition?.(tx);
    const linked = await this.links.writeAll(tx, context, id, draft);
    if (!linked && Object.keys(values).length === 0) return { id, created: false, rest: draft.included };
    const set = assignments({ ...values, version: sql`version + 1` });
    const [after = row] = await orConflict(draft, () =>
      tx.query(sql`update ${identifier(resource.table)} set ${set} where id = ${id}::bigint returning *`),
    );
    await this.parts.remember(tx, context, resource, [{ before: row, after }]);
    return { id, created: false, rest: draft.included };
  }
}

/** The same of a type with locks of its own: the row as it is now, once everything that could forbid it has been asked. */
export async function authorizeUpdate(
  tx: Transaction,
  registry: Registry,
  { resource, actor }: OperationContext,
  id: string,
  draft: Draft,
): Promise<Row> {
  const policy = resource.policy as ResourcePolicy;
  const row = await findRow(tx, registry, actor, resource, id);
  if (!row) throw notFound(resource, id);
  const values = columnsOf(draft, true);
  if (!policy.update) throw forbidden(resource.type, 'changed');
  await policy.update({ actor, tx, row, values, pointerTo: pointerIn(draft) });
  return row;
}

const assignments = (values: Record<string, unknown>): Sql =>
  join(Object.entries(values).map(([column, value]) => sql`${identifier(column)} = ${value}`));
