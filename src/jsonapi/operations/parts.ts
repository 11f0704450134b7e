import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import sql from 'sql-template-tag';
import type { Row, Transaction } from '../../database/index.js';
import type { Draft } from '../request/read-draft.js';
import { isId } from '../request/read-fields.js';
import type { ToOne } from '../resource/define-resource.js';
import { Registry, type Resource } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import type { OperationContext, PartChange } from './operation.js';
import { findRow, lockRow, readableIds } from './write-columns.js';

/** The ends moved while the transaction waited for their locks: it starts again, and meets them as they are. */
class EndsChanged extends Error {
  readonly code = '40001';
}

/** What the writes of resources mean for those that they are part of (`partOf`). */
@Injectable()
export class Parts {
  constructor(
    private readonly registry: Registry,
    private readonly modules: ModuleRef,
  ) {}

  /** Locks what rows are, or will be, part of: before the rows themselves, ids ascending. */
  async lockWholes(tx: Transaction, part: Resource, rows: readonly Row[]): Promise<void> {
    const ids = new Map<string, unknown[]>();
    for (const { type, column = '' } of wholesOf(part)) {
      const { table } = this.registry.get(type);
      ids.set(table, [...(ids.get(table) ?? []), ...rows.map((row) => row[column])]);
    }
    for (const [table, some] of ids)
      await tx.query(sql`
        select from ${identifier(table)} where id = any(${some.map(String).filter(isId)}::bigint[])
        order by id for no key update`);
  }

  /** The stored row, locked after what it is part of. @param ends by relationship: what it shall be part of */
  async lockRow(
    tx: Transaction,
    { resource, actor }: OperationContext,
    id: string,
    lock: 'for update' | 'for no key update',
    ends: Draft['relationships'] = {},
  ): Promise<Row | undefined> {
    const wholes = wholesOf(resource);
    const found = wholes.length > 0 ? await findRow(tx, this.registry, actor, resource, id) : undefined;
    const wanted = found ? await this.readableEnds(tx, resource, actor, ends) : [];
    if (found) await this.lockWholes(tx, resource, [found, Object.fromEntries(wanted)]);
    const row = await lockRow(tx, this.registry, actor, resource, id, lock);
    if (found && row && wholes.some(({ column = '' }) => row[column] !== found[column]))
      throw new EndsChanged('What the row is part of changed while it was locked.');
    return row;
  }

  /** By their columns: what may not be read is refused later, and not locked before. */
  private async readableEnds(
    tx: Transaction,
    resource: Resource,
    actor: unknown,
    ends: Draft['relationships'],
  ): Promise<(readonly [column: string, id: string])[]> {
    const wanted: (readonly [string, string])[] = [];
    for (const name of resource.partOf ?? []) {
      const { type } = resource.relationships[name] as ToOne;
      const end = ends[name];
      if (typeof end !== 'string') continue;
      const readable = await readableIds(tx, this.registry, actor, this.registry.get(type), [end]);
      if (readable.has(end)) wanted.push([columnOf(resource, name), end]);
    }
    return wanted;
  }

  /** Tells the first of them what became of their parts. */
  async remember(
    tx: Transaction,
    context: OperationContext,
    part: Resource,
    changes: readonly Omit<PartChange, 'part' | 'wholeId'>[],
  ): Promise<void> {
    const [whole] = wholesOf(part);
    const keeper = whole && this.registry.get(whole.type).operations?.remember;
    if (!keeper || changes.length === 0) return;
    const told = changes.map(({ before, after }): PartChange => {
      const row = after ?? before ?? {};
      return { part, wholeId: String(row[whole.column ?? '']), before, after };
    });
    await this.modules.get(keeper, { strict: false }).remember(tx, context as never, told);
  }

  /** What goes by a cascade with the row `id`, which is locked: from other resources parts are taken away. */
  async rememberCascade(tx: Transaction, context: OperationContext, id: string): Promise<void> {
    for (const part of this.registry.all.filter(({ partOf }) => partOf))
      for (const [name, { kind, type }] of Object.entries(part.relationships)) {
        const column = columnOf(part, name);
        if (kind !== 'to-one' || type !== context.resource.type || !column) continue;
        const rows = await tx.query(
          sql`select * from ${identifier(part.table)} where ${identifier(column)} = ${id}::bigint order by id`,
        );
        await this.lockWholes(tx, part, rows);
        const changes = rows.map((before) => ({ before, after: null }));
        await this.remember(tx, context, part, changes);
      }
  }
}

const columnOf = ({ relationships }: Resource, name: string): string =>
  (relationships[name] as ToOne | undefined)?.column ?? '';

const wholesOf = ({ partOf = [], relationships }: Resource): ToOne[] =>
  partOf.map((name) => relationships[name] as ToOne);
