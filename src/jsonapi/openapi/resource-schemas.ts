import type { Resource } from '../resource/registry.js';
import { shownAttribute } from './attribute-schema.js';
import {
  byType,
  closed,
  DOCUMENT_SCHEMAS,
  linkageDocument,
  manyDocument,
  nullOr,
  oneDocument,
  schemaRef,
} from './document-schemas.js';
import { pascal } from './names.js';
import type { Schema } from './openapi.js';

/** What answers show of a type: the resource, its linkage, and the documents about it. */
export function resourceSchemas(resource: Resource): Record<string, Schema> {
  const name = pascal(resource.type);
  const identifier = schemaRef(`${name}Identifier`);
  return {
    [name]: resourceObject(resource),
    [`${name}Identifier`]: {
      ...closed(
        {
          type: { type: 'string', const: resource.type },
          id: schemaRef('Id'),
          meta: schemaRef('ItemMeta'),
        },
        ['type', 'id'],
      ),
    },
    [`${name}ToOne`]: closed({ links: schemaRef('RelationshipLinks'), data: nullOr(identifier) }, ['links']),
    [`${name}ToMany`]: closed(
      { links: schemaRef('RelationshipLinks'), data: { type: 'array', items: identifier } },
      ['links'],
    ),
    [`${name}Document`]: oneDocument(schemaRef(name)),
    [`${name}OrNoneDocument`]: oneDocument(nullOr(schemaRef(name))),
    [`${name}CreatedDocument`]: createdDocument(resource, schemaRef(name)),
    [`${name}Collection`]: manyDocument(schemaRef(name)),
    [`${name}Linkage`]: linkageDocument(identifier, false),
    [`${name}Linkages`]: linkageDocument(identifier, true),
  };
}

/** Nothing was made where a parameter of the type's own, such as `dry_run`, asked for that. */
const createdDocument = ({ about, createParameters = [] }: Resource, made: Schema): Schema =>
  oneDocument(createParameters.length > 0 ? nullOr(made) : made, about?.creation?.meta);

/** What `included` may hold: any type, told apart by `type`. */
export const includedSchema = (resources: readonly Resource[]): Record<string, Schema> => ({
  Included: { type: 'array', items: schemaRef('IncludedResource') },
  IncludedResource: byType(new Map(resources.map(({ type }) => [type, pascal(type)]))),
});

function resourceObject(resource: Resource): Schema {
  const attributes = Object.keys(resource.attributes).filter((name) => !resource.attributes[name]?.writeOnly);
  const relationships = Object.entries(resource.relationships);
  const schema = closed(
    {
      type: { type: 'string', const: resource.type },
      id: schemaRef('Id'),
      attributes: closed(
        Object.fromEntries(attributes.map((name) => [name, shownAttribute(resource, name)])),
        [],
      ),
      relationships: closed(
        Object.fromEntries(
          relationships.map(([name, { kind, type }]) => [
            name,
            schemaRef(`${pascal(type)}${kind === 'to-one' ? 'ToOne' : 'ToMany'}`),
          ]),
        ),
        [],
      ),
      links: schemaRef('Links'),
      meta: metaSchema(resource),
    },
    ['type', 'id', 'links'],
  );
  return { ...schema, ...(resource.about?.summary && { description: resource.about.summary }) };
}

/** The place in a list that is paged by cursors, and what the type has of its own. */
function metaSchema({ meta = {} }: Resource): Schema {
  const own = Object.keys(meta);
  if (own.length === 0) return schemaRef('ItemMeta');
  const page = (DOCUMENT_SCHEMAS['ItemMeta']?.['properties'] as Record<string, Schema>)['page'] as Schema;
  return closed({ ...Object.fromEntries(own.map((name) => [name, { type: 'string' }])), page }, []);
}
