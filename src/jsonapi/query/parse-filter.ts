import type { Problem } from '../errors/jsonapi-error.js';
import type { ValueType } from '../resource/define-resource.js';
import type { Resource } from '../resource/registry.js';
import { listOf, problem, type Parameter } from './query-string.js';

export const OPERATORS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'nin', 'like', 'prefix', 'null'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  /** An attribute, a relationship (compared by id), or `id`. */
  readonly field: string;
  readonly operator: Operator;
  /** Of the right form for the field; one, or a list for `in` and `nin`. */
  readonly values: readonly string[];
}

const MAX_ID = 9223372036854775807n;
/** Kinds of values that can be filtered by. */
export type Compared = Exclude<ValueType, 'json'>;

const FORMS: Record<Compared, { test(value: string): boolean; wants: string }> = {
  string: { test: () => true, wants: 'text' },
  id: {
    test: (value) => value === 'me' || (/^\d{1,19}$/.test(value) && BigInt(value) <= MAX_ID),
    wants: 'an id (a decimal number, or me)',
  },
  integer: { test: (value) => /^-?\d{1,18}$/.test(value), wants: 'a whole number' },
  boolean: { test: (value) => value === 'true' || value === 'false', wants: 'true or false' },
  date: { test: isDate, wants: 'a date such as 2001-02-03' },
  timestamp: { test: isTimestamp, wants: 'a time such as 2026-01-31T12:00:00Z' },
};

/** `filter[name]=x`, `filter[name][op]=x` -> conditions that hold together. */
export function parseFilter(
  parameters: readonly Parameter[],
  resource: Resource,
  lenient: boolean,
  problems: Problem[],
): readonly Filter[] {
  return parameters.flatMap((parameter) => {
    const [field = '', operator = 'eq', ...rest] = parameter.keys;
    const type = typeOf(resource, field);
    if (!type && lenient) return [];
    if (!type || rest.length > 0) {
      problems.push(
        problem(
          parameter.name,
          `${resource.type} cannot be filtered by "${field}". Possible: ${filterable(resource).join(', ')}.`,
        ),
      );
      return [];
    }
    if (!(OPERATORS as readonly string[]).includes(operator)) {
      problems.push(
        problem(parameter.name, `The operator "${operator}" is not known. Known: ${OPERATORS.join(', ')}.`),
      );
      return [];
    }
    const several = operator === 'in' || operator === 'nin' || (type === 'id' && operator === 'eq');
    const values = several ? listOf(parameter, problems) : [parameter.value];
    const form = operator === 'null' ? FORMS.boolean : FORMS[type];
    const wrong = values.find((value) => !form.test(value));
    if (
      wrong !== undefined ||
      values.length === 0 ||
      (type !== 'string' && (operator === 'like' || operator === 'prefix'))
    ) {
      problems.push(
        problem(
          parameter.name,
          `"${wrong ?? parameter.value}" cannot be compared with ${field}; ${form.wants} is wanted.`,
        ),
      );
      return [];
    }
    return [{ field, operator: several && operator === 'eq' ? 'in' : (operator as Operator), values }];
  });
}

function typeOf(resource: Resource, field: string): Compared | undefined {
  if (field === 'id' || Object.hasOwn(resource.relationships, field)) return 'id';
  const attribute = Object.hasOwn(resource.attributes, field) ? resource.attributes[field] : undefined;
  return attribute?.filter && attribute.type !== 'json' ? attribute.type : undefined;
}

const filterable = (resource: Resource): string[] => [
  'id',
  ...Object.keys(resource.attributes).filter((name) => resource.attributes[name]?.filter),
  ...Object.keys(resource.relationships),
];

/** A day of the calendar; PostgreSQL knows no year 0. */
function isDate(value: string): boolean {
  const time = /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const TIME = /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** A day, or a day with a time of the clock and an offset that PostgreSQL takes. */
function isTimestamp(value: string): boolean {
  const time = value.slice(10);
  return isDate(value.slice(0, 10)) && (time === '' || TIME.test(time));
}
