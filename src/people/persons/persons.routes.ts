import type { ErrorCode } from '../../jsonapi/index.js';
import type { PlainRoutes } from '../../jsonapi/http/index.js';

/** Integrations decide by these texts, letter by letter. */
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  missing_authorization: 'Missing Authorization header',
  expired_token: 'Expired Authorization header bearer token value',
  invalid_authorization: 'Invalid Authorization header bearer token value',
};

/**
 * `/persons/…`, also below `/apis/v4`: errors are `{"error": {"type", "message", "pointer"}}`, and a token that is not
 * accepted is 400 here.
 */
export const personsRoutes: PlainRoutes = {
  paths: /^(?:\/apis\/v4)?\/persons(?:\/|$)/,
  refuse({ code, detail, source }) {
    const own = MESSAGES[code];
    const error = { type: code, message: own ?? detail, pointer: source?.pointer };
    return { ...(own !== undefined && { status: 400 }), body: { error } };
  },
};
