import { JsonApiError } from '../jsonapi/index.js';
import { LENIENT_DETAIL, LENIENT_STATUS } from '../jsonapi/http/index.js';
import type { EntryResult } from './merge/index.js';

/** The errors of a failed entry as a refusal. */
export function refusalOf({ errors, match }: EntryResult, lenient: boolean): JsonApiError | undefined {
  if (errors.length === 0) return undefined;
  return new JsonApiError(
    errors.map(({ code, detail, pointer, meta }) => ({
      code,
      detail: (lenient && LENIENT_DETAIL[code]) || detail,
      ...(pointer !== undefined && { source: { pointer } }),
      ...(meta && { meta: { ...meta, ...(code === 'ambiguous_match' && whyOf(match)) } }),
      ...(lenient && { status: LENIENT_STATUS[code] }),
    })),
  );
}

/** What of `meta.match` says why nobody was taken. */
const whyOf = ({ keys, candidates, policy }: EntryResult['match']) => ({
  match: { keys, candidates, policy },
});
