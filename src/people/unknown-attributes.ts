import { isStorable } from '../jsonapi/http/index.js';
import type { Draft } from '../jsonapi/operations/index.js';
import type { Warning } from './merge/index.js';

const MOST_TOLD = 25;

/** @param pointer where the object stands that has them */
export const unknownAttributes = (names: readonly string[], pointer: string): Warning[] =>
  names.slice(0, MOST_TOLD).map((name) => unknownAttribute(name, pointer));

/** Of a lenient document and of what came along. */
export const ignoredIn = (draft: Draft): Warning[] =>
  [draft, ...draft.included]
    .flatMap(({ ignored = [], pointer }) => unknownAttributes(ignored, `${pointer}/attributes`))
    .slice(0, MOST_TOLD);

function unknownAttribute(name: string, pointer: string): Warning {
  const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
  const known = isStorable(name) ? `"${name.slice(0, 40)}" ` : '';
  return {
    code: 'unknown_attribute',
    detail: `The attribute ${known}is not known here; it was ignored.`,
    pointer: `${pointer}/${escaped}`,
  };
}
