import { JsonApiError } from '../../jsonapi/index.js';

/** 429, saying when to come again. @param milliseconds until then */
export function tooManyRequests(what: string, milliseconds: number): JsonApiError {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const detail = `${what}; try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
  return new JsonApiError([{ code: 'too_many_requests', detail }], { 'Retry-After': String(seconds) });
}
