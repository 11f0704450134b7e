import type { IncomingHttpHeaders } from 'node:http';
import { isStorable } from '../../jsonapi/http/index.js';
import { JsonApiError } from '../../jsonapi/index.js';
import type { ClientCredentials } from './client-tokens.service.js';

const FORM = /^application\/x-www-form-urlencoded *(;|$)/i;
const MAX_LENGTH = 1024;

/**
 * The credentials of a token request: a form with `grant_type=client_credentials`, and name and secret in it or in
 * `Authorization: Basic` (RFC 6749, 2.3.1). @throws JsonApiError 400, 401
 */
export function readClientCredentials(headers: IncomingHttpHeaders, body: unknown): ClientCredentials {
  if (!FORM.test(headers['content-type'] ?? '') || !Buffer.isBuffer(body))
    throw malformed('Send a form (application/x-www-form-urlencoded) with grant_type=client_credentials.');
  const form = new URLSearchParams(body.toString('utf8'));
  const grantType = one(form, 'grant_type');
  if (grantType === undefined) throw malformed('"grant_type" is missing; send client_credentials.');
  if (grantType !== 'client_credentials')
    throw JsonApiError.of('unsupported_grant_type', 'The only "grant_type" here is client_credentials.');
  const [name, secret] = [one(form, 'client_id'), one(form, 'client_secret')];
  const basic = headers.authorization === undefined ? undefined : readBasic(headers.authorization);
  if (!basic) {
    if (name === undefined || secret === undefined)
      throw malformed('Send "client_id" and "client_secret" in the form, or both as Authorization: Basic.');
    return { clientName: name, secret };
  }
  if (secret !== undefined || (name !== undefined && name !== basic.clientName))
    throw malformed('Send the credentials once: in the form or as Authorization: Basic.');
  return basic;
}

/** @throws JsonApiError for a parameter that is there twice (RFC 6749, 3.2); an empty one is none */
function one(form: URLSearchParams, name: string): string | undefined {
  const [value, another] = form.getAll(name);
  if (another !== undefined) throw malformed(`"${name}" is there twice; send it once.`);
  if (value !== undefined && !isUsable(value)) throw malformed(`"${name}" cannot be used.`);
  return value || undefined;
}

/** Both halves are form-encoded before they are put together. */
function readBasic(header: string): ClientCredentials {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1];
  const [name, ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const [clientName, secret] = [decode(name ?? ''), decode(rest.join(':'))];
  if (!clientName || !secret || !isUsable(clientName) || !isUsable(secret))
    throw malformed('Authorization has to be Basic, with the client_id and the client_secret.');
  return { clientName, secret };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const isUsable = (text: string): boolean => text.length <= MAX_LENGTH && isStorable(text);

const malformed = (detail: string): JsonApiError => JsonApiError.of('malformed_request', detail);
