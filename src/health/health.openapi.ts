import { closed, headerRefs, schemaRef, type OpenApiPart, type Response } from '../jsonapi/openapi/index.js';

const answer = (description: string, example: object): Response => ({
  description,
  headers: headerRefs(['X-Request-Id']),
  content: {
    'application/json': { schema: schemaRef('Health'), examples: { example: { value: example } } },
  },
});

const text = { type: 'string' } as const;
const tags = ['health'];

/** What balancers and supervisors ask, for `/openapi.json`. */
export const healthApi: OpenApiPart = {
  tags: [{ name: 'health', description: 'Whether the server runs, and can serve.' }],
  schemas: {
    Health: closed({ status: { type: 'string', enum: ['ok', 'ready', 'unavailable'] }, detail: text }, [
      'status',
    ]),
  },
  paths: {
    '/healthz': {
      get: {
        operationId: 'health',
        summary: 'Whether the process runs',
        tags,
        security: [],
        responses: { 200: answer('It runs.', { status: 'ok' }) },
      },
    },
    '/readyz': {
      get: {
        operationId: 'readiness',
        summary: 'Whether requests can be served: the database answers, and is migrated',
        tags,
        security: [],
        responses: {
          200: answer('They can.', { status: 'ready' }),
          503: answer('They cannot, and why.', {
            status: 'unavailable',
            detail: 'The database cannot be reached.',
          }),
        },
      },
    },
  },
};
