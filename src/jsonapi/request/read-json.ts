import { JsonApiError } from '../errors/jsonapi-error.js';

/** The JSON value of a collected body. @throws JsonApiError 400 when it is not UTF-8 or not JSON. */
export function readJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw JsonApiError.of(
      'malformed_document',
      'The request has no body; send a JSON:API document with `data`.',
    );
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'check commas, quotes and brackets' : 'it is not valid UTF-8';
    throw JsonApiError.of('malformed_json', `The body cannot be read as JSON: ${why}.`);
  }
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
