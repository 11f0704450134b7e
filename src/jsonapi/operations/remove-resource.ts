import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Row, Transaction } from '../../database/index.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import type { Registry } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import type { OperationContext, RemoveOperation } from './operation.js';
import { notFound } from './request-context.js';
import { Parts } from './parts.js';
import { findRow, forbidden } from './write-columns.js';

/** DELETE of a type that is nothing but its row. */
@Injectable()
export class RemoveResource implements RemoveOperation {
  constructor(private readonly parts: Parts) {}

  async remove(tx: Transaction, context: OperationContext, id: string): Promise<void> {
    const { resource, actor } = context;
    const policy = resource.policy as ResourcePolicy;
    const row = await this.parts.lockRow(tx, context, id, 'for update');
    if (!row) throw notFound(resource, id);
    if (!policy.remove) throw forbidden(resource.type, 'deleted');
    await policy.remove({ actor, tx, row, values: {}, pointerTo: () => undefined });
    await context.precondition?.(tx);
    await this.parts.rememberCascade(tx, context, id);
    await tx.query(sql`delete from ${identifier(resource.table)} where id = ${id}::bigint`);
    await this.parts.remember(tx, context, resource, [{ before: row, after: null }]);
  }
}

/** The same of a type with locks of its own: the row as it is now, once everything that could forbid it has been asked. */
export async function authorizeRemoval(
  tx: Transaction,
  registry: Registry,
  { resource, actor }: OperationContext,
  id: string,
): Promise<Row> {
  const policy = resource.policy as ResourcePolicy;
  const row = await findRow(tx, registry, actor, resource, id);
  if (!row) throw notFound(resource, id);
  if (!policy.remove) throw forbidden(resource.type, 'deleted');
  await policy.remove({ actor, tx, row, values: {}, pointerTo: () => undefined });
  return row;
}
