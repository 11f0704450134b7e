import { ATOMIC, OPERATIONS, RESULTS } from '../atomic/atomic-extension.js';
import { mediaType } from '../document/document.js';
import { allows } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { BASE_PATH } from '../response/links.js';
import { closed, nullOr, schemaRef } from './document-schemas.js';
import { Examples } from './examples.js';
import { errorResponses } from './error-responses.js';
import { headerRefs } from './exchanges.js';
import { pascal } from './names.js';
import { ref, type Example, type OpenApiPart, type Parameter, type Schema } from './openapi.js';

const TYPE = mediaType({ extensions: [ATOMIC] });
const op = (code: string): Schema => ({ type: 'string', const: code });
const text: Schema = { type: 'string' };

/** Several writes in one request, of every type that can be written. */
export function operationsPart(registry: Registry): OpenApiPart {
  const resources = registry.all;
  const schema = schemaRef('Operations');
  return {
    tags: [
      { name: 'operations', description: `Several writes, all of them or none: [${ATOMIC}](${ATOMIC}).` },
    ],
    paths: {
      [`${BASE_PATH}/operations`]: {
        post: {
          operationId: 'performOperations',
          summary: 'Do several writes in order, all of them or none',
          tags: ['operations'],
          parameters: [
            ...parametersOf(resources),
            ref('parameters', 'Idempotency-Key'),
            ref('parameters', 'X-Request-Id'),
          ],
          requestBody: {
            required: true,
            content: { [TYPE]: { schema, examples: examplesOf(resources) }, 'application/json': { schema } },
          },
          responses: {
            200: {
              description: 'All are done; one result for each, in their order.',
              headers: headerRefs(['X-Request-Id', 'X-MH-Session', 'ETag', 'Idempotency-Replayed']),
              content: {
                [TYPE]: {
                  schema: schemaRef('OperationResults'),
                  examples: { example: { value: resultsExample(registry) } },
                },
              },
            },
            ...errorResponses([400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500, 503]),
          },
        },
      },
    },
    schemas: operationSchemas(resources),
  };
}

function operationSchemas(resources: readonly Resource[]): Record<string, Schema> {
  const bodies = (verb: 'create' | 'update', name: 'Create' | 'Update'): Schema => ({
    anyOf: resources
      .filter((resource) => allows(resource, verb))
      .map(({ type }) => schemaRef(`${pascal(type)}${name}/properties/data`)),
  });
  const where = { ref: schemaRef('OperationTarget'), href: text };
  const operation = (properties: Record<string, Schema>, required: readonly string[]): Schema => ({
    type: 'object',
    required: ['op', ...required],
    properties: { ...properties, meta: { type: 'object' } },
  });
  return {
    OperationTarget: {
      ...closed({ type: text, id: text, lid: text, relationship: text }, ['type']),
      description: 'By `id`, or by the `lid` of what an operation before this one adds.',
    },
    AddOperation: operation({ op: op('add'), href: text, data: bodies('create', 'Create') }, ['data']),
    UpdateOperation: operation({ op: op('update'), ...where, data: bodies('update', 'Update') }, ['data']),
    RemoveOperation: operation({ op: op('remove'), ...where }, []),
    RelationshipOperation: operation(
      {
        op: { type: 'string', enum: ['add', 'update', 'remove'] },
        ...where,
        data: { description: 'The linkage.', type: ['array', 'object', 'null'] },
      },
      ['data'],
    ),
    Operations: {
      type: 'object',
      required: [OPERATIONS],
      properties: {
        [OPERATIONS]: {
          type: 'array',
          minItems: 1,
          items: {
            anyOf: ['Add', 'Update', 'Remove', 'Relationship'].map((name) => schemaRef(`${name}Operation`)),
          },
        },
      },
    },
    OperationResults: closed(
      {
        jsonapi: schemaRef('JsonApi'),
        [RESULTS]: {
          type: 'array',
          minItems: 1,
          items: closed({ data: nullOr(schemaRef('IncludedResource')), meta: { type: 'object' } }, []),
        },
      },
      ['jsonapi', RESULTS],
    ),
  };
}

/** Those of all creations. */
function parametersOf(resources: readonly Resource[]): Parameter[] {
  const told = Object.assign({}, ...resources.map(({ about }) => about?.parameters ?? {})) as NonNullable<
    NonNullable<Resource['about']>['parameters']
  >;
  return Object.entries(told).map(([name, { about, values }]) => ({
    ...{ name, in: 'query', description: about, schema: { type: 'string', enum: values } },
  }));
}

const examplesOf = (resources: readonly Resource[]): Record<string, Example> =>
  Object.fromEntries(
    resources
      .flatMap(({ about }) => Object.entries(about?.operations ?? {}))
      .map(([name, operations]) => [name, { value: { [OPERATIONS]: operations } }]),
  );

/** Something is made, and something removed. */
const resultsExample = (registry: Registry): unknown => {
  const { jsonapi, data } = new Examples(registry).document(registry.all[0] as Resource);
  return { jsonapi, [RESULTS]: [{ data }, {}] };
};
