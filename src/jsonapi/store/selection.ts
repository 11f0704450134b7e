import sql, { join } from 'sql-template-tag';
import type { Row } from '../../database/index.js';
import type { IncludeTree } from '../query/parse-include.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Resource } from '../resource/registry.js';
import { identifier, ROW, storedIn, type Selection } from './compile-select.js';
import type { Loaded } from './loaded.js';

const whole = new WeakMap<Resource, Selection>();

/** What to select: the asked fields, and the to-ones that the includes need to go on. */
export function selectionOf(resource: Resource, query: ResourceQuery, tree: IncludeTree): Selection {
  const fields = query.fields.get(resource.type);
  if (fields) return selectionFrom(resource, fields, tree);
  const known = whole.get(resource) ?? selectionFrom(resource, undefined, tree);
  whole.set(resource, known);
  return known;
}

function selectionFrom(
  resource: Resource,
  fields: ReadonlySet<string> | undefined,
  tree: IncludeTree,
): Selection {
  const wanted = (name: string): boolean => fields?.has(name) ?? true;
  const attributes = Object.entries(resource.attributes)
    .filter(
      ([name, { writeOnly, onRequest }]) => !writeOnly && (onRequest ? fields?.has(name) : wanted(name)),
    )
    .map(([name]) => [name, storedIn(resource, name)] as const);
  const stored = [
    sql`${ROW}.id`,
    ...(resource.versioned ? [sql`${ROW}.version`] : []),
    ...attributes.flatMap(([name, column]) => (column ? sql`${column} as ${identifier(`a:${name}`)}` : [])),
    ...Object.entries(resource.meta ?? {}).map(
      ([name, column]) => sql`${ROW}.${identifier(column)} as ${identifier(`m:${name}`)}`,
    ),
  ];
  return {
    stored: join(stored, ', '),
    computed: attributes.flatMap(([name, column]) => (column ? [] : name)),
    toOnes: Object.entries(resource.relationships)
      .filter(([name, { kind }]) => kind === 'to-one' && (wanted(name) || tree.has(name)))
      .map(([name]) => name),
  };
}

/** The rows of one statement, which have the same columns: what each is for is found out once. */
export function toLoaded(resource: Resource, rows: readonly Row[]): Loaded[] {
  const columns = Object.keys(rows[0] ?? {});
  const places = (kind: string): Place[] =>
    columns.filter((column) => column.startsWith(kind)).map((column) => [column, column.slice(kind.length)]);
  const [attributes, ends, metas, keys] = [places('a:'), places('r:'), places('m:'), places('k:')];
  return rows.map((row) => ({
    resource,
    id: String(row['id']),
    version: row['version'] as number | undefined,
    attributes: taken(row, attributes),
    meta: metas.length > 0 ? known(taken(row, metas)) : NOTHING,
    linkage: taken(row, ends) as Loaded['linkage'],
    cut: new Set(),
    ...(keys.length > 0 && { keys: keys.map(([column]) => row[column] as string | null) }),
  }));
}

/** A column, and the name of the field in it. */
type Place = readonly [column: string, name: string];

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

function taken(row: Row, places: readonly Place[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [column, name] of places) values[name] = row[column];
  return values;
}

const known = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
