import { expect } from '@jest/globals';
import { CATALOG } from '../../src/jsonapi/errors/catalog.js';
import type { ApiAnswer } from './api-client.js';

type Json = Record<string, unknown>;

const MEDIA_TYPE = 'application/vnd.api+json';
const MEMBER_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** What of an answer breaks JSON:API 1.1 or the contract's rules for every answer; empty when nothing does. */
export function jsonApiFaults(answer: ApiAnswer): string[] {
  const faults = headerFaults(answer);
  if (answer.bytes.length === 0) return faults;
  let document: unknown;
  try {
    document = JSON.parse(answer.text);
  } catch {
    return [...faults, 'the body is not JSON'];
  }
  if (!isObject(document)) return [...faults, 'the document is not an object'];
  const known = ['jsonapi', 'data', 'errors', 'included', 'links', 'meta'];
  for (const name of Object.keys(document))
    if (!known.includes(name)) faults.push(`the document has a member "${name}"`);
  if (!('data' in document || 'errors' in document || 'meta' in document))
    faults.push('neither data, errors nor meta');
  if ('data' in document && 'errors' in document) faults.push('data and errors together');
  if ('included' in document && !('data' in document)) faults.push('included without data');
  if (JSON.stringify(document['jsonapi']) !== '{"version":"1.1"}') faults.push('jsonapi.version is not 1.1');
  if ('links' in document) faults.push(...linksFaults(document['links'], 'links'));
  if ('errors' in document) faults.push(...errorsFaults(document['errors'], answer));
  if ('data' in document) faults.push(...dataFaults(document, answer));
  return faults;
}

function headerFaults(answer: ApiAnswer): string[] {
  const { status, bytes } = answer;
  const faults: string[] = [];
  const type = answer.header('content-type');
  if (bytes.length > 0 && type !== MEDIA_TYPE) faults.push(`the media type is "${type}"`);
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

function errorsFaults(errors: unknown, answer: ApiAnswer): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['errors is no array with something in it'];
  const faults = errors.flatMap((error: Json, i) => errorFaults(error, `errors[${i}]`, answer));
  const statuses = new Set(errors.map(({ status }: Json) => status));
  const status = statuses.size === 1 ? [...statuses][0] : '400';
  if (String(answer.status) !== status) faults.push(`the status ${answer.status} is not that of the errors`);
  return faults;
}

function errorFaults(error: Json, at: string, answer: ApiAnswer): string[] {
  const faults: string[] = [];
  const known = ['id', 'status', 'code', 'title', 'detail', 'source', 'meta', 'links'];
  for (const name of Object.keys(error))
    if (!known.includes(name)) faults.push(`${at} has a member "${name}"`);
  for (const name of ['id', 'status', 'code', 'title', 'detail'])
    if (typeof error[name] !== 'string' || error[name] === '') faults.push(`${at}.${name} is no text`);
  if (error['id'] !== answer.header('x-request-id')) faults.push(`${at}.id is not that of the request`);
  const [, title] = CATALOG[error['code'] as keyof typeof CATALOG] ?? [];
  if (title === undefined) faults.push(`${at}.code "${String(error['code'])}" is not in the catalog`);
  else if (error['title'] !== title) faults.push(`${at}.title is not that of its code`);
  if (!/^4\d\d$|^5\d\d$/.test(String(error['status']))) faults.push(`${at}.status is none`);
  if ('source' in error) faults.push(...sourceFaults(error['source'], `${at}.source`, answer));
  return faults;
}

function sourceFaults(source: unknown, at: string, answer: ApiAnswer): string[] {
  if (!isObject(source)) return [`${at} is no object`];
  const [name, ...others] = Object.keys(source);
  if (others.length > 0 || !['pointer', 'parameter', 'header'].includes(name ?? ''))
    return [`${at} names ${Object.keys(source).join(' and ') || 'nothing'}`];
  if (name !== 'pointer') return [];
  const pointer = source['pointer'] as string;
  return resolves(sentBody(answer), pointer) ? [] : [`${at}: "${pointer}" is not in what was sent`];
}

function sentBody({ request: { body } }: ApiAnswer): unknown {
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return JSON.parse(JSON.stringify(body ?? null));
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** RFC 6901. */
function resolves(value: unknown, pointer: string): boolean {
  if (pointer === '') return true;
  if (!pointer.startsWith('/')) return false;
  let at: unknown = value;
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Json)[key];
  }
  return true;
}

function dataFaults(document: Json, answer: ApiAnswer): string[] {
  const { data } = document;
  const many = Array.isArray(data);
  const primary: unknown[] = many ? data : data === null ? [] : [data];
  const identifiers = /\/relationships\/\w+(\?|$)/.test(answer.request.path);
  const faults = primary.flatMap((one, i) => {
    const at = many ? `data[${i}]` : 'data';
    return identifiers ? identifierFaults(one, at) : resourceFaults(one, at);
  });
  if (!('included' in document)) return faults;
  const { included } = document;
  if (!Array.isArray(included)) return [...faults, 'included is no array'];
  faults.push(...included.flatMap((one, i) => resourceFaults(one, `included[${i}]`)));
  if (faults.length > 0) return faults;
  const all = [...primary, ...included] as Json[];
  const keys = all.map(keyOf);
  faults.push(...keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key} stands twice`));
  const withFields = /[?&]fields(\[|%5B)/i.test(answer.request.path);
  if (!withFields) faults.push(...unlinked(primary as Json[], included as Json[]));
  return faults;
}

/** Full linkage: everything included is reached from the primary data along linkage that the document shows. */
function unlinked(primary: Json[], included: Json[]): string[] {
  const byKey = new Map([...primary, ...included].map((one) => [keyOf(one), one]));
  const reached = new Set<string>();
  const queue = primary.map(keyOf);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const one = byKey.get(key);
    if (!one || reached.has(key)) continue;
    reached.add(key);
    const relationships = Object.values((one['relationships'] ?? {}) as Json) as Json[];
    for (const { data } of relationships)
      queue.push(...[data].flat().flatMap((end) => (isObject(end) ? [keyOf(end)] : [])));
  }
  return included.map(keyOf).flatMap((key) => (reached.has(key) ? [] : [`nothing links to ${key}`]));
}

function resourceFaults(resource: unknown, at: string): string[] {
  if (!isObject(resource)) return [`${at} is no resource object`];
  const faults = identityFaults(resource, at);
  const known = ['type', 'id', 'attributes', 'relationships', 'links', 'meta'];
  for (const name of Object.keys(resource))
    if (!known.includes(name)) faults.push(`${at} has a member "${name}"`);
  const { attributes = {}, relationships = {}, links } = resource;
  if (!isObject(attributes)) faults.push(`${at}.attributes is no object`);
  if (!isObject(relationships)) return [...faults, `${at}.relationships is no object`];
  if (!isObject(links) || typeof links['self'] !== 'string') faults.push(`${at}.links.self is missing`);
  for (const name of [...Object.keys(attributes as Json), ...Object.keys(relationships)])
    if (!MEMBER_NAME.test(name) || name === 'id' || name === 'type')
      faults.push(`${at}: "${name}" is no name of a field`);
  for (const name of Object.keys(relationships))
    if (Object.hasOwn(attributes as Json, name)) faults.push(`${at}: "${name}" is two fields`);
  for (const [name, value] of Object.entries(relationships))
    faults.push(...relationshipFaults(value, `${at}.${name}`));
  return faults;
}

function relationshipFaults(relationship: unknown, at: string): string[] {
  if (!isObject(relationship)) return [`${at} is no relationship object`];
  const faults: string[] = [];
  for (const name of Object.keys(relationship))
    if (!['links', 'data', 'meta'].includes(name)) faults.push(`${at} has a member "${name}"`);
  if (Object.keys(relationship).length === 0) faults.push(`${at} says nothing`);
  if ('links' in relationship) faults.push(...linksFaults(relationship['links'], `${at}.links`));
  if ('data' in relationship && relationship['data'] !== null)
    faults.push(...[relationship['data']].flat().flatMap((end) => identifierFaults(end, at)));
  return faults;
}

function identifierFaults(identifier: unknown, at: string): string[] {
  if (!isObject(identifier)) return [`${at} is no identifier`];
  const others = Object.keys(identifier).filter((name) => !['type', 'id', 'meta'].includes(name));
  return [...identityFaults(identifier, at), ...others.map((name) => `${at} has a member "${name}"`)];
}

function identityFaults({ type, id }: Json, at: string): string[] {
  const faults: string[] = [];
  if (typeof type !== 'string' || !MEMBER_NAME.test(type)) faults.push(`${at}.type is none`);
  if (typeof id !== 'string' || !/^[1-9]\d*$/.test(id)) faults.push(`${at}.id is no decimal text`);
  return faults;
}

function linksFaults(links: unknown, at: string): string[] {
  if (!isObject(links)) return [`${at} is no object`];
  const known = ['self', 'related', 'describedby', 'first', 'last', 'prev', 'next'];
  return Object.entries(links).flatMap(([name, link]) => {
    const right = link === null || typeof link === 'string' || (isObject(link) && 'href' in link);
    return [
      ...(known.includes(name) ? [] : [`${at} has a link "${name}"`]),
      ...(right ? [] : [`${at}.${name} is no link`]),
    ];
  });
}

const keyOf = ({ type, id }: Json): string => `${String(type)}:${String(id)}`;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

expect.extend({
  toBeJsonApiDocument(answer: ApiAnswer) {
    const faults = answer.bytes.length === 0 ? ['there is no body'] : jsonApiFaults(answer);
    return {
      pass: faults.length === 0,
      message: () => `The answer ${answer.status} ${answer.text}\n${faults.join('\n')}`,
    };
  },
});

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the typings of jest are a namespace
  namespace jest {
    interface Matchers<R> {
      /** The answer has a document, and it is one of JSON:API 1.1 with the headers that every answer carries. */
      toBeJsonApiDocument(): R;
    }
  }
}
