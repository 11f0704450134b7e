import { MEDIA_TYPE } from '../document/document.js';
import { ref, type Example, type Ref, type RequestBody, type Response, type Schema } from './openapi.js';

/** The media types of a body: JSON:API, and the same as plain JSON. */
export const bodyOf = (schema: Schema, examples: Readonly<Record<string, Example>>): RequestBody => ({
  required: true,
  content: { [MEDIA_TYPE]: { schema, examples }, 'application/json': { schema } },
});

/** An answer with a document. */
export const answerOf = (
  description: string,
  schema: Schema,
  example: unknown,
  headers: readonly string[] = [],
): Response => ({
  description,
  headers: headerRefs([...headers, 'X-Request-Id', 'X-MH-Session', 'ETag']),
  content: { [MEDIA_TYPE]: { schema, examples: { example: { value: example } } } },
});

export const headerRefs = (names: readonly string[]): Record<string, Ref> =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]));
