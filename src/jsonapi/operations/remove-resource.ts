import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { sqlState, type Row, type Transaction } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
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
    await unlessNamed(resource, () =>
      tx.query(sql`delete from ${identifier(resource.table)} where id = ${id}::bigint`),
    );
    await this.parts.remember(tx, context, resource, [{ before: row, after: null }]);
  }
}

/** Runs the deletion; a row that others name stays, where neither its policy nor its table says what becomes of these. */
async function unlessNamed<T>({ type }: Resource, remove: () => Promise<T>): Promise<T> {
  try {
    return await remove();
  } catch (error) {
    if (sqlState(error) !== '23503') throw error;
    throw JsonApiError.of('conflict', `Something else names this ${type}; take that away first.`);
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
