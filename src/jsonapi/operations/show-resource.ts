import { Inject, Injectable } from '@nestjs/common';
import type { SqlRunner } from '../../database/index.js';
import type { ResourceObject } from '../document/document.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import { isMatch, meetsAny, resourceTag } from '../http/entity-tags.js';
import { BY_ID } from '../query/parse-sort.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Resource } from '../resource/registry.js';
import { DocumentBuilder } from '../response/build-document.js';
import type { LoadedSet } from '../store/loaded.js';
import { Store, type Which } from '../store/store.js';
import { CALLER_KEY, type CallerKey } from './caller-key.js';
import type { Answer, OperationContext, Written } from './operation.js';
import { notFound, relationshipOf } from './request-context.js';

export const NOTHING: LoadedSet = { primary: [], included: [], more: false };

/** A query that asks for one bare row. */
export const NO_QUERY: ResourceQuery = {
  include: new Map(),
  includeAsked: false,
  fields: new Map(),
  filters: [],
  sort: BY_ID,
  page: { kind: 'number', limit: 1, offset: 0, total: false },
  profiles: [],
  own: new Map(),
  sent: '',
};

/** Answers with what is stored, as far as the actor may see it. */
@Injectable()
export class ShowResource {
  constructor(
    private readonly store: Store,
    private readonly documents: DocumentBuilder,
    @Inject(CALLER_KEY) private readonly callerKey: CallerKey,
  ) {}

  load(runner: SqlRunner, context: OperationContext, which: Which): Promise<LoadedSet> {
    const { actor, lenient, resource, query } = context;
    return this.store.load(runner, resource, which, query, { actor, allLinkage: lenient });
  }

  /** @throws JsonApiError 404 */
  async one(runner: SqlRunner, context: OperationContext, id: string, self: string): Promise<Answer> {
    const set = await this.load(runner, context, { id });
    if (set.primary.length === 0) throw notFound(context.resource, id);
    const document = this.documents.one(set, context.query, self);
    return { status: 200, document, headers: this.tag(context, set) };
  }

  /** What was written may be out of the writer's own sight; a dry run may have made nobody. */
  async written(runner: SqlRunner, context: OperationContext, written: Written): Promise<Answer> {
    const { id, created, meta, actor = context.actor } = written;
    const { links } = this.documents;
    const set = id === undefined ? NOTHING : await this.load(runner, { ...context, actor }, { id });
    const self = id === undefined ? links.collection(context.resource) : links.self(context.resource, id);
    const document = this.documents.one(set, context.query, self, meta);
    const location = created && id !== undefined && { Location: self };
    return {
      status: created ? 201 : 200,
      document,
      headers: { ...location, ...this.tag(context, set) },
    };
  }

  /** The whole resources with these ids, as far as the actor may see them. */
  async resources(
    runner: SqlRunner,
    context: OperationContext,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ResourceObject>> {
    if (ids.length === 0) return new Map();
    const set = await this.load(runner, { ...context, query: NO_QUERY }, { ids });
    return new Map(this.documents.resources(set, NO_QUERY).map((resource) => [resource.id, resource]));
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

  /**
   * Holds a resource, whose row the transaction has locked, against the `If-Match` of the request. A tag of either way
   * of speaking will do: many a client reads in one and writes in the other. @throws JsonApiError 412
   */
  async requireMatch(tx: SqlRunner, context: OperationContext, id: string): Promise<void> {
    const { ifMatch = '*', lenient } = context;
    if (meetsAny(ifMatch)) return;
    for (const way of [lenient, !lenient]) {
      const plain = { ...context, lenient: way, query: NO_QUERY };
      const set = await this.load(tx, plain, { id });
      if (isMatch(ifMatch, this.tag(plain, set).ETag ?? '')) return;
    }
    const detail = `This ${context.resource.type} is not as you read it; read it again and send the change with its new ETag.`;
    throw JsonApiError.of('precondition_failed', detail, { header: 'If-Match' });
  }

  /** The strong tag, where the whole resource is shown as it is without any parameter. */
  private tag(context: OperationContext, { primary: [shown] }: LoadedSet): { ETag?: string } {
    const { includeAsked, fields } = context.query;
    if (!shown || includeAsked || fields.size > 0) return {};
    const { resource, id, version = 1, attributes, meta, linkage, cut } = shown;
    const all = [resource.type, id, attributes, meta, linkage, [...cut]];
    return { ETag: resourceTag(version, this.callerKey(context.actor), all) };
  }
}
