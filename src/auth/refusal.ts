import { JsonApiError } from '../jsonapi/index.js';

/** Clients decide by these texts, letter by letter; "Wrong e-mail or password" must not tell which of the two. */
const DETAILS = {
  missing_authorization: 'Missing access token',
  expired_token: 'Expired access token',
  invalid_authorization: 'Invalid access token',
  invalid_credentials: 'The e-mail address or the password is wrong. Check both and sign in again.',
} as const;

/** A 401 with the challenge that HTTP asks of it (RFC 9110, 11.6.1). */
export function refusal(code: keyof typeof DETAILS): JsonApiError {
  return new JsonApiError([{ code, detail: DETAILS[code] }], { 'www-authenticate': 'Bearer' });
}
