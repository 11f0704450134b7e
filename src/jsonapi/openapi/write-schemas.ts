import type { Relationship, ToOne } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { isOptional, writtenAttribute } from './attribute-schema.js';
import { byType, closed, nullOr, schemaRef } from './document-schemas.js';
import { pascal } from './names.js';
import type { Schema } from './openapi.js';

/** Where a resource is written: on its own, or along with the one it belongs to. */
type Place = 'alone' | 'along';

/** The bodies of POST and PATCH of a type, and what of it may come along with another. */
export function writeSchemas(resource: Resource, registry: Registry): Record<string, Schema> {
  const name = pascal(resource.type);
  const along = (change: boolean): Record<string, Schema> => {
    const types = resource.takes ?? [];
    if (types.length === 0) return {};
    const schemas = new Map(types.map((type) => [type, alongName(type, change)]));
    return { included: { type: 'array', items: byType(schemas) } };
  };
  const taken = registry.all.some(({ takes }) => takes?.includes(resource.type));
  return {
    [`${name}Create`]: {
      type: 'object',
      required: ['data'],
      properties: { data: newResource(resource, 'alone'), ...along(false) },
    },
    [`${name}Update`]: {
      type: 'object',
      required: ['data'],
      properties: { data: changedResource(resource, 'alone'), ...along(true) },
    },
    ...(taken && {
      [alongName(resource.type, false)]: newResource(resource, 'along'),
      [alongName(resource.type, true)]: changedResource(resource, 'along'),
    }),
    [`${name}Reference`]: referenceSchema(resource),
    [`${name}End`]: endDocument(nullOr(schemaRef(`${name}Identifier`))),
    [`${name}Ends`]: endDocument({ type: 'array', items: schemaRef(`${name}Identifier`) }),
  };
}

/** Of something new: what has to be there, what may. */
function newResource(resource: Resource, place: Place): Schema {
  const required = Object.entries(resource.attributes)
    .filter(([name, { write }]) => write && !isOptional(resource, name))
    .map(([name]) => name);
  const ends = Object.entries(resource.relationships)
    .filter(([, end]) => place === 'alone' && mustBeNamed(resource, end))
    .map(([name]) => name);
  return {
    type: 'object',
    required: [
      'type',
      ...(required.length > 0 ? ['attributes'] : []),
      ...(ends.length > 0 ? ['relationships'] : []),
    ],
    properties: {
      type: { type: 'string', const: resource.type },
      lid: { type: 'string', description: 'A name for it within this document.' },
      attributes: closed(writtenAttributes(resource, false), required),
      ...relationships(resource, false, ends),
    },
  };
}

function changedResource(resource: Resource, place: Place): Schema {
  return {
    type: 'object',
    required: place === 'alone' ? ['type', 'id'] : ['type'],
    properties: {
      type: { type: 'string', const: resource.type },
      id: schemaRef('Id'),
      ...(place === 'along' && { lid: { type: 'string' } }),
      attributes: closed(writtenAttributes(resource, place === 'alone'), []),
      ...relationships(resource, place === 'alone', []),
    },
  };
}

function writtenAttributes(resource: Resource, changing: boolean): Record<string, Schema> {
  const own = Object.entries(resource.attributes).filter(([, { write }]) => writable(write, changing));
  const ids = Object.values(resource.relationships).filter(
    (end): end is ToOne => end.kind === 'to-one' && writable(end.write, changing),
  );
  return Object.fromEntries([
    ...own.map(([name]) => [name, writtenAttribute(resource, name)] as const),
    ...ids.flatMap((end) =>
      end.idAttribute ? [[end.idAttribute, endSchema(resource, end, schemaRef('Id'))] as const] : [],
    ),
  ]);
}

function relationships(
  resource: Resource,
  changing: boolean,
  required: readonly string[],
): Record<string, Schema> {
  const shown = Object.entries(resource.relationships).flatMap(([name, end]) => {
    const takenAlong = resource.takes?.includes(end.type) ?? false;
    if (!writable(end.write, changing) && !takenAlong) return [];
    const reference = schemaRef(`${pascal(end.type)}Reference`);
    const data =
      end.kind === 'to-many' ? { type: 'array', items: reference } : endSchema(resource, end, reference);
    return [[name, closed({ data }, ['data'])] as const];
  });
  return shown.length > 0 ? { relationships: closed(Object.fromEntries(shown), required) } : {};
}

const endSchema = (resource: Resource, { column }: ToOne, schema: Schema): Schema =>
  column && !resource.nullable.has(column) ? schema : nullOr(schema);

/** An end without which there is no row, and that can be said in no other way. */
const mustBeNamed = (resource: Resource, end: Relationship): boolean =>
  end.kind === 'to-one' &&
  Boolean(end.write && end.column && !resource.nullable.has(end.column) && !end.idAttribute);

const writable = (write: boolean | 'create' | undefined, changing: boolean): boolean =>
  write === true || (write === 'create' && !changing);

const alongName = (type: string, change: boolean): string =>
  `${change ? 'Changed' : 'New'}${pascal(type)}Along`;

/** What names a resource in a body: the id of one that exists, or the `lid` of one in the same document. */
function referenceSchema({ type }: Resource): Schema {
  const constant = { type: 'string', const: type };
  return {
    oneOf: [
      closed({ type: constant, id: schemaRef('Id') }, ['type', 'id']),
      closed({ type: constant, lid: { type: 'string' } }, ['type', 'lid']),
    ],
  };
}

/** The body of a relationship URL. */
const endDocument = (data: Schema): Schema => ({ type: 'object', required: ['data'], properties: { data } });
