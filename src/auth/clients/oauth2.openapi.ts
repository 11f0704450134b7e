import { closed, headerRefs, type OpenApiPart, type Response } from '../../jsonapi/openapi/index.js';

const text = { type: 'string' } as const;

const refusal = (description: string, error: string): Response => ({
  description,
  headers: headerRefs(['X-Request-Id']),
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/OAuthError' },
      examples: { [error]: { value: { error, error_description: 'A sentence that says what to do.' } } },
    },
  },
});

const example = {
  grant_type: 'client_credentials',
  client_id: 'kith-0f1e2d3c4b5a697887',
  client_secret: 'kZ3xw1Q8p0dMZr4vJ2s9hYB6tE7uLoNfCgWqXaVbRcI',
};

/** Tokens for API clients, for `/openapi.json`. */
export const oauth2Api: OpenApiPart = {
  tags: [{ name: 'oauth2', description: 'Tokens for API clients.' }],
  schemas: {
    OAuthError: closed({ error: text, error_description: text }, ['error', 'error_description']),
    OAuthToken: closed(
      { access_token: text, token_type: { const: 'Bearer' }, expires_in: { type: 'integer' } },
      ['access_token', 'token_type', 'expires_in'],
    ),
    OAuthTokenRequest: {
      type: 'object',
      required: ['grant_type'],
      properties: { grant_type: { const: 'client_credentials' }, client_id: text, client_secret: text },
    },
  },
  securitySchemes: {
    client: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth2/token', scopes: {} } } },
  },
  paths: {
    '/oauth2/token': {
      post: {
        operationId: 'createToken',
        summary: 'Get a token for an API client',
        description: 'Name and secret stand in the form, or in `Authorization: Basic` (RFC 6749).',
        tags: ['oauth2'],
        security: [],
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: { $ref: '#/components/schemas/OAuthTokenRequest' },
              examples: { client: { value: example } },
            },
          },
        },
        responses: {
          200: {
            description: 'A token, good for `expires_in` seconds.',
            headers: headerRefs(['X-Request-Id']),
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/OAuthToken' },
                examples: {
                  token: {
                    value: {
                      access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
                      token_type: 'Bearer',
                      expires_in: 3600,
                    },
                  },
                },
              },
            },
          },
          400: refusal('The request cannot be used.', 'invalid_request'),
          401: refusal('The client or its secret is wrong.', 'invalid_client'),
          429: refusal('Too many attempts; `Retry-After` says when to try again.', 'temporarily_unavailable'),
          500: refusal('Something went wrong here.', 'server_error'),
          503: refusal('The database is away.', 'temporarily_unavailable'),
        },
      },
    },
  },
};
