import type { ApiAnswer } from '../api-client.js';
import { isObject, keyOf, type Json } from './json.js';
import { linkageFaults, resourceFaults } from './resource-faults.js';

/** Rules 29, 30, 48 to 51, 75, 76 and 82: primary data and what comes along, judged by what was asked for. */
export function dataFaults(document: Json, answer: ApiAnswer): string[] {
  const { data } = document;
  const { method, path } = answer.request;
  const asked = new URL(path, 'http://x');
  const segments = asked.pathname
    .replace(/^\/apis\/v4/, '')
    .split('/')
    .filter(Boolean);
  if (segments[2] === 'relationships') return linkageFaults(data, 'data');
  const faults: string[] = [];
  const collection = segments.length === 1 && (method === 'GET' || method === 'HEAD');
  if (collection !== Array.isArray(data) && segments.length < 3)
    faults.push('data is one, or many, in the wrong place');
  const primary: unknown[] = Array.isArray(data) ? data : data === null ? [] : [data];
  faults.push(
    ...primary.flatMap((one, i) => resourceFaults(one, Array.isArray(data) ? `data[${i}]` : 'data')),
  );
  const parameters = [...asked.searchParams.keys()];
  if ('included' in document !== parameters.includes('include'))
    faults.push('included is there unasked, or asked and not there');
  const { included = [] } = document;
  if (!Array.isArray(included)) return [...faults, 'included is no array'];
  faults.push(...included.flatMap((one, i) => resourceFaults(one, `included[${i}]`)));
  if (faults.length > 0) return faults;
  const all = [...primary, ...included] as Json[];
  const keys = all.map(keyOf);
  faults.push(...keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key} stands twice`));
  faults.push(...all.flatMap((one) => unasked(one, asked.searchParams)));
  // Fieldsets may take the linkage away that led to what is included.
  const withFields = parameters.some((name) => name.startsWith('fields['));
  if (!withFields) faults.push(...unlinked(primary as Json[], included as Json[]));
  return faults;
}

function unasked(resource: Json, parameters: URLSearchParams): string[] {
  const fields = parameters.get(`fields[${String(resource['type'])}]`)?.split(',');
  if (!fields) return [];
  const shown = ['attributes', 'relationships'].flatMap((name) => Object.keys(resource[name] ?? {}));
  return shown
    .filter((name) => !fields.includes(name))
    .map((name) => `"${name}" of ${keyOf(resource)} is shown unasked`);
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
