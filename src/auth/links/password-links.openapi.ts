import {
  bodyOf,
  closed,
  errorResponses,
  headerRefs,
  schemaRef,
  type OpenApiPart,
  type Schema,
} from '../../jsonapi/openapi/index.js';
import { PASSWORD_LENGTH } from '../users/user.dto.js';
import { ON_ITS_WAY } from './password-links.controller.js';

const text = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const password = {
  type: 'string',
  format: 'password',
  minLength: PASSWORD_LENGTH.min,
  maxLength: PASSWORD_LENGTH.max,
} as const;

const documentOf = (type: string, attributes: Readonly<Record<string, Schema>>) => ({
  type: 'object',
  required: ['data'],
  properties: {
    data: {
      type: 'object',
      required: ['type', 'attributes'],
      properties: {
        type: { type: 'string', const: type },
        attributes: closed(attributes, Object.keys(attributes)),
      },
    },
  },
});

const tags = ['password'];
const errors = errorResponses([400, 403, 406, 409, 415, 422, 429, 500, 503]);

/** Forgotten passwords and invitations, for `/openapi.json`. */
export const passwordLinksApi: OpenApiPart = {
  tags: [{ name: 'password', description: 'Choosing a password by the link of a mail.' }],
  schemas: {
    PasswordReset: documentOf('password_reset', { email: text }),
    NewPassword: documentOf('password', { token: text, password }),
    OnItsWay: closed({ jsonapi: schemaRef('JsonApi'), meta: closed({ detail: text }, ['detail']) }, [
      'jsonapi',
      'meta',
    ]),
  },
  paths: {
    '/apis/v4/password_resets': {
      post: {
        operationId: 'createPasswordReset',
        summary: 'Ask for a link to choose a new password',
        description: 'The answer does not tell whether there is such a login.',
        tags,
        security: [],
        requestBody: bodyOf(schemaRef('PasswordReset'), {
          forgotten: {
            value: { data: { type: 'password_reset', attributes: { email: 'ada@example.org' } } },
          },
        }),
        responses: {
          202: {
            description: 'Asked.',
            headers: headerRefs(['X-Request-Id']),
            content: {
              'application/vnd.api+json': {
                schema: schemaRef('OnItsWay'),
                examples: { example: { value: ON_ITS_WAY } },
              },
            },
          },
          ...errors,
        },
      },
    },
    '/apis/v4/passwords': {
      post: {
        operationId: 'createPassword',
        summary: 'Choose a password, with the token of a mail',
        description: 'All sessions of the login end. A token is good for once.',
        tags,
        security: [],
        requestBody: bodyOf(schemaRef('NewPassword'), {
          chosen: {
            value: {
              data: {
                type: 'password',
                attributes: {
                  token: 'kZ3xw1Q8p0dMZr4vJ2s9hYB6tE7uLoNfCgWqXaVbRcI',
                  password: 'correct horse battery',
                },
              },
            },
          },
        }),
        responses: {
          204: { description: 'Chosen; sign in with it.', headers: headerRefs(['X-Request-Id']) },
          ...errors,
        },
      },
    },
  },
};
