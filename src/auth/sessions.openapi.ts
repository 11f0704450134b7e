import {
  answerOf,
  bodyOf,
  closed,
  errorResponses,
  headerRefs,
  schemaRef,
  type OpenApiPart,
  type Schema,
} from '../jsonapi/openapi/index.js';

const text = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const time = { type: 'string', format: 'date-time' } as const;
const one = (type: string): Schema => closed({ data: schemaRef(`${type}Identifier`) }, ['data']);

const ATTRIBUTES = {
  created_at: time,
  last_used_at: time,
  user_agent: { type: ['string', 'null'] },
  expires_at: time,
} as const;

const session = (attributes: Readonly<Record<string, Schema>>): Schema =>
  closed(
    {
      type: { type: 'string', const: 'session' },
      id: schemaRef('Id'),
      attributes: closed(attributes, Object.keys(attributes)),
      relationships: closed({ user: one('User'), person: one('Person') }, ['user', 'person']),
      links: schemaRef('Links'),
    },
    ['type', 'id', 'attributes', 'relationships', 'links'],
  );

const document = (data: Schema): Schema =>
  closed({ jsonapi: schemaRef('JsonApi'), links: schemaRef('Links'), data }, ['jsonapi', 'links', 'data']);

const TOKEN = {
  type: 'string',
  description: 'Send it as `Authorization: Bearer …`. It is in the header `X-MH-Session` too.',
};

const schemas: OpenApiPart['schemas'] = {
  Session: session(ATTRIBUTES),
  NewSession: session({ ...ATTRIBUTES, token: TOKEN }),
  SessionDocument: document(schemaRef('Session')),
  NewSessionDocument: document(schemaRef('NewSession')),
  SessionCollection: document({ type: 'array', items: schemaRef('Session') }),
  SignIn: {
    type: 'object',
    required: ['data'],
    properties: {
      data: {
        type: 'object',
        required: ['type', 'attributes'],
        properties: {
          type: { type: 'string', const: 'session' },
          attributes: closed({ email: text, password: { ...text, format: 'password' } }, [
            'email',
            'password',
          ]),
        },
      },
    },
  },
};

const links = { self: '/apis/v4/sessions/1' };
const exampleSession = {
  type: 'session',
  id: '1',
  attributes: {
    created_at: '2026-01-31T12:00:00.000Z',
    last_used_at: '2026-01-31T12:00:00.000Z',
    user_agent: 'curl/8.5.0',
    expires_at: '2026-02-02T12:00:00.000Z',
  },
  relationships: { user: { data: { type: 'user', id: '1' } }, person: { data: { type: 'person', id: '1' } } },
  links,
};
const jsonapi = { version: '1.1' };
const exampleDocument = { jsonapi, links, data: exampleSession };
const newSession = {
  ...exampleSession,
  attributes: { ...exampleSession.attributes, token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
};

const tags = ['session'];
const id = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id, or `current`: the session of this request.',
  schema: { type: 'string', pattern: '^([0-9]{1,19}|current)$' },
  example: 'current',
} as const;

/** Signing in and out, for `/openapi.json`. */
export const sessionsApi: OpenApiPart = {
  tags: [{ name: 'session', description: 'Where one is signed in.' }],
  schemas,
  paths: {
    '/apis/v4/sessions': {
      post: {
        operationId: 'createSession',
        summary: 'Sign in',
        tags,
        security: [],
        requestBody: bodyOf(schemaRef('SignIn'), {
          administrator: {
            summary: 'The first administrator, with the password of the first screen',
            value: {
              data: {
                type: 'session',
                attributes: { email: 'admin@example.org', password: 'correct horse battery' },
              },
            },
          },
        }),
        responses: {
          201: {
            ...answerOf('Signed in.', schemaRef('NewSessionDocument'), {
              ...exampleDocument,
              data: newSession,
            }),
            headers: headerRefs(['Location', 'X-Request-Id', 'X-MH-Session']),
          },
          ...errorResponses([400, 401, 403, 406, 409, 415, 422, 429, 500, 503]),
        },
      },
      get: {
        operationId: 'listSessions',
        summary: 'List where one is signed in',
        tags,
        responses: {
          200: answerOf('All of them, the latest used first.', schemaRef('SessionCollection'), {
            jsonapi,
            links: { self: '/apis/v4/sessions' },
            data: [exampleSession],
          }),
          ...errorResponses([400, 401, 406, 415, 429, 500, 503]),
        },
      },
    },
    '/apis/v4/sessions/{id}': {
      get: {
        operationId: 'getSession',
        summary: 'Read a session',
        tags,
        parameters: [id],
        responses: {
          200: answerOf('The one.', schemaRef('SessionDocument'), exampleDocument),
          ...errorResponses([400, 401, 404, 406, 415, 429, 500, 503]),
        },
      },
      delete: {
        operationId: 'deleteSession',
        summary: 'Sign out',
        tags,
        parameters: [id, { $ref: '#/components/parameters/Idempotency-Key' }],
        responses: {
          204: {
            description: 'Its tokens are refused from now on.',
            headers: headerRefs(['X-Request-Id', 'Idempotency-Replayed']),
          },
          ...errorResponses([400, 401, 404, 406, 409, 415, 422, 429, 500, 503]),
        },
      },
    },
  },
};
