import { isObject, isStorable, JsonApiError, type JsonObject, type Problem } from '../jsonapi/index.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

const TYPE = 'session';
const NAMES = ['email', 'password'] as const;
/** Longer ones would only keep the server busy. */
const MAX_LENGTH = 1024;

/**
 * The credentials of a sign-in: `{data: {type: "session", attributes: {email, password}}}`; a lenient client may send
 * `{email, password}` alone. @throws JsonApiError 400, 403, 409 or 422 with a pointer to each thing out of place
 */
export function readCredentials(document: unknown, lenient: boolean): Credentials {
  if (!isObject(document)) throw malformed('The body must be an object with `data`.', '');
  if (lenient && !('data' in document)) return readAttributes(document, '', lenient, []);
  const { data } = document;
  if (!isObject(data))
    throw malformed('`data` must be one resource object.', 'data' in document ? '/data' : '');
  const problems = [...identityProblems(data, lenient), ...relationshipProblems(data, lenient)];
  const { attributes = {} } = data;
  if (!isObject(attributes)) throw malformed('`attributes` must be an object.', '/data/attributes');
  return readAttributes(attributes, 'attributes' in data ? '/data/attributes' : '/data', lenient, problems);
}

function identityProblems(data: JsonObject, lenient: boolean): Problem[] {
  const problems: Problem[] = [];
  const { type, id } = data;
  if (typeof type !== 'string')
    problems.push(
      ...malformed(`\`type\` must be "${TYPE}".`, 'type' in data ? '/data/type' : '/data').problems,
    );
  else if (type !== TYPE)
    problems.push(
      at('/data/type', 'type_conflict', `"${type}" does not belong here; the type is "${TYPE}".`),
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
        `"${name}" cannot be set at a sign-in; leave it out.`,
      ),
    );
}

function readAttributes(given: JsonObject, pointer: string, lenient: boolean, found: Problem[]): Credentials {
  const problems = [...found];
  const text = (name: (typeof NAMES)[number]): string => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof value === 'string' && isText(value)) return value;
    const detail = `"${name}" must be a text of 1 to ${MAX_LENGTH} characters.`;
    problems.push(at(value === undefined ? pointer : `${pointer}/${name}`, 'invalid_attribute', detail));
    return '';
  };
  const credentials = { email: text('email'), password: text('password') };
  for (const name of lenient ? [] : Object.keys(given)) {
    if (name.startsWith('@') || (NAMES as readonly string[]).includes(name)) continue;
    problems.push(
      at(
        `${pointer}/${escapePointer(name)}`,
        'unknown_attribute',
        `A sign-in has no attribute "${name}"; leave it out.`,
      ),
    );
  }
  if (problems.length > 0) throw new JsonApiError(problems);
  return credentials;
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
