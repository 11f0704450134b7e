import type { Problem } from '../errors/jsonapi-error.js';
import { isObject, type JsonObject } from './read-json.js';

/** Members of the specification that have no meaning here are ignored, but they have to be objects all the same. */
export function requireObjects(
  object: JsonObject,
  names: readonly ('jsonapi' | 'links' | 'meta')[],
  pointer: string,
  problems: Problem[],
): void {
  for (const name of names)
    if (name in object && !isObject(object[name]))
      problems.push({
        code: 'malformed_document',
        detail: `\`${name}\` must be an object.`,
        source: { pointer: `${pointer}/${name}` },
      });
}
