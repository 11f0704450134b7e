import { Injectable } from '@nestjs/common';
import type { SqlRunner } from '../../database/index.js';
import type { ResourceQuery } from '../query/resource-query.js';
import { DocumentBuilder } from '../response/build-document.js';
import type { LoadedSet } from '../store/loaded.js';
import { Store, type Which } from '../store/store.js';
import type { Answer, OperationContext, Written } from './operation.js';
import { notFound } from './request-context.js';

export const NOTHING: LoadedSet = { primary: [], included: [], more: false };

/** A query that asks for one bare row. */
export const NO_QUERY: ResourceQuery = {
  include: new Map(),
  includeAsked: false,
  fields: new Map(),
  filters: [],
  sort: [],
  page: { kind: 'number', limit: 1, offset: 0, total: false },
  own: new Map(),
  sent: '',
};

/** Answers with what is stored, as far as the actor may see it. */
@Injectable()
export class ShowResource {
  constructor(
    private readonly store: Store,
    private readonly documents: DocumentBuilder,
  ) {}

  load(runner: SqlRunner, context: OperationContext, which: Which): Promise<LoadedSet> {
    const { actor, lenient, resource, query } = context;
    return this.store.load(runner, resource, which, query, { actor, allLinkage: lenient });
  }

  /** @throws JsonApiError 404 */
  async one(runner: SqlRunner, context: OperationContext, id: string, self: string): Promise<Answer> {
    const set = await this.load(runner, context, { id });
    if (set.primary.length === 0) throw notFound(context.resource, id);
    return { status: 200, document: this.documents.one(set, context.query, self) };
  }

  /** What was written may be out of the writer's own sight; a dry run may have made nobody. */
  async written(runner: SqlRunner, context: OperationContext, written: Written): Promise<Answer> {
    const { id, created, meta, actor = context.actor } = written;
    const { links } = this.documents;
    const set = id === undefined ? NOTHING : await this.load(runner, { ...context, actor }, { id });
    const self = id === undefined ? links.collection(context.resource) : links.self(context.resource, id);
    return {
      status: created ? 201 : 200,
      document: this.documents.one(set, context.query, self, meta),
      ...(created && id !== undefined && { headers: { Location: self } }),
    };
  }
}
