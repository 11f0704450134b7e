import { JsonApiError } from '../errors/jsonapi-error.js';
import { repeatedMember } from './repeated-member.js';

/** The JSON value of a collected body. @throws JsonApiError 400 when it is not UTF-8, not JSON, or says something twice. */
export function readJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw JsonApiError.of(
      'malformed_document',
      'The request has no body; send a JSON:API document with `data`.',
    );
  const text = decoded(body);
  const value = parsed(text);
  const pointer = repeatedMember(text);
  if (pointer === undefined) return value;
  throw JsonApiError.of('malformed_json', 'A member of an object is there twice; leave one of them out.', {
    pointer,
  });
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw JsonApiError.of('malformed_json', 'The body cannot be read as JSON: it is not valid UTF-8.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw JsonApiError.of(
      'malformed_json',
      'The body cannot be read as JSON: check commas, quotes and brackets.',
    );
  }
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
