import type { Problem } from '../errors/jsonapi-error.js';
import type { Resource } from '../resource/registry.js';
import { listOf, problem, type Parameter } from './query-string.js';

export interface SortTerm {
  /** An attribute, or `id`. */
  readonly field: string;
  readonly descending: boolean;
}

/** `sort=last_name,-created_at` -> terms; `id` always comes last, so that the order is total. */
export function parseSort(
  parameters: readonly Parameter[],
  resource: Resource,
  problems: Problem[],
): readonly SortTerm[] {
  const terms: SortTerm[] = [];
  const sortable = [
    'id',
    ...Object.keys(resource.attributes).filter((name) => resource.attributes[name]?.sort),
  ];
  for (const parameter of parameters) {
    const names = parameter.keys.length === 0 ? listOf(parameter, problems) : [''];
    if (names.length === 0) problems.push(problem(parameter.name, 'Name at least one field to sort by.'));
    for (const name of names) {
      const field = name.replace(/^-/, '');
      if (!sortable.includes(field))
        problems.push(
          problem(
            parameter.name,
            `${resource.type} cannot be sorted by "${name}". Possible: ${sortable.join(', ')}.`,
          ),
        );
      else terms.push({ field, descending: name.startsWith('-') });
    }
  }
  if (terms.some(({ field }) => field === 'id')) return terms;
  return [...terms, { field: 'id', descending: terms.at(-1)?.descending ?? false }];
}
