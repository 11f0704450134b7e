import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { JsonApiError, type ErrorSource } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { known, quoted } from '../query/did-you-mean.js';
import { askedCursorProfile, askedOwnProfile } from '../query/profiles.js';
import { parseResourceQuery, type QueryRules } from '../query/resource-query.js';
import { isId } from '../request/read-fields.js';
import { Registry, type Resource } from '../resource/registry.js';
import type { OperationContext } from './operation.js';

export const READ_MANY: QueryRules['families'] = ['include', 'fields', 'filter', 'sort', 'page'];
export const READ_ONE: QueryRules['families'] = ['include', 'fields'];

/** Makes of an HTTP request what the operations work with. */
@Injectable()
export class RequestContexts {
  constructor(
    private readonly registry: Registry,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @throws JsonApiError 400 naming each parameter that cannot be used */
  of(
    resource: Resource,
    request: JsonApiRequest,
    families: QueryRules['families'],
    own: readonly string[] = [],
  ): OperationContext {
    return this.parse(resource, request, { families, own });
  }

  /**
   * Of a list. Its name is what the URL says of it; cursors hold for that list only.
   * @throws JsonApiError 400 naming each parameter that cannot be used
   */
  ofList(
    resource: Resource,
    request: JsonApiRequest,
    families: QueryRules['families'],
    list: string,
  ): OperationContext {
    const cursorProfile = askedCursorProfile(request.profiles);
    const ownProfile = askedOwnProfile(request.profiles, this.originsOf(request));
    return this.parse(resource, request, { families, list, cursorProfile, ownProfile });
  }

  private originsOf({ headers: { host } }: JsonApiRequest): string[] {
    return this.env.publicUrl === undefined ? [`http://${host}`, `https://${host}`] : [this.env.publicUrl];
  }

  private parse(
    resource: Resource,
    request: JsonApiRequest,
    rules: Omit<QueryRules, 'lenient' | 'maxPageSize'>,
  ): OperationContext {
    const { lenient, headers, id: requestId, user: actor } = request;
    const { pageMaxSize: maxPageSize } = this.env;
    const all = { ...rules, lenient, maxPageSize };
    const query = parseResourceQuery(queryString(request), resource, this.registry, all);
    return { resource, actor, query, lenient, requestId, ifMatch: headers['if-match'] };
  }
}

const queryString = ({ originalUrl }: JsonApiRequest): string => {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at + 1);
};

/** The id that a URL names. @throws JsonApiError 404 */
export function idOf(resource: Resource, word: string, actor: unknown): string {
  const id = resource.idAlias?.(word, actor as never) ?? word;
  if (!isId(id)) throw notFound(resource, word);
  return id;
}

export function relationshipOf(
  resource: Resource,
  name: string,
  source?: ErrorSource,
): Resource['relationships'][string] {
  const relationship = Object.hasOwn(resource.relationships, name) ? resource.relationships[name] : undefined;
  if (relationship) return relationship;
  const possible = known(Object.keys(resource.relationships), name);
  throw JsonApiError.of(
    'not_found',
    `${resource.type} has no relationship ${quoted(name)}. ${possible}`,
    source,
  );
}

/** The same words for what does not exist and what may not be read. */
export const notFound = ({ type }: Resource, word: string, source?: ErrorSource): JsonApiError =>
  JsonApiError.of('not_found', `There is no ${type} "${word.slice(0, 40)}" that you can read.`, source);
