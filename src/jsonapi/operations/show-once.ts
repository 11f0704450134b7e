import type { Document, ResourceObject } from '../document/document.js';
import type { Answer, Written } from './operation.js';

type Once = NonNullable<Written['once']>;

/** What only this answer shows, in the place of what is stored; as far as the client wants to see these attributes. */
export function withOnce(data: ResourceObject, once: Once): ResourceObject {
  const shown = Object.entries(once).filter(([name]) => name in (data.attributes ?? {}));
  return { ...data, attributes: { ...data.attributes, ...Object.fromEntries(shown) } };
}

/** An answer that nobody keeps: neither an idempotency key nor a cache, and no tag stands for it. */
export function showOnce({ document, headers, ...answer }: Answer, once: Once): Answer {
  const others = Object.entries(headers ?? {}).filter(([name]) => name !== 'ETag');
  const data = withOnce(document?.data as ResourceObject, once);
  return {
    ...answer,
    headers: { ...Object.fromEntries(others), ...NOT_KEPT },
    document: { ...document, data } as Document,
  };
}

export const NOT_KEPT = { 'Cache-Control': 'no-store' };
