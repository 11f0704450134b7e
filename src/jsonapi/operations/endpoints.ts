import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ENV, type Env } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { parseResourceQuery, type QueryRules, type ResourceQuery } from '../query/resource-query.js';
import { isId } from '../request/read-fields.js';
import { readDraft, type Draft } from '../request/read-draft.js';
import { readJson } from '../request/read-json.js';
import { validateDraft } from '../request/validate-draft.js';
import { Registry, type Resource } from '../resource/registry.js';
import { DocumentBuilder } from '../response/build-document.js';
import type { LoadedSet } from '../store/loaded.js';
import { Store, type Which } from '../store/store.js';
import { CreateResource } from './create-resource.js';
import type {
  Answer,
  CreateOperation,
  OperationContext,
  RemoveOperation,
  UpdateOperation,
  Written,
} from './operation.js';
import { RemoveResource } from './remove-resource.js';
import { requireUnchanged } from './write-columns.js';
import { UpdateResource } from './update-resource.js';

const READ_MANY: QueryRules['families'] = ['include', 'fields', 'filter', 'sort', 'page'];
const READ_ONE: QueryRules['families'] = ['include', 'fields'];

/** Every route of every resource type, from request to answer: query, body, operation, what to show. */
@Injectable()
export class Endpoints {
  constructor(
    private readonly registry: Registry,
    private readonly store: Store,
    private readonly documents: DocumentBuilder,
    private readonly database: Database,
    private readonly modules: ModuleRef,
    @Inject(ENV) private readonly env: Env,
  ) {}

  async list(resource: Resource, request: JsonApiRequest): Promise<Answer> {
    const context = this.context(resource, request, READ_MANY);
    const set = await this.load(context, {});
    return {
      status: 200,
      document: this.documents.many(set, context.query, this.documents.links.collection(resource)),
    };
  }

  async read(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.context(resource, request, READ_ONE);
    const id = idOf(resource, word, request);
    return this.show(context, id, 200, this.documents.links.self(resource, word));
  }

  async create(resource: Resource, request: JsonApiRequest): Promise<Answer> {
    const context = this.context(resource, request, READ_ONE, resource.createParameters);
    const draft = readDraft(readJson(request.body), {
      resource,
      registry: this.registry,
      lenient: context.lenient,
    });
    validateDraft(draft, false);
    requireUnchanged(draft, {});
    const written = await this.operation<CreateOperation>(resource.operations?.create, CreateResource).create(
      context as never,
      draft,
    );
    const shown = await this.showWritten(context, written, written.created ? 201 : 200);
    const location = written.created && written.id !== undefined;
    return location
      ? { ...shown, headers: { Location: this.documents.links.self(resource, written.id as string) } }
      : shown;
  }

  async update(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.context(resource, request, READ_ONE);
    const id = idOf(resource, word, request);
    const sent = readDraft(readJson(request.body), {
      resource,
      registry: this.registry,
      lenient: context.lenient,
      id,
    });
    validateDraft(sent, true);
    const draft = await this.withoutUnchanged(context, id, sent);
    const written = await this.operation<UpdateOperation>(resource.operations?.update, UpdateResource).update(
      context as never,
      id,
      draft,
    );
    return this.showWritten(context, written, 200);
  }

  async remove(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.context(resource, request, []);
    const id = idOf(resource, word, request);
    await this.operation<RemoveOperation>(resource.operations?.remove, RemoveResource).remove(
      context as never,
      id,
    );
    return { status: 204 };
  }

  /** `GET /people/1/email_addresses`: the resources at the other end. */
  async readRelated(
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
  ): Promise<Answer> {
    const relationship = relationshipOf(resource, name);
    const target = this.registry.get(relationship.type);
    const many = relationship.kind === 'to-many';
    const context = this.context(target, request, many ? READ_MANY : READ_ONE);
    const { which, exists } = await this.reach(resource, request, word, name);
    if (!exists) throw notFound(resource, word);
    const set = which ? await this.load(context, which) : EMPTY;
    const self = this.documents.links.related(resource, word, name);
    return {
      status: 200,
      document: many
        ? this.documents.many(set, context.query, self)
        : this.documents.one(set, context.query, self),
    };
  }

  /** `GET /people/1/relationships/email_addresses`: the linkage alone. */
  async readRelationship(
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
  ): Promise<Answer> {
    const relationship = relationshipOf(resource, name);
    const target = this.registry.get(relationship.type);
    const many = relationship.kind === 'to-many';
    const context = this.context(target, request, many ? ['page'] : []);
    const { which, exists } = await this.reach(resource, request, word, name);
    if (!exists) throw notFound(resource, word);
    const query = { ...context.query, fields: new Map([[target.type, new Set<string>()]]) };
    const set = which ? await this.load({ ...context, lenient: false, query }, which) : EMPTY;
    const links = {
      self: this.documents.links.relationship(resource, word, name),
      related: this.documents.links.related(resource, word, name),
    };
    return { status: 200, document: this.documents.linkage(set, query, links, many) };
  }

  private context(
    resource: Resource,
    request: JsonApiRequest,
    families: QueryRules['families'],
    own: readonly string[] = [],
  ): OperationContext {
    const { lenient } = request;
    const query = parseResourceQuery(queryString(request), resource, this.registry, {
      families,
      own,
      lenient,
      maxPageSize: this.env.pageMaxSize,
    });
    return { resource, actor: request.user, query, lenient, requestId: request.id };
  }

  private load(context: OperationContext, which: Which): Promise<LoadedSet> {
    const reader = { actor: context.actor, allLinkage: context.lenient };
    return this.store.load(this.database, context.resource, which, context.query, reader);
  }

  private async show(
    context: OperationContext,
    id: string,
    status: number,
    self: string,
    meta?: Written['meta'],
  ): Promise<Answer> {
    const set = await this.load(context, { id });
    if (set.primary.length === 0) throw notFound(context.resource, id);
    return { status, document: this.documents.one(set, context.query, self, meta) };
  }

  /** What was written may be out of the writer's own sight; a dry run may have made nobody. */
  private async showWritten(
    context: OperationContext,
    { id, meta, actor = context.actor }: Written,
    status: number,
  ): Promise<Answer> {
    const { links } = this.documents;
    const set = id === undefined ? EMPTY : await this.load({ ...context, actor }, { id });
    const self = id === undefined ? links.collection(context.resource) : links.self(context.resource, id);
    return { status, document: this.documents.one(set, context.query, self, meta) };
  }

  /**
   * A client may send back what it was shown. Of read-only attributes it must; a to-one that is as shown is no change,
   * so that `null` for an end out of the client's sight does not take it away.
   */
  private async withoutUnchanged(context: OperationContext, id: string, draft: Draft): Promise<Draft> {
    const ends = Object.keys(draft.relationships).filter(
      (name) => context.resource.relationships[name]?.kind === 'to-one',
    );
    const names = [...Object.keys(draft.readOnly), ...ends];
    if (names.length === 0) return draft;
    const fields = new Map([[context.resource.type, new Set(names)]]);
    const set = await this.load({ ...context, query: { ...NO_QUERY, fields }, lenient: false }, { id });
    const shown = set.primary[0];
    if (!shown) throw notFound(context.resource, id);
    requireUnchanged(draft, shown.attributes);
    const changed = Object.entries(draft.relationships).filter(
      ([name, end]) => !ends.includes(name) || end !== shown.linkage[name],
    );
    return { ...draft, relationships: Object.fromEntries(changed) };
  }

  private async reach(
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
  ): Promise<{ exists: boolean; which?: Which }> {
    const id = idOf(resource, word, request);
    const relationship = relationshipOf(resource, name);
    const fields = new Map([[resource.type, new Set(relationship.kind === 'to-one' ? [name] : [])]]);
    const query: ResourceQuery = { ...NO_QUERY, fields };
    const set = await this.store.load(this.database, resource, { id }, query, {
      actor: request.user,
      allLinkage: false,
    });
    const parent = set.primary[0];
    if (!parent) return { exists: false };
    if (relationship.kind === 'to-many')
      return { exists: true, which: { reachedFrom: { relationship, parentId: id } } };
    const end = parent.linkage[name];
    return { exists: true, which: typeof end === 'string' ? { id: end } : undefined };
  }

  private operation<T>(
    own: (new (...args: never[]) => T) | undefined,
    generic: new (...args: never[]) => T,
  ): T {
    return this.modules.get<T>((own ?? generic) as never, { strict: false });
  }
}

const EMPTY: LoadedSet = { primary: [], included: [], more: false };

const NO_QUERY: ResourceQuery = {
  include: new Map(),
  includeAsked: false,
  fields: new Map(),
  filters: [],
  sort: [],
  page: { kind: 'number', limit: 1, offset: 0, total: false },
  own: new Map(),
  sent: '',
};

function idOf(resource: Resource, word: string, request: JsonApiRequest): string {
  const id = resource.idAlias?.(word, request.user as never) ?? word;
  if (!isId(id)) throw notFound(resource, word);
  return id;
}

function relationshipOf(resource: Resource, name: string): Resource['relationships'][string] {
  const relationship = Object.hasOwn(resource.relationships, name) ? resource.relationships[name] : undefined;
  if (relationship) return relationship;
  throw JsonApiError.of('not_found', `${resource.type} has no relationship "${name}".`);
}

export const notFound = (resource: Resource, word: string): JsonApiError =>
  JsonApiError.of('not_found', `There is no ${resource.type} "${word.slice(0, 40)}" that you can read.`);

const queryString = ({ originalUrl }: JsonApiRequest): string => {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at + 1);
};
