import type { ApiAnswer } from '../api-client.js';
import { dataFaults } from './data-faults.js';
import { errorsFaults } from './error-faults.js';
import { applied } from './header-faults.js';
import { isObject, strangers } from './json.js';
import { linksFaults, PAGES } from './links-faults.js';

const MEMBERS = ['jsonapi', 'data', 'errors', 'included', 'links', 'meta'];
/** Letters, digits, and between them `-` and `_`: what JSON:API allows, and recommends for URLs. */
const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;

/** Rules 20 to 26, 52 to 61 of a document; what is in its members, elsewhere. */
export function documentFaults(document: unknown, answer: ApiAnswer): string[] {
  if (!isObject(document)) return ['the document is not an object'];
  const operations = applied(answer, 'ext').length > 0;
  const faults = strangers(document, [...MEMBERS, ...(operations ? ['atomic:results'] : [])], 'the document');
  const told = ['data', 'errors', 'meta', 'atomic:results'].filter((name) => name in document);
  if (told.length === 0) faults.push('neither data, errors nor meta');
  if (told.includes('data') && told.includes('errors')) faults.push('data and errors together');
  if ('included' in document && !told.includes('data')) faults.push('included without data');
  faults.push(...versionFaults(document['jsonapi'], answer));
  if ('meta' in document && !isObject(document['meta'])) faults.push('meta is no object');
  if ('links' in document)
    faults.push(...linksFaults(document['links'], 'links', ['self', 'related', 'describedby', ...PAGES]));
  if ('errors' in document) faults.push(...errorsFaults(document['errors'], answer));
  if ('data' in document) faults.push(...dataFaults(document, answer));
  const { 'atomic:results': results = [], ...rest } = document;
  return [...faults, ...nameFaults([rest, results])];
}

function versionFaults(jsonapi: unknown, answer: ApiAnswer): string[] {
  if (!isObject(jsonapi) || jsonapi['version'] !== '1.1') return ['jsonapi.version is not 1.1'];
  const faults = strangers(jsonapi, ['version', 'ext', 'profile', 'meta'], 'jsonapi');
  for (const name of ['ext', 'profile'] as const)
    if (name in jsonapi && JSON.stringify(jsonapi[name]) !== JSON.stringify(applied(answer, name)))
      faults.push(`jsonapi.${name} is not that of the media type`);
  return faults;
}

/** Of every member, at whatever depth. */
function nameFaults(value: unknown, faults: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return faults;
  if (!Array.isArray(value))
    for (const name of Object.keys(value)) if (!NAME.test(name)) faults.push(`"${name}" is no member name`);
  for (const below of Object.values(value)) nameFaults(below, faults);
  return faults;
}
