import { ref, type Schema } from './openapi.js';

export const schemaRef = (name: string): Schema => ref('schemas', name) as unknown as Schema;

/** An object with these members and no others. */
export const closed = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
});

/** One of several shapes, told apart by `type`. @param byType the name of the schema by the value of `type` */
export const byType = (schemas: ReadonlyMap<string, string>): Schema => {
  const mapping = [...schemas].map(([type, name]) => [type, schemaRef(name)['$ref']] as const);
  return {
    oneOf: mapping.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'type', mapping: Object.fromEntries(mapping) },
  };
};

export const nullOr = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

const link: Schema = { type: 'string', description: 'A URI; its brackets are not encoded.' };
const linkOrNull: Schema = { type: ['string', 'null'] };
const text: Schema = { type: 'string' };
/** Where a profile is applied, the link says so. */
const ownLink: Schema = { anyOf: [link, closed({ href: link, type: { type: 'string' } }, ['href', 'type'])] };
const count: Schema = { type: 'integer', minimum: 0 };
const pageMeta = closed({ total: count, rangeTruncated: { type: 'boolean', const: true } }, []);

/** What documents of every type are made of. */
export const DOCUMENT_SCHEMAS: Readonly<Record<string, Schema>> = {
  Id: { type: 'string', pattern: '^[1-9][0-9]{0,18}$', description: 'A decimal number as a string.' },
  JsonApi: closed({ version: { type: 'string', const: '1.1' } }, ['version']),
  Links: closed({ self: link }, ['self']),
  PageLinks: {
    ...closed({ self: ownLink, first: linkOrNull, prev: linkOrNull, next: linkOrNull }, [
      'self',
      'prev',
      'next',
    ]),
    description: '`null`: there is no such page.',
  },
  RelationshipLinks: {
    ...closed({ self: link, related: link, prev: { type: 'null' }, next: link }, ['self', 'related']),
    description: '`next` leads to the linkage that did not fit into the answer.',
  },
  LinkagePageLinks: closed(
    { self: ownLink, related: link, first: linkOrNull, prev: linkOrNull, next: linkOrNull },
    ['self', 'related', 'prev', 'next'],
  ),
  ListMeta: {
    ...closed({ total: count, page: pageMeta }, []),
    description: 'How many there are, on `page[total]=true`; `page` is of the cursor profile.',
  },
  ItemMeta: {
    ...closed({ page: closed({ cursor: { type: 'string' } }, ['cursor']) }, ['page']),
    description: 'The place of the item in a list that is paged by cursors.',
  },
  LinkageMeta: closed(
    {
      total: { ...count, description: 'How many there are, on `page[total]=true`.' },
      page: pageMeta,
      warnings: {
        type: 'array',
        items: closed({ code: text, detail: text, pointer: text }, ['code', 'detail']),
        description: 'Of ends that were to be added and were not, each with the reason.',
      },
    },
    [],
  ),
};

/** A document about one resource, or about none. */
export const oneDocument = (data: Schema, meta?: Schema): Schema =>
  closed(
    {
      jsonapi: schemaRef('JsonApi'),
      links: schemaRef('Links'),
      data,
      included: schemaRef('Included'),
      ...(meta && { meta }),
    },
    ['jsonapi', 'links', 'data'],
  );

/** A document with a page of resources. */
export const manyDocument = (item: Schema): Schema =>
  closed(
    {
      jsonapi: schemaRef('JsonApi'),
      links: schemaRef('PageLinks'),
      data: { type: 'array', items: item },
      included: schemaRef('Included'),
      meta: schemaRef('ListMeta'),
    },
    ['jsonapi', 'links', 'data'],
  );

/** The linkage of a relationship as primary data. */
export const linkageDocument = (identifier: Schema, many: boolean): Schema =>
  closed(
    {
      jsonapi: schemaRef('JsonApi'),
      links: schemaRef(many ? 'LinkagePageLinks' : 'RelationshipLinks'),
      data: many ? { type: 'array', items: identifier } : nullOr(identifier),
      ...(many && { meta: schemaRef('LinkageMeta') }),
    },
    ['jsonapi', 'links', 'data'],
  );
