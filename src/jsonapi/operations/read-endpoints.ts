import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { Registry, type Resource } from '../resource/registry.js';
import { DocumentBuilder } from '../response/build-document.js';
import type { Answer, OperationContext } from './operation.js';
import { idOf, READ_MANY, READ_ONE, relationshipOf, RequestContexts } from './request-context.js';
import { NOTHING, ShowResource } from './show-resource.js';

/** The routes that read, of every resource type. */
@Injectable()
export class ReadEndpoints {
  constructor(
    private readonly registry: Registry,
    private readonly contexts: RequestContexts,
    private readonly show: ShowResource,
    private readonly documents: DocumentBuilder,
    private readonly database: Database,
  ) {}

  async list(resource: Resource, request: JsonApiRequest): Promise<Answer> {
    const context = this.contexts.ofList(resource, request, READ_MANY, resource.path);
    const set = await this.show.load(this.database, context, {});
    const self = this.documents.links.collection(resource);
    return { ...ok(context), document: this.documents.many(set, context.query, self) };
  }

  async one(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.contexts.of(resource, request, READ_ONE);
    const id = idOf(resource, word, context.actor);
    return this.show.one(this.database, context, id, this.documents.links.self(resource, word));
  }

  /** `GET /people/1/email_addresses`: the resources at the other end. */
  async related(resource: Resource, request: JsonApiRequest, word: string, name: string): Promise<Answer> {
    const relationship = relationshipOf(resource, name);
    const many = relationship.kind === 'to-many';
    const target = this.registry.get(relationship.type);
    const context = many
      ? this.contexts.ofList(target, request, READ_MANY, listOf(resource, word, name))
      : this.contexts.of(target, request, READ_ONE);
    const id = idOf(resource, word, context.actor);
    const which = await this.show.reach(this.database, { ...context, resource }, id, name);
    const set = which ? await this.show.load(this.database, context, which) : NOTHING;
    const self = this.documents.links.related(resource, word, name);
    const document = this.documents[many ? 'many' : 'one'](set, context.query, self);
    return { ...ok(context), document };
  }

  /** `GET /people/1/relationships/email_addresses`: the linkage alone. */
  async relationship(
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
  ): Promise<Answer> {
    const { kind, type } = relationshipOf(resource, name);
    const target = this.registry.get(type);
    const context =
      kind === 'to-many'
        ? this.contexts.ofList(target, request, ['page'], listOf(resource, word, name))
        : this.contexts.of(target, request, []);
    const id = idOf(resource, word, context.actor);
    const which = await this.show.reach(this.database, { ...context, resource }, id, name);
    const answer = await this.show.linkage(this.database, context, which, { resource, word, name });
    return { ...answer, ...ok(context) };
  }
}

/** The related resources and their linkage are one list: a cursor of the one holds for the other. */
const listOf = ({ path }: Resource, word: string, name: string): string => `${path}/${word}/${name}`;

const ok = ({ query: { profiles } }: OperationContext): Pick<Answer, 'status' | 'profiles'> => ({
  status: 200,
  ...(profiles.length > 0 && { profiles }),
});
