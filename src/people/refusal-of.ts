import { JsonApiError } from '../jsonapi/index.js';
import type { EntryResult } from './merge/index.js';

/** The errors of a failed entry as a refusal. The mobile app takes 409 for success, so in lenient it is 422. */
export function refusalOf({ errors }: EntryResult, lenient: boolean): JsonApiError | undefined {
  if (errors.length === 0) return undefined;
  return new JsonApiError(
    errors.map(({ code, detail, pointer, meta }) => ({
      code,
      detail,
      ...(pointer !== undefined && { source: { pointer } }),
      ...(meta && { meta: { ...meta } }),
      ...(lenient && code === 'ambiguous_match' && { status: 422 }),
    })),
  );
}
