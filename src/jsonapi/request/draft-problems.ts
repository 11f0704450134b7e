import { validateSync, type ValidationError } from 'class-validator';
import type { Problem } from '../errors/jsonapi-error.js';
import type { Draft } from './read-draft.js';
import { isClearable } from '../resource/registry.js';
import { isStorable } from './storable.js';

/** What the rules of the dto classes have against the values of a draft and of what came along; each is 422. */
export const draftProblems = (draft: Draft, updating: boolean): Problem[] =>
  [draft, ...draft.included].flatMap((one, i) =>
    valueProblems(one, i === 0 ? updating : one.id !== undefined),
  );

function valueProblems(draft: Draft, updating: boolean): Problem[] {
  const at = (name: string): string => `${draft.pointer}/attributes/${name}`;
  const isUnstorable = (value: unknown): boolean => typeof value === 'string' && !isStorable(value);
  const unstorable = Object.entries(draft.attributes)
    .filter(([, value]) => isUnstorable(value))
    .map(([name]): Problem => ({
      code: 'invalid_attribute',
      detail: `"${name}" holds a character that cannot be stored.`,
      source: { pointer: at(name) },
    }));
  const cleared = Object.entries(draft.attributes)
    .filter(([name, value]) => value === null && !isClearable(draft.resource, name))
    .map(([name]): Problem => ({
      code: 'invalid_attribute',
      detail: `"${name}" cannot be cleared; give it a value, or leave it out.`,
      source: { pointer: at(name) },
    }));
  if (!draft.resource.dto) return [...unstorable, ...cleared];
  // The rules know whole characters only: `IsEmail` throws on half of one.
  const ruled = Object.entries(draft.attributes).filter(([, value]) => !isUnstorable(value));
  const candidate = Object.assign(new draft.resource.dto(), Object.fromEntries(ruled));
  const errors = validateSync(candidate, { skipUndefinedProperties: updating });
  const told = new Set([...unstorable, ...cleared].map(({ source }) => source?.pointer));
  const broken = errors.map((error) => brokenRule(error, draft));
  return [...unstorable, ...cleared, ...broken.filter(({ source }) => !told.has(source?.pointer))];
}

/** Of a number it says little that it is too long for a text. */
const OF_TYPES = new Set(['isString', 'isBoolean', 'isNumber', 'isInt', 'isArray', 'isObject']);

function brokenRule({ property, constraints }: ValidationError, draft: Draft): Problem {
  const sent = property in draft.attributes;
  const rules = Object.entries(constraints ?? {});
  const [, said] = rules.find(([rule]) => OF_TYPES.has(rule)) ?? rules[0] ?? ['', `${property} is not valid`];
  const detail = `${said}.`;
  return {
    code: 'invalid_attribute',
    detail,
    source: { pointer: sent ? `${draft.pointer}/attributes/${property}` : draft.pointer },
  };
}
