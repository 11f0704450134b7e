import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import type { Row, Transaction } from '../../database/index.js';
import type { Draft } from '../request/read-draft.js';
import type { ResourcePolicy } from '../resource/define-resource.js';
import { Registry } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import { ChangeRelationship } from './change-relationship.js';
import type { CreateOperation, OperationContext, Written } from './operation.js';
import { Parts } from './parts.js';
import { columnsOf, forbidden, orConflict, pointerIn, requireReadableEnds } from './write-columns.js';

/** POST of a type that is nothing but its row. */
@Injectable()
export class CreateResource implements CreateOperation {
  constructor(
    private readonly registry: Registry,
    private readonly links: ChangeRelationship,
    private readonly parts: Parts,
  ) {}

  async create(tx: Transaction, context: OperationContext, draft: Draft): Promise<Written> {
    const values = await authorizeCreation(tx, this.registry, context, draft);
    await this.parts.lockWholes(tx, context.resource, [values]);
    return this.insert(tx, context, draft, values);
  }

  /** The row with all that belongs to it; for operations that have asked and locked by themselves. */
  async insert(tx: Transaction, context: OperationContext, draft: Draft, values: Row): Promise<Written> {
    const row = await insertRow(tx, draft, values);
    const id = String(row['id']);
    await this.links.writeAll(tx, context, id, draft);
    await this.parts.remember(tx, context, context.resource, [{ before: null, after: row }]);
    return { id, created: true, rest: draft.included };
  }
}

/** The columns of the new row, once everything that could forbid it has been asked. */
export async function authorizeCreation(
  tx: Transaction,
  registry: Registry,
  { resource, actor }: OperationContext,
  draft: Draft,
): Promise<Row> {
  const policy = resource.policy as ResourcePolicy;
  const values = { ...resource.defaults?.(actor as never), ...columnsOf(draft, false) };
  await requireReadableEnds(tx, registry, actor, draft);
  if (!policy.create) throw forbidden(resource.type, 'created');
  await policy.create({ actor, tx, values, pointerTo: pointerIn(draft) });
  return values;
}

/** Writes the bare row, and answers it as it is stored. */
export async function insertRow(tx: Transaction, draft: Draft, values: Row): Promise<Row> {
  const columns = Object.keys(values);
  const given =
    columns.length > 0
      ? sql`(${join(columns.map(identifier))}) values (${join(Object.values(values))})`
      : sql`default values`;
  const [row] = await orConflict(draft, () =>
    tx.query(sql`insert into ${identifier(draft.resource.table)} ${given} returning *`),
  );
  return row as Row;
}
