import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Transaction } from '../../database/index.js';
import type { Draft } from '../request/read-draft.js';
import { CreateResource } from './create-resource.js';
import type {
  CreateOperation,
  OperationContext,
  RemoveOperation,
  UpdateOperation,
  Written,
} from './operation.js';
import { RemoveResource } from './remove-resource.js';
import { notFound } from './request-context.js';
import { NO_QUERY, ShowResource } from './show-resource.js';
import { UpdateResource } from './update-resource.js';
import { requireUnchanged } from './write-columns.js';

/** Every write of every type, from a valid draft on: the type's own operation, or the generic one. */
@Injectable()
export class Writes {
  constructor(
    private readonly modules: ModuleRef,
    private readonly show: ShowResource,
  ) {}

  create(tx: Transaction, context: OperationContext, draft: Draft): Promise<Written> {
    const { operations } = context.resource;
    return this.operation<CreateOperation>(operations?.create, CreateResource).create(
      tx,
      context as never,
      draft,
    );
  }

  async update(tx: Transaction, context: OperationContext, id: string, sent: Draft): Promise<Written> {
    const draft = await this.withoutUnchanged(tx, context, id, sent);
    const { operations } = context.resource;
    return this.operation<UpdateOperation>(operations?.update, UpdateResource).update(
      tx,
      context as never,
      id,
      draft,
    );
  }

  remove(tx: Transaction, context: OperationContext, id: string): Promise<void> {
    const { operations } = context.resource;
    return this.operation<RemoveOperation>(operations?.remove, RemoveResource).remove(
      tx,
      context as never,
      id,
    );
  }

  /**
   * A client may send back what it was shown. Of read-only attributes it must; a to-one that is as shown is no change,
   * so that `null` for an end out of the client's sight does not take it away.
   */
  private async withoutUnchanged(
    tx: Transaction,
    context: OperationContext,
    id: string,
    draft: Draft,
  ): Promise<Draft> {
    const { resource } = context;
    const ends = Object.keys(draft.relationships).filter(
      (name) => resource.relationships[name]?.kind === 'to-one',
    );
    const names = [...Object.keys(draft.readOnly), ...ends];
    if (names.length === 0) return draft;
    const query = { ...NO_QUERY, fields: new Map([[resource.type, new Set(names)]]) };
    const [shown] = (await this.show.load(tx, { ...context, query, lenient: false }, { id })).primary;
    if (!shown) throw notFound(resource, id);
    requireUnchanged(draft, shown.attributes);
    const changed = Object.entries(draft.relationships).filter(
      ([name, end]) => !ends.includes(name) || end !== shown.linkage[name],
    );
    return { ...draft, relationships: Object.fromEntries(changed) };
  }

  private operation<T>(
    own: (new (...args: never[]) => T) | undefined,
    generic: new (...args: never[]) => T,
  ): T {
    return this.modules.get<T>((own ?? generic) as never, { strict: false });
  }
}
