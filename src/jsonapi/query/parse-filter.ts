import type { Problem } from '../errors/jsonapi-error.js';
import { SEARCH, type FilterRule } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { known, quoted } from './did-you-mean.js';
import { followPath } from './follow-path.js';
import { listOf, problem, type Parameter } from './query-string.js';
import { searchFault } from './search-terms.js';
import { FORMS, isComparable, type Compared } from './value-forms.js';

export const OPERATORS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'nin', 'like', 'prefix', 'null'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  /** Relationships to follow first, to-one or to-many. */
  readonly path: readonly string[];
  /** Of the type at the end: an attribute, `id`, or the name of a rule. */
  readonly field: string;
  readonly operator: Operator;
  /** Of the right form for the field; one, or a list for `in` and `nin`. */
  readonly values: readonly string[];
}

const MAX_FILTERS = 50;

/** What a name in `filter[...]` leads to. */
interface Target extends Pick<Filter, 'path' | 'field'> {
  readonly resource: Resource;
  readonly type: Compared;
  /** Set when it is no field that is compared. */
  readonly rule?: Pick<FilterRule, 'list'>;
}

/** `filter[a.b]=x`, `filter[a.b][op]=x` -> conditions that hold together. */
export function parseFilter(
  parameters: readonly Parameter[],
  resource: Resource,
  registry: Registry,
  lenient: boolean,
  problems: Problem[],
): readonly Filter[] {
  if (parameters.length > MAX_FILTERS) {
    problems.push(problem('filter', `At most ${MAX_FILTERS} filters are read.`));
    return [];
  }
  return parameters.flatMap((parameter): Filter[] => {
    const target = findTarget(parameter.keys[0] ?? '', resource, registry);
    if (typeof target === 'string') {
      if (!lenient) problems.push(problem(parameter.name, target));
      return [];
    }
    const faults: Problem[] = [];
    const operator = readOperator(parameter, target, faults);
    const values = readValues(parameter, target, operator, faults);
    problems.push(...faults.slice(0, 1));
    return faults.length > 0 ? [] : [{ path: target.path, field: target.field, operator, values }];
  });
}

/** Where a name leads; else the sentence that says why it leads nowhere. */
function findTarget(name: string, start: Resource, registry: Registry): Target | string {
  const path = name.split('.');
  const field = path.pop() as string;
  const resource = followPath(start, path, registry);
  if (typeof resource === 'string') return resource;
  if (field === 'id') return { path, field, type: 'id', resource };
  const relationship = relationshipOf(resource, field);
  if (relationship !== undefined) {
    const whole = [...path, relationship];
    const end = followPath(start, whole, registry);
    return typeof end === 'string' ? end : { path: whole, field: 'id', type: 'id', resource: end };
  }
  const rule = ruleOf(resource, field);
  if (rule) return { path, field, type: rule.type, resource, rule };
  const attribute = Object.hasOwn(resource.attributes, field) ? resource.attributes[field] : undefined;
  if (attribute?.filter && isComparable(attribute.type))
    return { path, field, type: attribute.type, resource };
  return `${resource.type} cannot be filtered by ${quoted(field)}. ${known(filterable(resource), field)}`;
}

/** A relationship is compared by the id of its end; so is the attribute that means the same. */
const relationshipOf = ({ relationships }: Resource, field: string): string | undefined =>
  Object.keys(relationships).find((name) => {
    const relationship = relationships[name];
    return name === field || (relationship?.kind === 'to-one' && relationship.idAttribute === field);
  });

function ruleOf(resource: Resource, field: string): Pick<FilterRule, 'type' | 'list'> | undefined {
  if (field === SEARCH && resource.search) return { type: 'string' };
  return Object.hasOwn(resource.filters ?? {}, field) ? resource.filters?.[field] : undefined;
}

function readOperator(parameter: Parameter, { field, type, rule }: Target, faults: Problem[]): Operator {
  const [, name = 'eq', ...rest] = parameter.keys;
  const operators = rule ? ['eq' as const] : operatorsOf(type);
  const operator = operators.find((each) => each === name) ?? 'eq';
  if (rest.length > 0)
    faults.push(
      problem(
        parameter.name,
        'Write filter[field]=value or filter[field][operator]=value, no more brackets.',
      ),
    );
  else if (operator !== name)
    faults.push(
      problem(parameter.name, `${field} has no operator ${quoted(name)}. ${known(operators, name)}`),
    );
  if (rule || type !== 'id') return operator;
  // Lists of ids need not be told as such.
  return operator === 'eq' ? 'in' : operator === 'ne' ? 'nin' : operator;
}

function readValues(parameter: Parameter, target: Target, operator: Operator, faults: Problem[]): string[] {
  const { field, type, resource, rule } = target;
  const several = operator === 'in' || operator === 'nin' || rule?.list === true;
  const values = several ? listOf(parameter, faults) : [parameter.value];
  const form = operator === 'null' ? FORMS.boolean : FORMS[type];
  const me = !rule && type === 'id' && operator !== 'null' && resource.idAlias !== undefined;
  const wrong = values.find((value) => !form.test(value) && !(me && value === 'me'));
  if (wrong !== undefined || values.length === 0)
    faults.push(
      problem(
        parameter.name,
        `${quoted(wrong ?? parameter.value)} cannot be compared with ${field}; ${form.wants}${me ? ', or me,' : ''} is wanted.`,
      ),
    );
  const fault = rule && field === SEARCH && resource.search ? searchFault(parameter.value) : undefined;
  if (fault !== undefined) faults.push(problem(parameter.name, fault));
  return values;
}

export const operatorsOf = (type: Compared): readonly Operator[] =>
  OPERATORS.filter((operator) => type === 'string' || (operator !== 'like' && operator !== 'prefix'));

/** What `filter` takes, but for paths. */
export const filterable = (resource: Resource): string[] => [
  'id',
  ...Object.entries(resource.attributes)
    .filter(([, { filter, type }]) => filter && isComparable(type))
    .map(([name]) => name),
  ...Object.keys(resource.relationships),
  ...(resource.search ? [SEARCH] : []),
  ...Object.keys(resource.filters ?? {}),
];
