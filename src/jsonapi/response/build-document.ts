import type { Document, Identifier, RelationshipObject, ResourceObject } from '../document/document.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Relationship } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import type { Loaded, LoadedSet } from '../store/loaded.js';
import type { Links } from './links.js';
import { itemMeta, pageLinks, pageMeta, restOfLinkage, selfLink } from './page-links.js';
import { resourceSerializer } from './serialize-resource.js';

/** Turns loaded rows into JSON:API documents; asks nothing and nobody. */
export class DocumentBuilder {
  private readonly serializers = new Map<string, ReturnType<typeof resourceSerializer>>();

  constructor(
    private readonly registry: Registry,
    readonly links: Links,
    private readonly maxPageSize: number,
  ) {}

  /** A document with one resource, or with `null` where there could be one. */
  one(set: LoadedSet, query: ResourceQuery, self: string, meta?: Record<string, unknown>): Document {
    const primary = set.primary[0];
    return {
      jsonapi: { version: '1.1' },
      links: { self: selfLink(query, self) },
      data: primary ? this.resource(primary, query) : null,
      ...this.included(set, query),
      ...(meta && { meta }),
    };
  }

  /** A document with a page of a collection. */
  many(set: LoadedSet, query: ResourceQuery, self: string): Document {
    return {
      jsonapi: { version: '1.1' },
      links: { self: selfLink(query, self), ...pageLinks(set, query, self) },
      data: set.primary.map((loaded) => this.item(loaded, query)),
      ...this.included(set, query),
      ...metaOf(pageMeta(set, query)),
    };
  }

  /** The linkage of one relationship as primary data. */
  linkage(
    set: LoadedSet,
    query: ResourceQuery,
    links: { self: string; related: string },
    many: boolean,
    meta?: Record<string, unknown>,
  ): Document {
    const identifiers = set.primary.map((loaded) => ({
      type: loaded.resource.type,
      id: loaded.id,
      ...itemMeta(loaded, query),
    }));
    return {
      jsonapi: { version: '1.1' },
      links: {
        self: selfLink(query, links.self),
        related: links.related,
        ...(many && pageLinks(set, query, links.self)),
      },
      data: many ? identifiers : (identifiers[0] ?? null),
      ...metaOf({ ...meta, ...pageMeta(set, query) }),
    };
  }

  /** The primary data alone. */
  resources(set: LoadedSet, query: ResourceQuery): ResourceObject[] {
    return set.primary.map((loaded) => this.resource(loaded, query));
  }

  private included(set: LoadedSet, query: ResourceQuery): Pick<Document, 'included'> {
    return query.includeAsked ? { included: set.included.map((loaded) => this.resource(loaded, query)) } : {};
  }

  private item(loaded: Loaded, query: ResourceQuery): ResourceObject {
    const resource = this.resource(loaded, query);
    const { meta } = itemMeta(loaded, query);
    return meta ? { ...resource, meta: { ...resource.meta, ...meta } } : resource;
  }

  private resource(loaded: Loaded, query: ResourceQuery): ResourceObject {
    const { resource } = loaded;
    const { type, id, attributes } = this.serializer(resource)(loaded);
    const self = this.links.self(resource, id);
    const fields = query.fields.get(resource.type);
    const relationships: Record<string, RelationshipObject> = {};
    for (const name in resource.relationships)
      if (fields?.has(name) ?? true) relationships[name] = this.relationship(loaded, self, name);
    return {
      type,
      id,
      ...(attributes && hasMembers(attributes) && { attributes }),
      ...(hasMembers(relationships) && { relationships }),
      links: { self },
      ...metaOf(loaded.meta),
    };
  }

  private relationship(
    { resource, id, linkage, cut }: Loaded,
    self: string,
    name: string,
  ): RelationshipObject {
    const links: RelationshipObject['links'] = {
      self: `${self}/relationships/${name}`,
      related: `${self}/${name}`,
    };
    const ends = linkage[name];
    if (ends === undefined) return { links };
    const { type } = resource.relationships[name] as Relationship;
    if (!Array.isArray(ends)) return { links, data: ends === null ? null : { type, id: ends as string } };
    if (cut.has(name)) {
      links.prev = null;
      links.next = restOfLinkage(
        `${resource.path}/${id}/${name}`,
        links.self as string,
        ends as string[],
        this.maxPageSize,
      );
    }
    return { links, data: ends.map((end: string): Identifier => ({ type, id: end })) };
  }

  private serializer(resource: Resource): ReturnType<typeof resourceSerializer> {
    let serializer = this.serializers.get(resource.type);
    if (!serializer) {
      serializer = resourceSerializer(this.registry.get(resource.type));
      this.serializers.set(resource.type, serializer);
    }
    return serializer;
  }
}

const metaOf = (meta: Readonly<Record<string, unknown>>): Pick<Document, 'meta'> =>
  hasMembers(meta) ? { meta } : {};

function hasMembers(value: object): boolean {
  for (const _name in value) return true;
  return false;
}
