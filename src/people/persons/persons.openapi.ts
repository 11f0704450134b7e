import {
  closed,
  headerRefs,
  schemaRef,
  type OpenApiPart,
  type Response,
  type Schema,
} from '../../jsonapi/openapi/index.js';
import { ENTRY_ERRORS, MATCH_REPORT_MEMBERS } from '../merge/index.js';
import { FLAT_ATTRIBUTES } from './flat-entry.js';

const text: Schema = { type: 'string' };
const nullable: Schema = { type: ['string', 'null'] };
const texts: Schema = { type: 'array', items: text };
const id: Schema = { type: ['string', 'integer'] };
const ids: Schema = { type: 'array', items: id };
const flag: Schema = { type: ['boolean', 'null'] };

const attributes = Object.fromEntries(FLAT_ATTRIBUTES.map((name) => [name, nullable]));
const groups: Readonly<Record<string, Schema>> = {
  group_ids: ids,
  groups_external_refs: texts,
  group_id: { oneOf: [id, ids] },
  group_external_ref: { oneOf: [text, texts] },
};
const warnings: Schema = {
  type: 'array',
  items: closed({ code: text, detail: text, pointer: text }, ['code', 'detail']),
};

const result = closed(
  {
    identifier: schemaRef('Id'),
    ...attributes,
    group_ids: texts,
    groups_external_refs: texts,
    success: { type: 'boolean' },
    failure_reason: { type: 'string', description: 'A sentence; empty on success.' },
    failure_code: { type: ['string', 'null'], enum: [...Object.keys(ENTRY_ERRORS), 'rolled_back', null] },
    ...MATCH_REPORT_MEMBERS,
    warnings,
    errors: { type: 'array', items: { type: 'object' } },
  },
  ['success', 'failure_reason', 'failure_code', 'outcome', 'matched_by', 'warnings', 'skipped_groups'],
);

const schemas: OpenApiPart['schemas'] = {
  PersonEntry: { type: 'object', properties: { ...attributes, ...groups } },
  PersonBatch: {
    type: 'object',
    required: ['persons'],
    properties: {
      persons: { type: 'array', items: schemaRef('PersonEntry') },
      atomic: { ...flag, description: 'Any failure undoes all.' },
      dry_run: { ...flag, description: 'The same answer; nothing is written.' },
      conflicting_ref: { enum: ['by_name', 'match', 'separate', null] },
      name_guard: flag,
    },
  },
  PersonBatchResult: closed(
    { success: { type: 'boolean' }, persons: { type: 'array', items: schemaRef('PersonResult') } },
    ['success', 'persons'],
  ),
  PersonResult: result,
  PersonSearch: {
    type: 'object',
    properties: {
      ...{ first_name: nullable, last_name: nullable, external_ref: nullable },
      ...{ email_address: nullable, phone_number: nullable, identifier: id, 'after-id': id, ...groups },
    },
  },
  PersonPage: closed(
    {
      persons: {
        type: 'array',
        items: closed({ identifier: schemaRef('Id'), ...attributes }, ['identifier']),
      },
      last_id: { type: 'integer', description: 'To be sent as `after-id`; -1 at the end.' },
      skipped_groups: texts,
      warnings,
    },
    ['persons', 'last_id'],
  ),
  PlainError: closed({ error: closed({ type: text, message: text, pointer: text }, ['type', 'message']) }, [
    'error',
  ]),
};

const json = (schema: string, example?: unknown) => ({
  'application/json': {
    schema: schemaRef(schema),
    ...(example !== undefined && { examples: { example: { value: example } } }),
  },
});

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The body cannot be read, or the token is not accepted.',
  406: 'Answers are application/json.',
  413: 'More entries, or more bytes, than are taken at once.',
  415: 'The body is not application/json.',
  429: 'Too many requests.',
  500: 'The request failed on our side.',
  503: 'The database is away.',
};

const REFUSAL = {
  error: { type: 'malformed_request', message: 'Send an object with `persons`, a list.', pointer: '' },
};

/** What the key of a write adds. */
const KEYED: Readonly<Record<number, string>> = {
  409: 'A request with this `Idempotency-Key` is still running.',
  422: 'This `Idempotency-Key` was sent with another request.',
};

interface About {
  readonly description: string;
  readonly schema: string;
  readonly example: unknown;
  readonly refusals?: Readonly<Record<number, string>>;
  readonly headers?: readonly string[];
}

const responses = ({
  description,
  schema,
  example,
  refusals,
  headers = [],
}: About): Record<string, Response> => ({
  200: {
    description,
    headers: headerRefs(['X-Request-Id', 'X-MH-Session', 'ETag', ...headers]),
    content: json(schema, example),
  },
  ...Object.fromEntries(
    Object.entries({ ...REFUSALS, ...refusals }).map(([status, about]) => [
      status,
      {
        description: about,
        headers: headerRefs(['X-Request-Id', ...headers]),
        content: json('PlainError', REFUSAL),
      },
    ]),
  ),
});

const entry = { external_ref: 'A-17', email_address: 'ada@example.org', first_name: 'Ada' };
const person = {
  ...{ identifier: '2', first_name: 'Ada', middle_name: null, last_name: null, gender: null },
  ...{ birth_date: null, external_ref: 'A-17', email_address: 'ada@example.org', phone_number: null },
};

/** The operations below one of the addresses where they are mounted. */
const pathsBelow = (base: string, suffix: string): OpenApiPart['paths'] => ({
  [`${base}/persons/multiple`]: {
    post: {
      operationId: `syncPersons${suffix}`,
      summary: 'Find and merge, or make, many people at once',
      description: 'One result per entry, in their order. An entry that fails does not stop the others.',
      tags: ['persons'],
      parameters: [{ $ref: '#/components/parameters/Idempotency-Key' }],
      requestBody: { required: true, content: json('PersonBatch', { persons: [entry] }) },
      responses: responses({
        description: 'What became of each entry.',
        schema: 'PersonBatchResult',
        example: {
          success: true,
          persons: [
            {
              ...person,
              ...{ success: true, failure_reason: '', failure_code: null, outcome: 'created' },
              ...{ matched_by: null, warnings: [], skipped_groups: [] },
            },
          ],
        },
        refusals: KEYED,
        headers: ['Idempotency-Replayed'],
      }),
    },
  },
  [`${base}/persons/find`]: {
    post: {
      operationId: `findPersons${suffix}`,
      summary: 'Find people by what they have in common',
      description: 'All that is given has to match exactly, in normal form. A hundred per call.',
      tags: ['persons'],
      requestBody: { required: true, content: json('PersonSearch', { email_address: 'ada@example.org' }) },
      responses: responses({
        description: 'The next of them.',
        schema: 'PersonPage',
        example: { persons: [person], last_id: -1 },
      }),
    },
  },
});

/** The plain-JSON doors, for `/openapi.json`. */
export const personsApi: OpenApiPart = {
  tags: [{ name: 'persons', description: 'Flat JSON for integrations; no JSON:API.' }],
  schemas,
  paths: { ...pathsBelow('', ''), ...pathsBelow('/apis/v4', 'V4') },
};
