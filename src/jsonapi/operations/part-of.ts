import sql, { join } from 'sql-template-tag';
import type { Transaction } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import { PRIMARY, type Draft } from '../request/read-draft.js';
import type { ToOne } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { identifier } from '../store/compile-select.js';
import type { OperationContext } from './operation.js';
import { notFound } from './request-context.js';
import { findRow } from './write-columns.js';

/** The to-one relationships by which `part` is part of `whole`. */
const endsAt = (part: Resource, whole: Resource): [name: string, end: ToOne][] =>
  Object.entries(part.relationships).flatMap(([name, end]) =>
    end.kind === 'to-one' && end.type === whole.type && (part.partOf?.includes(name) ?? true)
      ? [[name, end]]
      : [],
  );

/** A draft that came along, as part of its primary resource. @throws JsonApiError 422 when it names another one */
export function partOf(whole: Resource, id: string, draft: Draft): Draft {
  const [[name] = ['']] = endsAt(draft.resource, whole);
  const { [name]: end } = draft.relationships;
  const pointer = draft.pointers[name] ?? draft.pointer;
  if (end !== undefined && end !== null && end !== PRIMARY && end !== id)
    throw JsonApiError.of(
      'contradiction',
      `What comes along belongs to the ${whole.type} of this document; leave "${name}" out.`,
      { pointer },
    );
  const named = { ...draft, pointers: { ...draft.pointers, [name]: pointer } };
  return withPrimary({ ...named, relationships: { ...draft.relationships, [name]: id } }, id);
}

/** With the id of the primary resource wherever its `lid` stood. */
export const withPrimary = (draft: Draft, id: string): Draft => ({
  ...draft,
  relationships: Object.fromEntries(
    Object.entries(draft.relationships).map(([name, end]) => [name, end === PRIMARY ? id : end]),
  ),
});

/** The id of the part that a draft without an id means all the same, by what there is once (`onceByWhole`). */
export async function knownPart(
  tx: Transaction,
  whole: Resource,
  id: string,
  { resource, attributes }: Draft,
): Promise<string | undefined> {
  const { onceByWhole = [], table } = resource;
  const [[, { column = '' }] = ['', {}]] = endsAt(resource, whole) as [string, { column?: string }][];
  if (onceByWhole.length === 0) return undefined;
  const same = onceByWhole.map((name) => {
    const own = resource.attributes[name]?.column ?? name;
    return sql`${identifier(own)} is not distinct from ${attributes[name] ?? null}`;
  });
  const [row] = await tx.query<{ id: string }>(sql`
    select id from ${identifier(table)} where ${identifier(column)} = ${id}::bigint and ${join(same, ' and ')}`);
  return row?.id;
}

/** @throws JsonApiError 404 when the stored resource that a draft names is not part of the primary one */
export async function requirePartOf(
  tx: Transaction,
  registry: Registry,
  { resource, actor }: OperationContext,
  whole: Resource,
  id: string,
  draft: Draft,
): Promise<void> {
  const row = await findRow(tx, registry, actor, resource, draft.id ?? '');
  if (row && endsAt(resource, whole).some(([, { column }]) => column && row[column] === id)) return;
  throw notFound(resource, draft.id ?? '', { pointer: `${draft.pointer}/id` });
}
