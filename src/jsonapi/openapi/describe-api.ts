import type { Registry } from '../resource/registry.js';
import { DOCUMENT_SCHEMAS } from './document-schemas.js';
import { ERROR_RESPONSES, ERROR_SCHEMAS } from './error-responses.js';
import { words } from './names.js';
import type { Components, Header, OpenApiDocument, OpenApiPart, Parameter, Schema } from './openapi.js';
import { FILTER_SCHEMAS, sharedParameters } from './query-parameters.js';
import { operationsPart } from './operations-path.js';
import { resourcePaths } from './resource-paths.js';
import { includedSchema, resourceSchemas } from './resource-schemas.js';
import { writeSchemas } from './write-schemas.js';

export interface ApiSettings {
  /** Where the server is reached; empty: at the origin of the document. */
  readonly publicUrl?: string;
  readonly maxPageSize: number;
}

const DESCRIPTION = `A people backend that speaks [JSON:API 1.1](https://jsonapi.org/format/1.1/).

Sign in with \`POST /apis/v4/sessions\` and send the token as \`Authorization: Bearer …\`; every answer carries a fresh
one in \`X-MH-Session\`. Bodies and answers are \`application/vnd.api+json\`. A body sent as \`application/json\` may be the
same, and is read leniently: what is unknown in it is ignored. \`fields\` makes any attribute or relationship missing
from an answer; \`included\` is there when \`include\` was sent.`;

const HEADERS: Readonly<Record<string, Header>> = {
  'X-Request-Id': { description: 'The id of the request: yours, or a new one.', schema: { type: 'string' } },
  'X-MH-Session': { description: 'A fresh token, for whoever is signed in.', schema: { type: 'string' } },
  ETag: { description: 'The version of what is shown.', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: 'This was answered before to the same `Idempotency-Key`.',
    schema: { type: 'string', const: 'true' },
  },
  Location: {
    description: 'Where the new resource is.',
    schema: { type: 'string', format: 'uri-reference' },
  },
};

const HEADER_PARAMETERS: Readonly<Record<string, Parameter>> = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header',
    description: 'An id to find the request by, in the answer and in the log.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,100}$' },
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of what you have read: 412 when it has changed since.',
    schema: { type: 'string' },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A new one, such as a UUID, for each write: sent again, the write is not done again.',
    schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'ETags of what you have: 304 when one of them is still right.',
    schema: { type: 'string' },
  },
};

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  access_token: { type: 'apiKey', in: 'query', name: 'access_token' },
};

/** The OpenAPI document of everything that is served: what the definitions say, and the parts of other controllers. */
export function describeApi(
  registry: Registry,
  others: readonly OpenApiPart[],
  { publicUrl, maxPageSize }: ApiSettings,
): OpenApiDocument {
  const resources = registry.all;
  const operations = operationsPart(registry);
  const parts = [...others, operations];
  const paths = Object.assign(
    {},
    ...others.map((part) => part.paths),
    resourcePaths(registry),
    operations.paths,
  ) as OpenApiDocument['paths'];
  const components: Components = {
    schemas: sorted({
      ...DOCUMENT_SCHEMAS,
      ...ERROR_SCHEMAS,
      ...FILTER_SCHEMAS,
      ...includedSchema(resources),
      ...merged(resources.map((resource) => resourceSchemas(resource))),
      ...merged(resources.map((resource) => writeSchemas(resource, registry))),
      ...merged(resources.map(({ about }) => about?.schemas ?? {})),
      ...merged(parts.map(({ schemas = {} }) => schemas)),
    }),
    parameters: { ...sharedParameters(resources, maxPageSize), ...HEADER_PARAMETERS },
    headers: HEADERS,
    responses: ERROR_RESPONSES,
    securitySchemes: Object.assign(
      {},
      SECURITY_SCHEMES,
      ...parts.map((part) => part.securitySchemes),
    ) as Components['securitySchemes'],
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Kith', version: '4', description: DESCRIPTION },
    servers: [{ url: publicUrl ?? '/' }],
    security: [{ bearer: [] }, { access_token: [] }],
    tags: [
      ...parts.flatMap(({ tags = [] }) => tags),
      ...resources.map(({ type, about }) => ({
        name: type,
        description: about?.summary ?? `Every ${words(type)}.`,
      })),
    ],
    paths,
    components: withoutUnused(components, paths),
  };
}

/** Only what is referred to, from the paths on. */
function withoutUnused(components: Components, paths: OpenApiDocument['paths']): Components {
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const $ref = (node as { $ref?: unknown }).$ref;
    if (typeof $ref === 'string' && !used.has($ref)) {
      used.add($ref);
      const [kind, name] = $ref.split('/').slice(2) as [keyof Components, string];
      visit(components[kind][name]);
    }
    for (const below of Object.values(node)) visit(below);
  };
  visit(paths);
  const kept = Object.entries(components).map(([kind, all]) => [
    kind,
    kind === 'securitySchemes'
      ? all
      : Object.fromEntries(
          Object.entries(all as Record<string, unknown>).filter(([name]) =>
            used.has(`#/components/${kind}/${name}`),
          ),
        ),
  ]);
  return Object.fromEntries(kept) as Components;
}

const merged = (all: readonly Readonly<Record<string, Schema>>[]): Record<string, Schema> =>
  Object.assign({}, ...all);

const sorted = (schemas: Record<string, Schema>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
