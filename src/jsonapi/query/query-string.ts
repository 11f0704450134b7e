import type { Problem } from '../errors/jsonapi-error.js';
import { isStorable } from '../request/storable.js';

/** One `base[a][b]=value` of the query string. */
export interface Parameter {
  /** Decoded, as sent: `filter[name][eq]`. */
  readonly name: string;
  readonly base: string;
  readonly keys: readonly string[];
  readonly value: string;
}

const MAX_PARAMETERS = 200;
const MAX_ELEMENTS = 1000;
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** Reads a raw query string as `application/x-www-form-urlencoded` (JSON:API 1.1, appendix "Query Parameters"). */
export function parseQueryString(raw: string): { parameters: Parameter[]; problems: Problem[] } {
  const parts = raw.split('&').filter((part) => part !== '');
  const problems: Problem[] = [];
  if (parts.length > MAX_PARAMETERS) {
    problems.push(problem('', `At most ${MAX_PARAMETERS} query parameters are read.`));
    return { parameters: [], problems };
  }
  const parameters: Parameter[] = [];
  const seen = new Set<string>();
  for (const part of parts) {
    const [rawName = '', rawValue = ''] = splitOnce(part, '=');
    const name = decode(rawName);
    const value = decode(rawValue);
    const match = name === undefined ? null : NAME.exec(name);
    if (name === undefined || value === undefined || !isStorable(value)) {
      problems.push(
        problem(
          name ?? rawName,
          'The parameter is not well encoded; percent-encode it as UTF-8, without NUL.',
        ),
      );
    } else if (!match) {
      problems.push(
        problem(name, `"${name}" is not the name of a parameter; brackets come in pairs after a name.`),
      );
    } else if (seen.has(name)) {
      problems.push(problem(name, `"${name}" is given twice; give one list with commas.`));
    } else {
      const keys = [...(match[2] as string).matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key as string);
      parameters.push({ name, base: match[1] as string, keys, value });
    }
    if (name !== undefined) seen.add(name);
  }
  return { parameters, problems };
}

/** The decoded name of one `name=value` of a query string. */
export const nameOf = (part: string): string | undefined => decode(splitOnce(part, '=')[0]);

/** The elements of a comma list; an empty element (`a,,b`) is a problem of the parameter. */
export function listOf(parameter: Parameter, problems: Problem[]): string[] {
  if (parameter.value === '') return [];
  const elements = parameter.value.split(',');
  if (elements.length > MAX_ELEMENTS) {
    problems.push(problem(parameter.name, `A list has at most ${MAX_ELEMENTS} elements.`));
    return [];
  }
  if (elements.includes(''))
    problems.push(
      problem(parameter.name, `"${parameter.name}" has an empty element; take out the extra comma.`),
    );
  return elements.filter((element) => element !== '');
}

export const problem = (parameter: string, detail: string): Problem => ({
  code: 'invalid_parameter',
  detail,
  ...(parameter && { source: { parameter } }),
});

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
