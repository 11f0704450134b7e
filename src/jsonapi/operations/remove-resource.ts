import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Row, Transaction } from '../../database/index.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import { Registry } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import type { OperationContext, RemoveOperation } from './operation.js';
import { notFound } from './request-context.js';
import { findRow, forbidden, lockRow } from './write-columns.js';

/** DELETE of a type that is nothing but its row. */
@Injectable()
export class RemoveResource implements RemoveOperation {
  constructor(private readonly registry: Registry) {}

  async remove(
    tx: Transaction,
    { resource, actor, precondition }: OperationContext,
    id: string,
  ): Promise<void> {
    const policy = resource.policy as ResourcePolicy;
    const row = await lockRow(tx, this.registry, actor, resource, id);
    if (!row) throw notFound(resource, id);
    if (!policy.remove) throw forbidden(resource.type, 'deleted');
    await policy.remove({ actor, tx, row, values: {}, pointerTo: () => undefined });
    await precondition?.(tx);
    await tx.query(sql`delete from ${identifier(resource.table)} where id = ${id}::bigint`);
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
