import type { PlainRoutes } from '../../jsonapi/http/index.js';
import type { ErrorCode } from '../../jsonapi/index.js';

/** RFC 6749, 5.2 and 4.1.2.1; whatever else is wrong with a request is `invalid_request`. */
const ERRORS: Partial<Record<ErrorCode, string>> = {
  invalid_client: 'invalid_client',
  unsupported_grant_type: 'unsupported_grant_type',
  too_many_requests: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal_error: 'server_error',
};

/** What OAuth lets stand in `error_description`: no quotes, no backslash. */
const described = (detail: string): string =>
  detail.replaceAll('"', "'").replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, ' ');

/** `/oauth2/…`: errors are `{"error", "error_description"}`. */
export const oauth2Routes: PlainRoutes = {
  paths: /^\/oauth2(?:\/|$)/,
  refuse: ({ code, detail }) => ({
    body: { error: ERRORS[code] ?? 'invalid_request', error_description: described(detail) },
  }),
};
