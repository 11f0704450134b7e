import type { ApiAnswer } from '../api-client.js';

const MEDIA_TYPE = 'application/vnd.api+json';
const ATOMIC = 'https://jsonapi.org/ext/atomic';
const PARAMETERS = /^(?:;\s*(?:ext|profile)="[^"\s]+(?: [^"\s]+)*")*$/;

/** What of the status and the headers no answer may have. Rules 1, 2, 16 and the contract's. */
export function headerFaults(answer: ApiAnswer): string[] {
  const { status, bytes } = answer;
  const faults: string[] = [];
  const type = answer.header('content-type');
  if (bytes.length > 0 && !isMediaType(type)) faults.push(`the media type is "${type}"`);
  if (applied(answer, 'ext').some((uri) => uri !== ATOMIC)) faults.push(`the extension of "${type}"`);
  if ((status === 204 || status === 304) && (bytes.length > 0 || type !== undefined))
    faults.push(`${status} with a body or a type`);
  if (!/(^|,)\s*Accept\s*(,|$)/.test(answer.header('vary') ?? '')) faults.push('Vary does not name Accept');
  if (!answer.header('x-request-id')) faults.push('no X-Request-Id');
  if (status >= 400) {
    if (answer.header('cache-control') !== 'no-cache') faults.push('an error that may be cached');
    if (bytes.length === 0 && answer.request.method !== 'HEAD') faults.push('an error without a document');
  } else if (bytes.length > 0 && !answer.header('etag') && answer.header('cache-control') !== 'no-store')
    faults.push('no ETag');
  return faults;
}

const isMediaType = (type = ''): boolean =>
  type.startsWith(MEDIA_TYPE) && PARAMETERS.test(type.slice(MEDIA_TYPE.length));

/** The URIs of the extensions or profiles that the answer says it applies. */
export function applied(answer: ApiAnswer, what: 'ext' | 'profile'): string[] {
  const [, list = ''] = new RegExp(`${what}="([^"]*)"`).exec(answer.header('content-type') ?? '') ?? [];
  return list.split(' ').filter(Boolean);
}
