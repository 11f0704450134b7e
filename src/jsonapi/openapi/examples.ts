import type { Attribute, ValueType } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import type { Example } from './openapi.js';

const VALUES: Record<ValueType, unknown> = {
  string: 'text',
  integer: 1,
  boolean: true,
  date: '2001-02-03',
  timestamp: '2026-01-31T12:00:00.000Z',
  id: '1',
  json: {},
};

const JSONAPI = { version: '1.1' };

type Json = Record<string, unknown>;

/** Documents as they are sent and answered, made from the definitions. */
export class Examples {
  constructor(private readonly registry: Registry) {}

  idOf(type: string): string {
    return this.registry.get(type).about?.exampleId ?? '1';
  }

  document(resource: Resource): Json {
    const data = this.resourceObject(resource);
    return { jsonapi: JSONAPI, links: data['links'], data };
  }

  /** What POST answers. */
  created(resource: Resource): Json {
    const { creation } = resource.about ?? {};
    return { ...this.document(resource), ...(creation && { meta: creation.example }) };
  }

  collection(resource: Resource): Json {
    const self = `${BASE_PATH}/${resource.path}`;
    const links = { self, first: `${self}?page%5Bnumber%5D=1&page%5Bsize%5D=25`, prev: null, next: null };
    return { jsonapi: JSONAPI, links, data: [this.resourceObject(resource)] };
  }

  linkage(resource: Resource, name: string): Json {
    const { links, data } = this.relationshipObject(resource, name, true);
    const pages = Array.isArray(data) && { prev: null, next: null };
    return { jsonapi: JSONAPI, links: { ...(links as Json), ...pages }, data };
  }

  /** The body of a relationship URL. */
  ends(resource: Resource, name: string): Record<string, Example> {
    return { example: { value: { data: this.linkage(resource, name)['data'] } } };
  }

  creations(resource: Resource): Record<string, Example> {
    const told = resource.about?.creations;
    return told ? named(told) : { example: { value: { data: this.newResource(resource) } } };
  }

  changes(resource: Resource): Record<string, Example> {
    const told = resource.about?.changes;
    const data = { type: resource.type, id: this.idOf(resource.type), attributes: this.writable(resource) };
    return told ? named(told) : { example: { value: { data } } };
  }

  private newResource(resource: Resource): Json {
    const ends = Object.entries(resource.relationships).filter(
      ([, end]) => end.kind === 'to-one' && end.write && end.column && !resource.nullable.has(end.column),
    );
    const relationships = ends.map(([name, { type }]) => [name, { data: { type, id: this.idOf(type) } }]);
    return {
      type: resource.type,
      attributes: this.writable(resource),
      ...(ends.length > 0 && { relationships: Object.fromEntries(relationships) as Json }),
    };
  }

  private writable(resource: Resource): Json {
    return this.attributes(resource, ({ write, writeOnly }) => write === true && !writeOnly);
  }

  private resourceObject(resource: Resource): Json {
    const relationships = Object.keys(resource.relationships);
    return {
      type: resource.type,
      id: this.idOf(resource.type),
      attributes: this.attributes(resource, ({ writeOnly, onRequest }) => !writeOnly && !onRequest),
      ...(relationships.length > 0 && {
        relationships: Object.fromEntries(
          relationships.map((name) => [name, this.relationshipObject(resource, name, false)]),
        ) as Json,
      }),
      links: { self: this.self(resource) },
    };
  }

  private relationshipObject(resource: Resource, name: string, linkage: boolean): Json {
    const { kind, type } = resource.relationships[name] as Resource['relationships'][string];
    const self = this.self(resource);
    const links = { self: `${self}/relationships/${name}`, related: `${self}/${name}` };
    const told = resource.about?.ends?.[name];
    const id = told === undefined ? this.idOf(type) : told;
    const data = id === null ? null : { type, id };
    if (kind === 'to-one') return { links, data };
    return linkage ? { links, data: data ? [data] : [] } : { links };
  }

  private attributes(resource: Resource, wanted: (attribute: Attribute) => unknown): Json {
    const entries = Object.entries(resource.attributes).filter(([, attribute]) => wanted(attribute));
    return Object.fromEntries(
      entries.map(([name, { type }]) => [name, exampleOf(resource, name) ?? VALUES[type]]),
    );
  }

  private self(resource: Resource): string {
    return `${BASE_PATH}/${resource.path}/${this.idOf(resource.type)}`;
  }
}

/** `null` is a value too. */
function exampleOf({ about }: Resource, name: string): unknown {
  const told = about?.attributes?.[name];
  return told && 'example' in told ? told.example : undefined;
}

const named = (told: Readonly<Record<string, unknown>>): Record<string, Example> =>
  Object.fromEntries(
    Object.entries(told).map(([summary, value], i) => [`example${i + 1}`, { summary, value }]),
  );
