import type { Document } from '../document/document.js';
import { CATALOG } from '../errors/catalog.js';
import { statusOf, type Problem } from '../errors/jsonapi-error.js';

/** The `errors` document of some problems; `id` is the id of the request. */
export function errorsDocument(problems: readonly Problem[], requestId: string): Document {
  return {
    jsonapi: { version: '1.1' },
    errors: problems.map((problem) => {
      const { code, detail, source, meta, type } = problem;
      return {
        id: requestId,
        status: String(statusOf(problem)),
        code,
        title: CATALOG[code][1],
        detail,
        ...(source && { source }),
        ...(meta && { meta }),
        ...(type !== undefined && { links: { type } }),
      };
    }),
  };
}
