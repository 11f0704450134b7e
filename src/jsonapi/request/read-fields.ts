import type { Problem } from '../errors/jsonapi-error.js';
import { known, quoted } from '../query/did-you-mean.js';
import type { Resource } from '../resource/registry.js';
import { PRIMARY } from './read-draft.js';
import { isObject, type JsonObject } from './read-json.js';
import { requireObjects } from './require-objects.js';

/** The fields of a resource object, sorted by what they are. */
export interface Fields {
  /** Writable ones, by name. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Read-only ones that were sent: fine when equal to what is stored. */
  readonly readOnly: Readonly<Record<string, unknown>>;
  /** An id, null, ids, or PRIMARY; the `*_id` attributes stand here as well. */
  readonly relationships: Readonly<Record<string, string | null | readonly string[]>>;
  /** Where each relationship was said: as a relationship or as an `*_id` attribute. */
  readonly pointers: Readonly<Record<string, string>>;
  /** Attributes that nobody knows, where they are no problem. */
  readonly ignored?: readonly string[];
}

export interface FieldRules {
  readonly lenient: boolean;
  readonly primaryLid: string | undefined;
  /** `type:lid` of what came along. */
  readonly includedLids: ReadonlySet<string>;
  /** What stands for the id of a resource elsewhere in the request, if one has this `lid`. */
  readonly localId?: (type: string, lid: string) => string | undefined;
}

interface Sorted {
  attributes: Record<string, unknown>;
  readOnly: Record<string, unknown>;
  relationships: Record<string, string | null | readonly string[]>;
  pointers: Record<string, string>;
  ignored: string[];
}

export function readFields(
  object: JsonObject,
  pointer: string,
  resource: Resource,
  rules: FieldRules,
  problems: Problem[],
): Fields {
  const sorted: Sorted = { attributes: {}, readOnly: {}, relationships: {}, pointers: {}, ignored: [] };
  const { attributes = {}, relationships = {} } = object;
  if (isObject(attributes))
    readAttributes(attributes, `${pointer}/attributes`, resource, rules, sorted, problems);
  else problems.push(malformed('`attributes` must be an object.', `${pointer}/attributes`));
  if (isObject(relationships))
    readRelationships(relationships, `${pointer}/relationships`, resource, rules, sorted, problems);
  else problems.push(malformed('`relationships` must be an object.', `${pointer}/relationships`));
  return sorted;
}

function readAttributes(
  given: JsonObject,
  pointer: string,
  resource: Resource,
  rules: FieldRules,
  sorted: Sorted,
  problems: Problem[],
): void {
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('@')) continue;
    const at = `${pointer}/${escapePointer(name)}`;
    const attribute = Object.hasOwn(resource.attributes, name) ? resource.attributes[name] : undefined;
    const toOne = Object.entries(resource.relationships).find(
      ([, end]) => end.kind === 'to-one' && end.idAttribute === name,
    );
    if (!attribute) {
      if (rules.lenient) sorted.ignored.push(name);
      else problems.push(unknownField('attribute', name, resource, at));
    } else if (toOne) {
      const end = readIdAttribute(name, value, toOne[1].type, at, rules, problems);
      if (end !== undefined) say(toOne[0], end, at, sorted, problems);
    } else if (attribute.write) {
      sorted.attributes[name] = value;
    } else if (!rules.lenient) {
      sorted.readOnly[name] = value;
    }
  }
}

/** The id of an end, where an attribute gives it; undefined when it is none, which is told. */
function readIdAttribute(
  name: string,
  value: unknown,
  type: string,
  pointer: string,
  rules: FieldRules,
  problems: Problem[],
): string | null | undefined {
  const sent = rules.lenient && typeof value === 'number' ? String(value) : value;
  if (sent === null || (typeof sent === 'string' && isId(sent))) return sent;
  const local = typeof sent === 'string' ? rules.localId?.(type, sent) : undefined;
  if (local === undefined)
    problems.push({
      code: 'invalid_attribute',
      detail: `"${name}" must be an id: a string of digits.`,
      source: { pointer },
    });
  return local;
}

function unknownField(
  kind: 'attribute' | 'relationship',
  name: string,
  { type, attributes, relationships }: Resource,
  pointer: string,
): Problem {
  const [own, other] = kind === 'attribute' ? [attributes, relationships] : [relationships, attributes];
  const meant = [name, name.replace(/_ids?$/, '')].find((one) => Object.hasOwn(other, one));
  const place = kind === 'attribute' ? 'relationships' : 'attributes';
  const hint = meant ? `"${meant}" stands in \`${place}\`.` : known(Object.keys(own), name);
  return {
    code: `unknown_${kind}`,
    detail: `${type} has no ${kind} ${quoted(name)}. ${hint}`,
    source: { pointer },
  };
}

function readRelationships(
  given: JsonObject,
  pointer: string,
  resource: Resource,
  rules: FieldRules,
  sorted: Sorted,
  problems: Problem[],
): void {
  for (const [name, object] of Object.entries(given)) {
    if (name.startsWith('@')) continue;
    const at = `${pointer}/${escapePointer(name)}`;
    const relationship = Object.hasOwn(resource.relationships, name)
      ? resource.relationships[name]
      : undefined;
    if (isObject(object)) requireObjects(object, ['links', 'meta'], at, problems);
    if (!relationship) {
      if (!rules.lenient) problems.push(unknownField('relationship', name, resource, at));
    } else if (!isObject(object) || !('data' in object)) {
      problems.push(malformed('A relationship is an object with `data`.', at));
    } else if (relationship.kind === 'to-one') {
      const end =
        object['data'] === null
          ? null
          : readIdentifier(object['data'], `${at}/data`, relationship.type, rules, problems);
      if (end !== undefined) say(name, end, `${at}/data`, sorted, problems);
    } else if (!Array.isArray(object['data'])) {
      problems.push(malformed('`data` of a to-many relationship is an array.', `${at}/data`));
    } else {
      const ends = object['data'].map((item: unknown, i) =>
        readIdentifier(item, `${at}/data/${i}`, relationship.type, rules, problems),
      );
      // What is linked by `lid` stands in `included` and is written from there.
      const ids = ends.filter((end): end is string => typeof end === 'string');
      if (ids.length > 0 || ends.length === 0) {
        sorted.relationships[name] = ids;
        sorted.pointers[name] = at;
      }
    }
  }
}

/** An id; null; PRIMARY; undefined when there is nothing more to do: a fault, or a `lid` of `included`. */
export function readIdentifier(
  end: unknown,
  pointer: string,
  type: string,
  rules: FieldRules,
  problems: Problem[],
): string | null | undefined {
  if (!isObject(end) || typeof end['type'] !== 'string') {
    const at = isObject(end) && 'type' in end ? `${pointer}/type` : pointer;
    problems.push(malformed('A resource identifier with `type` and `id` is wanted.', at));
    return undefined;
  }
  if (end['type'] !== type) {
    problems.push({
      code: 'type_conflict',
      detail: `"${end['type']}" cannot stand here; the type is "${type}".`,
      source: { pointer: `${pointer}/type` },
    });
    return undefined;
  }
  requireObjects(end, ['meta'], pointer, problems);
  const id = rules.lenient && typeof end['id'] === 'number' ? String(end['id']) : end['id'];
  // After an `@` stands what an id will be (PRIMARY, the tokens of lids): sent as an id it is nobody's.
  if (typeof id === 'string') return id.startsWith('@') ? '' : id;
  // The mobile app's undefined ids vanish in JSON.
  if (id === undefined && end['lid'] === undefined && rules.lenient) return null;
  if (id === undefined && typeof end['lid'] === 'string') {
    if (end['lid'] === rules.primaryLid) return PRIMARY;
    if (rules.includedLids.has(`${type}:${end['lid']}`)) return undefined;
    const local = rules.localId?.(type, end['lid']);
    if (local !== undefined) return local;
    problems.push(malformed(`No resource of this document has the lid "${end['lid']}".`, `${pointer}/lid`));
    return undefined;
  }
  const wrong = ['id', 'lid'].find((name) => name in end);
  problems.push(malformed('An `id` is wanted, a string.', wrong ? `${pointer}/${wrong}` : pointer));
  return undefined;
}

function say(name: string, end: string | null, pointer: string, sorted: Sorted, problems: Problem[]): void {
  if (name in sorted.relationships && sorted.relationships[name] !== end)
    problems.push({
      code: 'contradiction',
      detail: `The attribute and the relationship "${name}" name different resources; give one of them.`,
      source: { pointer },
    });
  sorted.relationships[name] = end;
  sorted.pointers[name] = pointer;
}

/** As the server writes them: `01` is nobody's. */
export const isId = (text: string): boolean =>
  /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= 9223372036854775807n;

const malformed = (detail: string, pointer: string): Problem => ({
  code: 'malformed_document',
  detail,
  source: { pointer },
});

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
