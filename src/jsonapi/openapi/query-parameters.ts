import { operatorsOf, type Operator } from '../query/parse-filter.js';
import { sortable } from '../query/parse-sort.js';
import type { Compared } from '../query/value-forms.js';
import { SEARCH } from '../resource/define-resource.js';
import type { Resource } from '../resource/registry.js';
import { closed, schemaRef } from './document-schemas.js';
import { pascal, words } from './names.js';
import { ref, type Parameter, type Ref, type Schema } from './openapi.js';

const names = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record);

/** A comma list in one parameter. */
const list = (name: string, description: string, items: Schema, example?: unknown): Parameter => ({
  name,
  in: 'query',
  description,
  style: 'form',
  explode: false,
  schema: { type: 'array', items },
  ...(example !== undefined && { example }),
});

/** The parameters that are the same wherever they stand, by the name of their component. */
export function sharedParameters(
  resources: readonly Resource[],
  maxPageSize: number,
): Record<string, Parameter> {
  return {
    ...Object.fromEntries(
      resources.map((resource) => [`fields_${resource.type}`, fieldsParameter(resource)]),
    ),
    ...pageParameters(maxPageSize),
  };
}

export const fieldsRefs = (resources: readonly Resource[]): Ref[] =>
  resources.map(({ type }) => ref('parameters', `fields_${type}`));

export const pageRefs = (): Ref[] => names(pageParameters(1)).map((name) => ref('parameters', name));

export function includeParameter(resource: Resource): Parameter[] {
  const first = names(resource.relationships);
  if (first.length === 0) return [];
  const description = `Related resources to bring along: ${first.join(', ')}; with dots further on, such as \`${first[0]}.…\`.`;
  const items = { type: 'string', pattern: `^(${first.join('|')})(\\.[a-z][a-z0-9_]*)*$` };
  return [list('include', description, items)];
}

export function sortParameter(resource: Resource): Parameter {
  const own = { type: 'string', enum: sortable(resource).flatMap((field) => [field, `-${field}`]) };
  const ends = names(resource.relationships).filter(
    (name) => resource.relationships[name]?.kind === 'to-one',
  );
  const path = { type: 'string', pattern: `^-?(${ends.join('|')})(\\.[a-z][a-z0-9_]*)+$` };
  const further = ends.length > 0 ? ` With dots by fields of ${ends.join(', ')}.` : '';
  return list(
    'sort',
    `Ascending, nulls last, or with \`-\` descending; \`id\` decides where all else is equal.${further}`,
    ends.length > 0 ? { anyOf: [own, path] } : own,
  );
}

/** One parameter for each field that can be filtered by, with its operators. */
export function filterParameters(resource: Resource): Parameter[] {
  const attributes = Object.entries(resource.attributes).flatMap(([name, { filter, type }]) =>
    filter && type !== 'json' ? [[name, type] as [string, Compared]] : [],
  );
  const fields: [string, Compared][] = [
    ['id', 'id'],
    ...attributes,
    ...names(resource.relationships).map((name): [string, Compared] => [name, 'id']),
  ];
  const compared = fields.map(([name, type]): Parameter => {
    const path = resource.relationships[name] ? ` \`filter[${name}.FIELD]\` goes by a field of it.` : '';
    return {
      name: `filter[${name}]`,
      in: 'query',
      description: `\`filter[${name}]=…\` is short for \`filter[${name}][eq]=…\`.${path}`,
      style: 'deepObject',
      explode: true,
      schema: schemaRef(`${pascal(type)}Filter`),
    };
  });
  return [...compared, ...ruleParameters(resource)];
}

/** Filters that compare no field. */
function ruleParameters({ search, filters = {} }: Resource): Parameter[] {
  const rules = Object.entries(filters).map(([name, { type, list: several }]): Parameter => ({
    name: `filter[${name}]`,
    in: 'query',
    ...(several && { description: 'One, or several with commas.' }),
    schema: several ? { type: 'string' } : FILTER_VALUES[type],
  }));
  if (!search) return rules;
  const places = search.map(({ column, of }) => (of === undefined ? words(column) : words(of)));
  const description = `Words to look for in ${[...new Set(places)].join(', ')}; slips are forgiven.`;
  return [
    { name: `filter[${SEARCH}]`, in: 'query', description, schema: { type: 'string', maxLength: 200 } },
    ...rules,
  ];
}

const FILTER_VALUES: Record<Compared, Schema> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', description: 'A time such as 2026-01-31T12:00:00Z, or a day.' },
  id: { type: 'string', pattern: '^([0-9]{1,19}|me)(,([0-9]{1,19}|me))*$', description: 'An id, or `me`.' },
};

export const FILTER_MEANINGS: Record<Operator, string> = {
  eq: 'is',
  ne: 'is not; what has no value is not either',
  lt: 'is less than',
  le: 'is at most',
  gt: 'is more than',
  ge: 'is at least',
  in: 'is one of a comma list',
  nin: 'is none of a comma list',
  like: 'contains, in any case',
  prefix: 'begins with, in any case',
  null: 'has no value (`true`), or one (`false`)',
};

/** The operators of each kind of value. */
export const FILTER_SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries(
  (Object.keys(FILTER_VALUES) as Compared[]).map((type) => [`${pascal(type)}Filter`, filterSchema(type)]),
);

function filterSchema(type: Compared): Schema {
  const valueOf = (operator: Operator): Schema => {
    if (operator === 'null') return { type: 'boolean' };
    return operator === 'in' || operator === 'nin' ? { type: 'string' } : FILTER_VALUES[type];
  };
  const properties = operatorsOf(type).map((operator) => [
    operator,
    { ...valueOf(operator), description: FILTER_MEANINGS[operator] },
  ]);
  return closed(Object.fromEntries(properties) as Record<string, Schema>, []);
}

function fieldsParameter(resource: Resource): Parameter {
  const attributes = names(resource.attributes).filter((name) => !resource.attributes[name]?.writeOnly);
  const items = { type: 'string', enum: [...attributes, ...names(resource.relationships)] };
  return list(`fields[${resource.type}]`, `What to show of each ${words(resource.type)}.`, items);
}

function pageParameters(maxPageSize: number): Record<string, Parameter> {
  const one = (key: string, description: string, schema: Schema): [string, Parameter] => [
    `page_${key}`,
    { name: `page[${key}]`, in: 'query', description, schema },
  ];
  const integer = (minimum: number, maximum?: number): Schema => ({ type: 'integer', minimum, maximum });
  return Object.fromEntries([
    one('number', 'Pages by number: which one, from 1. Kinds of paging are not mixed.', integer(1)),
    one('size', 'How many to a page.', integer(1, maxPageSize)),
    one('offset', 'Pages by offset: how many to leave out.', integer(0)),
    one('limit', 'How many to show; with 0 they are only counted.', integer(0, maxPageSize)),
    one('after', 'Pages by cursor: behind this one, of `meta.page.cursor`.', { type: 'string' }),
    one('before', 'Pages by cursor: before this one.', { type: 'string' }),
    one('total', 'Whether to count them all, in `meta.total`.', { type: 'boolean' }),
  ]);
}
