import { CATALOG } from '../../../src/jsonapi/errors/catalog.js';
import type { ApiAnswer } from '../api-client.js';
import { isObject, resolves, strangers, type Json } from './json.js';
import { linksFaults } from './links-faults.js';

const MEMBERS = ['id', 'status', 'code', 'title', 'detail', 'source', 'meta', 'links'];

/** Rules 150 to 158. */
export function errorsFaults(errors: unknown, answer: ApiAnswer): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['errors is no array with something in it'];
  const sent = sentBody(answer);
  const faults = errors.flatMap((error: unknown, i) => errorFaults(error, `errors[${i}]`, answer, sent));
  const statuses = new Set(errors.map((error) => (error as Json)['status']));
  const status = statuses.size === 1 ? [...statuses][0] : '400';
  if (String(answer.status) !== status) faults.push(`the status ${answer.status} is not that of the errors`);
  return faults;
}

function errorFaults(error: unknown, at: string, answer: ApiAnswer, sent: unknown): string[] {
  if (!isObject(error)) return [`${at} is no object`];
  const faults = strangers(error, MEMBERS, at);
  for (const name of ['id', 'status', 'code', 'title', 'detail'])
    if (typeof error[name] !== 'string' || error[name] === '') faults.push(`${at}.${name} is no text`);
  if (error['id'] !== answer.header('x-request-id')) faults.push(`${at}.id is not that of the request`);
  const [, title] = CATALOG[error['code'] as keyof typeof CATALOG] ?? [];
  if (title === undefined) faults.push(`${at}.code "${String(error['code'])}" is not in the catalog`);
  else if (error['title'] !== title) faults.push(`${at}.title is not that of its code`);
  if (!/^4\d\d$|^5\d\d$/.test(String(error['status']))) faults.push(`${at}.status is none`);
  if ('meta' in error && !isObject(error['meta'])) faults.push(`${at}.meta is no object`);
  if ('links' in error) faults.push(...linksFaults(error['links'], `${at}.links`, ['about', 'type']));
  if ('source' in error) faults.push(...sourceFaults(error['source'], `${at}.source`, sent));
  return faults;
}

function sourceFaults(source: unknown, at: string, sent: unknown): string[] {
  if (!isObject(source)) return [`${at} is no object`];
  const [name, ...others] = Object.keys(source);
  if (others.length > 0 || !['pointer', 'parameter', 'header'].includes(name ?? ''))
    return [`${at} names ${Object.keys(source).join(' and ') || 'nothing'}`];
  const value = source[name as string];
  if (typeof value !== 'string') return [`${at}.${name} is no text`];
  if (name !== 'pointer') return [];
  return resolves(sent, value) ? [] : [`${at}: "${value}" is not in what was sent`];
}

function sentBody({ request: { body } }: ApiAnswer): unknown {
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return JSON.parse(JSON.stringify(body ?? null));
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
