import type { OpenApiDocument, Operation, Schema } from '../../src/jsonapi/openapi/openapi.js';
import { breakingChanges } from './breaking-changes.js';

const operation = (more: Partial<Operation> = {}): Operation => ({
  operationId: 'listPeople',
  summary: 'List people',
  tags: [],
  parameters: [
    { name: 'sort', in: 'query', schema: { type: 'string', enum: ['name', 'age'] } },
    { name: 'page', in: 'query', schema: { type: 'integer', maximum: 100 } },
  ],
  requestBody: { required: true, content: { json: { schema: { $ref: '#/components/schemas/NewPerson' } } } },
  responses: {
    200: { description: '', content: { json: { schema: { $ref: '#/components/schemas/Person' } } } },
    404: { description: '' },
  },
  ...more,
});

const person: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    role: { type: 'string', enum: ['user', 'admin'] },
    gender: { type: ['string', 'null'] },
    note: {},
    mother: { anyOf: [{ $ref: '#/components/schemas/Person' }, { type: 'null' }] },
    ends: { type: 'array', items: { $ref: '#/components/schemas/End' } },
  },
};

const newPerson: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 200 },
    gender: { type: ['string', 'null'] },
    role: { type: 'string' },
    kind: { type: 'string', pattern: '^(a|b)(\\.[a-z]+)*$' },
  },
};

const document = (
  schemas: Readonly<Record<string, Schema>> = {},
  get: Partial<Operation> | null = {},
): OpenApiDocument => ({
  openapi: '3.1.0',
  info: { title: '', version: '', description: '' },
  servers: [],
  security: [],
  tags: [],
  paths: { '/people': get === null ? {} : { get: operation(get) } },
  components: {
    schemas: {
      Person: person,
      NewPerson: newPerson,
      End: {
        oneOf: [{ $ref: '#/components/schemas/User' }, { $ref: '#/components/schemas/Group' }],
        discriminator: {
          propertyName: 'type',
          mapping: { user: '#/components/schemas/User', group: '#/components/schemas/Group' },
        },
      },
      User: { type: 'object', properties: { type: { const: 'user' } } },
      Group: { type: 'object', properties: { type: { const: 'group' } } },
      ...schemas,
    },
    parameters: {},
    headers: {},
    responses: {},
    securitySchemes: {},
  },
});

const members = (schema: Schema, more: Readonly<Record<string, Schema | undefined>>): Schema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries({ ...(schema['properties'] as object), ...more }).filter(([, one]) => one !== undefined),
  ),
});
const parameters = operation().parameters ?? [];
const content = (schema: Schema) => ({ description: '', content: { json: { schema } } });

describe('A breaking change', () => {
  it.each<[name: string, after: OpenApiDocument, told: string]>([
    ['a path that is gone', { ...document(), paths: {} }, '/people is gone'],
    ['an operation that is gone', document({}, null), 'GET /people is gone'],
    [
      'an operation with another name',
      document({}, { operationId: 'people' }),
      'GET /people is called people now',
    ],
    [
      'a parameter that is gone',
      document({}, { parameters: parameters.slice(1) }),
      'GET /people: the parameter sort is gone',
    ],
    [
      'a new parameter that is required',
      document(
        {},
        {
          parameters: [...parameters, { name: 'q', in: 'query', required: true, schema: { type: 'string' } }],
        },
      ),
      'GET /people: the parameter q is required now',
    ],
    [
      'a parameter that takes less values',
      document(
        {},
        {
          parameters: [
            { name: 'sort', in: 'query', schema: { type: 'string', enum: ['age'] } },
            ...parameters.slice(1),
          ],
        },
      ),
      'GET /people: the parameter sort is never "name" any more',
    ],
    [
      'a parameter with a lower limit',
      document(
        {},
        {
          parameters: [
            ...parameters.slice(0, 1),
            { name: 'page', in: 'query', schema: { type: 'integer', maximum: 50 } },
          ],
        },
      ),
      'GET /people: the parameter page: maximum is 50 now',
    ],
    [
      'a status that is gone',
      document({}, { responses: { 200: content(person) } }),
      'GET /people answers no 404 any more',
    ],
    [
      'a media type that is not taken any more',
      document({}, { requestBody: { required: true, content: {} } }),
      'GET /people takes no json any more',
    ],
    [
      'an attribute that is gone',
      document({ Person: members(person, { gender: undefined }) }),
      'Person.gender is gone',
    ],
    [
      'an attribute that cannot be sent any more',
      document({ NewPerson: members(newPerson, { gender: undefined }) }),
      'NewPerson.gender is gone',
    ],
    [
      'an attribute of another type',
      document({ Person: members(person, { name: { type: 'integer' } }) }),
      'Person.name was string and is integer',
    ],
    [
      'an enum value that is gone',
      document({ Person: members(person, { role: { type: 'string', enum: ['user'] } }) }),
      'Person.role is never "admin" any more',
    ],
    [
      'an answer that may be null now',
      document({ Person: members(person, { name: { type: ['string', 'null'] } }) }),
      'Person.name may be null now',
    ],
    [
      'what cannot be cleared any more',
      document({ NewPerson: members(newPerson, { gender: { type: 'string' } }) }),
      'NewPerson.gender may not be null any more',
    ],
    [
      'a new required member',
      document({ NewPerson: { ...newPerson, required: ['name', 'role'] } }),
      'NewPerson.role is required now',
    ],
    [
      'a member that may be missing now',
      document({ Person: { ...person, required: [] } }),
      'Person.name may be missing now',
    ],
    [
      'a text that may be less long',
      document({ NewPerson: members(newPerson, { name: { type: 'string', maxLength: 100 } }) }),
      'NewPerson.name: maxLength is 100 now',
    ],
    [
      'a pattern that was not asked for',
      document({ NewPerson: members(newPerson, { role: { type: 'string', pattern: '^a' } }) }),
      'NewPerson.role must match another pattern',
    ],
    [
      'a pattern with less to choose from',
      document({ NewPerson: members(newPerson, { kind: { type: 'string', pattern: '^(a)(\\.[a-z]+)*$' } }) }),
      'NewPerson.kind must match another pattern',
    ],
    [
      'values that are told now',
      document({ NewPerson: members(newPerson, { role: { type: 'string', enum: ['user'] } }) }),
      'NewPerson.role takes only some values now',
    ],
    [
      'a type that is not included any more',
      document({
        End: {
          oneOf: [{ $ref: '#/components/schemas/User' }],
          discriminator: { propertyName: 'type', mapping: { user: '#/components/schemas/User' } },
        },
      }),
      'End is never group any more',
    ],
  ])('is %s', (_name, after, told) => {
    expect(breakingChanges(document(), after)).toEqual([told]);
  });

  it('is told once, however often it is met', () => {
    const after = document({ User: { type: 'object', properties: { type: { const: 'person' } } } });
    expect(breakingChanges(document(), after)).toEqual(['User.type was "user" and is "person"']);
  });

  it.each<[name: string, after: OpenApiDocument]>([
    ['nothing at all', document()],
    [
      'a pattern with more to choose from, such as one relationship more to include',
      document({
        NewPerson: members(newPerson, { kind: { type: 'string', pattern: '^(a|new|b)(\\.[a-z]+)*$' } }),
      }),
    ],
    ['a new path', { ...document(), paths: { ...document().paths, '/groups': {} } }],
    [
      'a new parameter',
      document({}, { parameters: [...parameters, { name: 'q', in: 'query', schema: {} }] }),
    ],
    ['a new status', document({}, { responses: { ...operation().responses, 409: content({}) } })],
    ['a new attribute', document({ Person: members(person, { age: { type: 'integer' } }) })],
    [
      'a new enum value',
      document({ Person: members(person, { role: { type: 'string', enum: ['user', 'admin', 'owner'] } }) }),
    ],
    [
      'an answer that is never null any more',
      document({ Person: members(person, { gender: { type: 'string' } }) }),
    ],
    [
      'an answer that says more closely what it is',
      document({ Person: members(person, { note: { type: 'string' } }) }),
    ],
    [
      'what may be cleared now',
      document({ NewPerson: members(newPerson, { role: { type: ['string', 'null'] } }) }),
    ],
    ['what need not be sent any more', document({ NewPerson: { ...newPerson, required: [] } })],
    ['what is always there now', document({ Person: { ...person, required: ['name', 'role'] } })],
    ['a text that may be longer', document({ NewPerson: members(newPerson, { name: { type: 'string' } }) })],
  ])('is not %s', (_name, after) => {
    expect(breakingChanges(document(), after)).toEqual([]);
  });
});
