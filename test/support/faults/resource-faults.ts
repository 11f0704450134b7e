import { isObject, strangers, type Json } from './json.js';
import { linksFaults, PAGES } from './links-faults.js';

const MEMBER_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const MEMBERS = ['type', 'id', 'attributes', 'relationships', 'links', 'meta'];

/** Rules 31 to 46 of one resource object. */
export function resourceFaults(resource: unknown, at: string): string[] {
  if (!isObject(resource)) return [`${at} is no resource object`];
  const faults = [...identityFaults(resource, at), ...strangers(resource, MEMBERS, at)];
  const { attributes = {}, relationships = {}, links } = resource;
  if (!isObject(attributes)) return [...faults, `${at}.attributes is no object`];
  if (!isObject(relationships)) return [...faults, `${at}.relationships is no object`];
  if ('meta' in resource && !isObject(resource['meta'])) faults.push(`${at}.meta is no object`);
  if (!isObject(links) || typeof links['self'] !== 'string') faults.push(`${at}.links.self is missing`);
  else faults.push(...linksFaults(links, `${at}.links`, ['self']));
  for (const name of [...Object.keys(attributes), ...Object.keys(relationships)])
    if (!MEMBER_NAME.test(name) || name === 'id' || name === 'type')
      faults.push(`${at}: "${name}" is no name of a field`);
  for (const name of Object.keys(relationships))
    if (Object.hasOwn(attributes, name)) faults.push(`${at}: "${name}" is two fields`);
  for (const [name, value] of Object.entries(relationships))
    faults.push(...relationshipFaults(value, `${at}.relationships.${name}`));
  return faults;
}

function relationshipFaults(relationship: unknown, at: string): string[] {
  if (!isObject(relationship)) return [`${at} is no relationship object`];
  const faults = strangers(relationship, ['links', 'data', 'meta'], at);
  const { links, data, meta } = relationship;
  if (Object.keys(relationship).length === 0) faults.push(`${at} says nothing`);
  if ('meta' in relationship && !isObject(meta)) faults.push(`${at}.meta is no object`);
  if ('data' in relationship) faults.push(...linkageFaults(data, `${at}.data`));
  if (!('links' in relationship)) return faults;
  const known = ['self', 'related', ...(Array.isArray(data) ? PAGES : [])];
  faults.push(...linksFaults(links, `${at}.links`, known));
  if (isObject(links) && !('self' in links || 'related' in links)) faults.push(`${at}.links leads nowhere`);
  return faults;
}

/** null, an identifier, or an array of them. */
export function linkageFaults(data: unknown, at: string): string[] {
  if (data === null) return [];
  if (!Array.isArray(data)) return identifierFaults(data, at);
  const faults = data.flatMap((one, i) => identifierFaults(one, `${at}[${i}]`));
  if (new Set(data.map((one) => JSON.stringify(one))).size < data.length)
    faults.push(`${at} names something twice`);
  return faults;
}

function identifierFaults(identifier: unknown, at: string): string[] {
  if (!isObject(identifier)) return [`${at} is no identifier`];
  return [...identityFaults(identifier, at), ...strangers(identifier, ['type', 'id', 'meta'], at)];
}

function identityFaults({ type, id }: Json, at: string): string[] {
  const faults: string[] = [];
  if (typeof type !== 'string' || !MEMBER_NAME.test(type)) faults.push(`${at}.type is none`);
  if (typeof id !== 'string' || !/^[1-9]\d*$/.test(id)) faults.push(`${at}.id is no decimal text`);
  return faults;
}
