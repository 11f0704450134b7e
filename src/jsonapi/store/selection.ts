import type { Row } from '../../database/index.js';
import type { IncludeTree } from '../query/parse-include.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Resource } from '../resource/registry.js';
import type { Selection } from './compile-select.js';
import type { Loaded } from './loaded.js';

/** What to select: the asked fields, and the to-ones that the includes need to go on. */
export function selectionOf(resource: Resource, query: ResourceQuery, tree: IncludeTree): Selection {
  const fields = query.fields.get(resource.type);
  const wanted = (name: string): boolean => fields?.has(name) ?? true;
  return {
    attributes: Object.entries(resource.attributes)
      .filter(
        ([name, { writeOnly, onRequest }]) => !writeOnly && (onRequest ? fields?.has(name) : wanted(name)),
      )
      .map(([name]) => name),
    toOnes: Object.entries(resource.relationships)
      .filter(([name, { kind }]) => kind === 'to-one' && (wanted(name) || tree.has(name)))
      .map(([name]) => name),
  };
}

export function toLoaded(resource: Resource, row: Row): Loaded {
  const attributes: Record<string, unknown> = {};
  const linkage: Loaded['linkage'] = {};
  const meta: Record<string, unknown> = {};
  const keys: (string | null)[] = [];
  for (const [column, value] of Object.entries(row)) {
    if (column.startsWith('a:'))
      attributes[column.slice(2)] = value instanceof Date ? value.toISOString() : value;
    else if (column.startsWith('r:')) linkage[column.slice(2)] = value as string | null;
    else if (column.startsWith('m:') && value !== null) meta[column.slice(2)] = value;
    else if (column.startsWith('k:')) keys.push(value as string | null);
  }
  return {
    resource,
    id: String(row['id']),
    version: row['version'] as number | undefined,
    attributes,
    meta,
    linkage,
    cut: new Set(),
    ...(keys.length > 0 && { keys }),
  };
}
