import { Injectable } from '@nestjs/common';
import type { SqlRunner } from '../../database/index.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Resource } from '../resource/registry.js';
import { DocumentBuilder } from '../response/build-document.js';
import type { LoadedSet } from '../store/loaded.js';
import { Store, type Which } from '../store/store.js';
import type { Answer, OperationContext, Written } from './operation.js';
import { notFound, relationshipOf } from './request-context.js';

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
  /**
   * What stands at the other end of a relationship of `id`; undefined: nothing that may be read.
   * @throws JsonApiError 404 without the near end
   */
  async reach(
    runner: SqlRunner,
    context: OperationContext,
    id: string,
    name: string,
  ): Promise<Which | undefined> {
    const { resource } = context;
    const relationship = relationshipOf(resource, name);
    const fields = new Map([[resource.type, new Set(relationship.kind === 'to-one' ? [name] : [])]]);
    const near = { ...context, query: { ...NO_QUERY, fields }, lenient: false };
    const [parent] = (await this.load(runner, near, { id })).primary;
    if (!parent) throw notFound(resource, id);
    if (relationship.kind === 'to-many') return { reachedFrom: { relationship, parentId: id } };
    const end = parent.linkage[name];
    return typeof end === 'string' ? { id: end } : undefined;
  }

  /** The linkage of a relationship alone; `context` is that of the far end. */
  async linkage(
    runner: SqlRunner,
    context: OperationContext,
    which: Which | undefined,
    { resource, word, name }: { resource: Resource; word: string; name: string },
    meta?: Record<string, unknown>,
  ): Promise<Answer> {
    const query = { ...context.query, fields: new Map([[context.resource.type, new Set<string>()]]) };
    const set = which ? await this.load(runner, { ...context, query, lenient: false }, which) : NOTHING;
    const { links } = this.documents;
    const own = {
      self: links.relationship(resource, word, name),
      related: links.related(resource, word, name),
    };
    const many = resource.relationships[name]?.kind === 'to-many';
    return { status: 200, document: this.documents.linkage(set, query, own, many, meta) };
  }
}
