import { JsonApiError, type Problem } from '../jsonapi/index.js';
import { isObject, isStorable, type JsonObject } from '../jsonapi/http/index.js';

/** What is asked for: the type of the document, and the attributes that it must have. */
export interface Wanted<N extends string> {
  readonly type: string;
  readonly names: readonly N[];
}

/** Longer ones would only keep the server busy. */
const MAX_LENGTH = 1024;

/**
 * The texts of a document that is no resource to be kept: `{data: {type: "session", attributes: {email, password}}}`; a
 * lenient client may send the attributes alone. @throws JsonApiError 400, 403, 409 or 422 with a pointer to each thing
 * out of place
 */
export function readTexts<N extends string>(
  document: unknown,
  wanted: Wanted<N>,
  lenient: boolean,
): Record<N, string> {
  if (!isObject(document)) throw malformed('The body must be an object with `data`.', '');
  if (lenient && !('data' in document)) return readAttributes(document, '', wanted, lenient, []);
  const { data } = document;
  if (!isObject(data))
    throw malformed('`data` must be one resource object.', 'data' in document ? '/data' : '');
  const problems = [...identityProblems(data, wanted.type, lenient), ...relationshipProblems(data, lenient)];
  const { attributes = {} } = data;
  if (!isObject(attributes)) throw malformed('`attributes` must be an object.', '/data/attributes');
  const pointer = 'attributes' in data ? '/data/attributes' : '/data';
  return readAttributes(attributes, pointer, wanted, lenient, problems);
}

/** Where a text stands, once {@link readTexts} has read it. */
export const textPointer = (document: unknown, name: string): string =>
  isObject(document) && 'data' in document ? `/data/attributes/${name}` : `/${name}`;

function identityProblems(data: JsonObject, wanted: string, lenient: boolean): Problem[] {
  const problems: Problem[] = [];
  const { type, id } = data;
  if (typeof type !== 'string')
    problems.push(
      ...malformed(`\`type\` must be "${wanted}".`, 'type' in data ? '/data/type' : '/data').problems,
    );
  else if (type !== wanted)
    problems.push(
      at('/data/type', 'type_conflict', `"${type}" does not belong here; the type is "${wanted}".`),
    );
  if ('id' in data && !(lenient && id === null))
    problems.push(at('/data/id', 'client_id_not_allowed', 'Leave `id` out; the server makes it.'));
  return problems;
}

function relationshipProblems({ relationships = {} }: JsonObject, lenient: boolean): Problem[] {
  if (!isObject(relationships))
    return [...malformed('`relationships` must be an object.', '/data/relationships').problems];
  if (lenient) return [];
  return Object.keys(relationships)
    .filter((name) => !name.startsWith('@'))
    .map((name) =>
      at(
        `/data/relationships/${escapePointer(name)}`,
        'unknown_relationship',
        `"${name}" cannot be set here; leave it out.`,
      ),
    );
}

function readAttributes<N extends string>(
  given: JsonObject,
  pointer: string,
  { type, names }: Wanted<N>,
  lenient: boolean,
  found: Problem[],
): Record<N, string> {
  const problems = [...found];
  const text = (name: N): string => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof value === 'string' && isText(value)) return value;
    const detail = `"${name}" must be a text of 1 to ${MAX_LENGTH} characters.`;
    problems.push(at(value === undefined ? pointer : `${pointer}/${name}`, 'invalid_attribute', detail));
    return '';
  };
  const texts = Object.fromEntries(names.map((name) => [name, text(name)])) as Record<N, string>;
  for (const name of lenient ? [] : Object.keys(given)) {
    if (name.startsWith('@') || (names as readonly string[]).includes(name)) continue;
    const detail = `A ${type} has no attribute "${name}"; leave it out.`;
    problems.push(at(`${pointer}/${escapePointer(name)}`, 'unknown_attribute', detail));
  }
  if (problems.length > 0) throw new JsonApiError(problems);
  return texts;
}

/** Not empty, and what PostgreSQL and UTF-8 can hold. */
const isText = (value: string): boolean => value !== '' && value.length <= MAX_LENGTH && isStorable(value);

const at = (pointer: string, code: Problem['code'], detail: string): Problem => ({
  code,
  detail,
  source: { pointer },
});

const malformed = (detail: string, pointer: string): JsonApiError =>
  JsonApiError.of('malformed_document', detail, { pointer });

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
