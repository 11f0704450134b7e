import { JsonApiError } from '../../jsonapi/index.js';
import {
  isStorable,
  known as knownNames,
  quoted,
  readJson,
  type JsonApiRequest,
  type JsonObject,
} from '../../jsonapi/http/index.js';

export const malformed = (detail: string, pointer: string): JsonApiError =>
  JsonApiError.of('malformed_request', detail, { pointer });

/** A member that would change what is done, had it been understood. @param known those that are taken there */
export function unknownMember(name: string, known: readonly string[], saying: string): JsonApiError {
  const [word] = known.filter((each) => each.split('_').includes(name.toLowerCase()));
  const sent = isStorable(name) ? quoted(name) : 'this member';
  return malformed(`${saying} ${sent}. ${knownNames(known, word ?? name)}`, `/${escapePointer(name)}`);
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** They stand in the body; where one is overlooked, much would be written that was only to be tried. */
const OF_THE_BODY = ['atomic', 'dry_run', 'conflicting_ref', 'name_guard'];

/** The JSON that came with a request. @throws JsonApiError 400 */
export function readPlainBody({ originalUrl, body }: JsonApiRequest): unknown {
  const query = new URLSearchParams(originalUrl.split('?')[1]);
  const misplaced = OF_THE_BODY.find((name) => query.has(name));
  if (misplaced !== undefined)
    throw JsonApiError.of(
      'invalid_parameter',
      `\`${misplaced}\` is no parameter here; write it into the body.`,
    );
  if (Buffer.isBuffer(body) && body.length > 0) return readJson(body);
  throw JsonApiError.of('malformed_request', 'The request has no body; send a JSON object.');
}

/** `null` is as if it had not been sent. */
const memberOf = (value: JsonObject, name: string): unknown =>
  Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;

/** @throws JsonApiError 400 for anything but `true`, `false` and `null` */
export function readFlag(value: JsonObject, name: string): boolean | undefined {
  const flag = memberOf(value, name);
  if (flag === undefined || typeof flag === 'boolean') return flag;
  throw malformed(`\`${name}\` must be true or false.`, `/${name}`);
}

/** @throws JsonApiError 400 */
export function readOneOf<T extends string>(
  value: JsonObject,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const word = memberOf(value, name);
  if (word === undefined || allowed.includes(word as T)) return word as T | undefined;
  throw malformed(`\`${name}\` must be one of ${allowed.join(', ')}.`, `/${name}`);
}

/** @throws JsonApiError 400 */
export function readText(value: JsonObject, name: string): string | undefined {
  const text = memberOf(value, name);
  if (text === undefined || typeof text === 'string') return text;
  throw malformed(`\`${name}\` must be a text.`, `/${name}`);
}

/** An id, which may be a number. @throws JsonApiError 400 */
export function readId(value: JsonObject, name: string): string | undefined {
  const id = memberOf(value, name);
  if (Number.isSafeInteger(id)) return String(id);
  if (id === undefined || typeof id === 'string') return id;
  throw malformed(`\`${name}\` must be an id.`, `/${name}`);
}
