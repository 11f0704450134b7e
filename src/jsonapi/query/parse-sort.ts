import type { Problem } from '../errors/jsonapi-error.js';
import type { Registry, Resource } from '../resource/registry.js';
import { known, quoted } from './did-you-mean.js';
import { followPath } from './follow-path.js';
import { listOf, problem, type Parameter } from './query-string.js';
import { isComparable, type Compared } from './value-forms.js';

export interface SortTerm {
  /** To-one relationships to follow first. */
  readonly path: readonly string[];
  /** Of the type at the end: an attribute, or `id`. */
  readonly field: string;
  readonly type: Compared;
  readonly descending: boolean;
}

const MAX_TERMS = 10;

/** The order of what has no other. */
export const BY_ID: readonly SortTerm[] = [{ path: [], field: 'id', type: 'id', descending: false }];

/** `sort=last_name,-group.name` -> terms; `id` always comes last, so that the order is total. */
export function parseSort(
  parameters: readonly Parameter[],
  resource: Resource,
  registry: Registry,
  problems: Problem[],
): readonly SortTerm[] {
  const terms: SortTerm[] = [];
  for (const parameter of parameters) {
    const names = parameter.keys.length === 0 ? listOf(parameter, problems) : [''];
    if (names.length === 0 || names.length > MAX_TERMS)
      problems.push(problem(parameter.name, `Name 1 to ${MAX_TERMS} fields to sort by.`));
    else
      for (const name of names) {
        const term = termOf(name, resource, registry);
        if (typeof term === 'string') problems.push(problem(parameter.name, term));
        else terms.push(term);
      }
  }
  return totalOrder(terms);
}

/** `-group.name`. */
export const printSort = (terms: readonly SortTerm[]): string =>
  terms
    .map(({ path, field, descending }) => `${descending ? '-' : ''}${[...path, field].join('.')}`)
    .join(',');

/** The term; else the sentence that says why there is none. */
function termOf(name: string, start: Resource, registry: Registry): SortTerm | string {
  const path = name.replace(/^-/, '').split('.');
  const field = path.pop() as string;
  const resource = followPath(start, path, registry, 'to-one');
  if (typeof resource === 'string') return resource;
  const attribute = Object.hasOwn(resource.attributes, field) ? resource.attributes[field] : undefined;
  const type = field === 'id' ? 'id' : attribute?.sort ? attribute.type : undefined;
  if (type !== undefined && isComparable(type))
    return { path, field, type, descending: name.startsWith('-') };
  return `${resource.type} cannot be sorted by ${quoted(field)}. ${known(sortable(resource), field)}`;
}

/** Ends in `id`; what stands behind it, or stood before it already, decides nothing. */
function totalOrder(terms: readonly SortTerm[]): SortTerm[] {
  const id = terms.findIndex(({ path, field }) => path.length === 0 && field === 'id');
  const until =
    id < 0
      ? [...terms, ...BY_ID.map((term) => ({ ...term, descending: terms.at(-1)?.descending ?? false }))]
      : terms.slice(0, id + 1);
  const names = until.map((term) => printSort([{ ...term, descending: false }]));
  return until.filter((_, i) => names.indexOf(names[i] as string) === i);
}

/** What `sort` takes, but for paths. */
export const sortable = (resource: Resource): string[] => [
  'id',
  ...Object.entries(resource.attributes)
    .filter(([, { sort, type }]) => sort && isComparable(type))
    .map(([name]) => name),
];
