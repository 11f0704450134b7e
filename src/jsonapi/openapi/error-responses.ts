import { STATUS_CODES } from 'node:http';
import { CATALOG, type ErrorCode } from '../errors/catalog.js';
import { LENIENT_STATUS } from '../lenient.js';
import { MEDIA_TYPE } from '../document/document.js';
import { closed, schemaRef } from './document-schemas.js';
import { ref, type Header, type Ref, type Response, type Schema } from './openapi.js';

const codes = Object.keys(CATALOG) as ErrorCode[];
const statuses = [...new Set(codes.map((code) => CATALOG[code][0] as number))].sort();

/** The codes that an answer of this status may carry; where problems of several statuses meet it is 400. */
const codesOf = (status: number): ErrorCode[] =>
  status === 400
    ? codes
    : codes.filter((code) => CATALOG[code][0] === status || LENIENT_STATUS[code] === status);

/** `422` -> `UnprocessableEntity`. */
const nameOf = (status: number): string => (STATUS_CODES[status] as string).replaceAll(/[^A-Za-z]/g, '');

const source: Schema = {
  ...closed({ pointer: { type: 'string' }, parameter: { type: 'string' }, header: { type: 'string' } }, []),
  description:
    'Where the problem stands: a JSON Pointer into the body as sent, a query parameter, or a header.',
};

const errorSchema = (status: number): Schema => ({
  ...closed(
    {
      id: { type: 'string', description: 'The id of the request.' },
      status: status === 400 ? { type: 'string', pattern: '^[45][0-9]{2}$' } : { const: String(status) },
      code: { type: 'string', enum: codesOf(status) },
      title: { type: 'string' },
      detail: { type: 'string', description: 'What to do.' },
      source: schemaRef('ErrorSource'),
      meta: { type: 'object' },
      ...(status === 400 && { links: closed({ type: { type: 'string', format: 'uri' } }, ['type']) }),
    },
    ['id', 'status', 'code', 'title', 'detail'],
  ),
});

const documentSchema = (status: number): Schema =>
  closed(
    {
      jsonapi: schemaRef('JsonApi'),
      errors: { type: 'array', minItems: 1, items: schemaRef(`${nameOf(status)}Problem`) },
    },
    ['jsonapi', 'errors'],
  );

export const ERROR_SCHEMAS: Readonly<Record<string, Schema>> = {
  ErrorSource: source,
  ...Object.fromEntries(
    statuses.flatMap((status) => [
      [`${nameOf(status)}Problem`, errorSchema(status)],
      [`${nameOf(status)}Errors`, documentSchema(status)],
    ]),
  ),
};

const FURTHER_HEADERS: Readonly<Record<number, Readonly<Record<string, Header>>>> = {
  401: {
    'WWW-Authenticate': { description: 'The scheme to use.', schema: { type: 'string', const: 'Bearer' } },
  },
  405: { Allow: { description: 'The methods that are possible here.', schema: { type: 'string' } } },
};
const RETRY_AFTER: Header = {
  description: 'Seconds to wait, where waiting helps.',
  schema: { type: 'string', pattern: '^[0-9]+$' },
};

/** One answer for each status that an error can have. */
export const ERROR_RESPONSES: Readonly<Record<string, Response>> = Object.fromEntries(
  statuses.map((status) => [
    nameOf(status),
    {
      description: describe(status),
      headers: {
        'X-Request-Id': ref('headers', 'X-Request-Id'),
        ...FURTHER_HEADERS[status],
        ...([409, 429, 503].includes(status) && { 'Retry-After': RETRY_AFTER }),
      },
      content: {
        [MEDIA_TYPE]: {
          schema: schemaRef(`${nameOf(status)}Errors`),
          examples: { [codesOf(status)[0] as string]: { value: exampleOf(status) } },
        },
      },
    },
  ]),
);

/** The answers to a request that goes wrong in one of these ways, by status. */
export const errorResponses = (among: readonly number[]): Readonly<Record<string, Ref>> =>
  Object.fromEntries(among.map((status) => [String(status), ref('responses', nameOf(status))]));

function describe(status: number): string {
  const own = codes.filter((code) => CATALOG[code][0] === status);
  const told = own.map((code) => `\`${code}\`: ${CATALOG[code][1]}`).join('; ');
  return status === 400 ? `${told}. Problems of several statuses together are 400 as well.` : `${told}.`;
}

function exampleOf(status: number): unknown {
  const code = codesOf(status)[0] as ErrorCode;
  return {
    jsonapi: { version: '1.1' },
    errors: [
      {
        id: '8f14e45f-ceea-467f-a0e6-3c2a7f0e4d11',
        status: String(status),
        code,
        title: CATALOG[code][1],
        detail: 'A sentence that says what to do.',
      },
    ],
  };
}
