const BEARER = /^bearer +(\S+)$/i;
/** Stands for credentials of another kind: no key has ever signed it, so that the answer is "invalid", not "missing". */
const NO_TOKEN_OF_OURS = 'credentials-of-another-kind';

/** The part of a request that may hold a token. */
export interface TokenCarrier {
  readonly headers: { readonly authorization?: string };
  readonly url: string;
}

/**
 * The token that came with a request: from `Authorization: Bearer`, else from the query parameter `access_token`; null
 * when there is neither. The header wins even when it is bad: a request means one caller. A parameter that is
 * given twice names nobody.
 */
export function readToken({ headers, url }: TokenCarrier): string | null {
  if (headers.authorization) return BEARER.exec(headers.authorization)?.[1] ?? NO_TOKEN_OF_OURS;
  const start = url.indexOf('?');
  if (start < 0) return null;
  const [token, another] = new URLSearchParams(url.slice(start + 1)).getAll('access_token');
  return another === undefined ? token || null : NO_TOKEN_OF_OURS;
}
