import sql, { raw, type Sql } from 'sql-template-tag';
import { sqlState, type Row, type Transaction } from '../../database/index.js';
import { JsonApiError, type Problem } from '../errors/jsonapi-error.js';
import { FORMS, isComparable } from '../query/value-forms.js';
import { isId } from '../request/read-fields.js';
import type { Draft } from '../request/read-draft.js';
import type { Attribute } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { identifier, SelectCompiler } from '../store/compile-select.js';
import { notFound } from './request-context.js';

/** The columns that a draft sets, by name. @throws JsonApiError 403 for relationships that cannot be written this way */
export function columnsOf(draft: Draft, updating: boolean): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(draft.attributes)) {
    const attribute = draft.resource.attributes[name];
    if (!attribute) continue;
    if (attribute.write === 'create' && updating)
      problems.push(readOnly(draft, name, `${draft.pointer}/attributes/${name}`));
    else if (!attribute.writeOnly) values[attribute.column ?? name] = value;
  }
  for (const [name, end] of Object.entries(draft.relationships)) {
    const relationship = draft.resource.relationships[name];
    if (
      relationship?.kind === 'to-one' &&
      relationship.column &&
      (relationship.write === true || (relationship.write === 'create' && !updating))
    )
      values[relationship.column] = end;
    else if (!isLink(draft.resource, name))
      problems.push(readOnly(draft, name, draft.pointers[name] ?? draft.pointer));
  }
  problems.push(...missingEnds(draft, updating));
  if (problems.length > 0) throw new JsonApiError(problems);
  return values;
}

function missingEnds(draft: Draft, updating: boolean): Problem[] {
  const required = Object.entries(draft.resource.relationships).filter(
    ([name, end]) =>
      end.kind === 'to-one' &&
      end.required &&
      (draft.relationships[name] === null || (!updating && !draft.relationships[name])),
  );
  return required.map(([name, { type }]) => ({
    code: 'invalid_attribute',
    detail: `"${name}" of ${draft.resource.type} is missing; name a resource of the type "${type}".`,
    source: { pointer: pointerIn(draft)(name) },
  }));
}

/** True for a to-many relationship that clients write as rows of a table between, by no operation of its own. */
export function isLink({ relationships, operations }: Resource, name: string): boolean {
  const relationship = relationships[name];
  return relationship?.kind === 'to-many' && !!relationship.write && !operations?.relationships?.[name];
}

/** Where a draft says something of a field, or else the whole of it. */
export const pointerIn =
  (draft: Draft) =>
  (field = ''): string =>
    draft.pointers[field] ??
    (field in draft.attributes ? `${draft.pointer}/attributes/${field}` : draft.pointer);

/** Why a field is not written this way, and where its value is written instead. */
export function whyReadOnly({ type, attributes, relationships }: Resource, name: string): string {
  const { write, foreignKey } = { foreignKey: undefined, ...attributes[name], ...relationships[name] };
  if (write === 'create') return `"${name}" of ${type} is given when it is created, and not changed.`;
  const far = relationships[name]?.type ?? '';
  if (foreignKey) return `"${name}" of ${type} is not written here; write each ${far} itself.`;
  return `"${name}" of ${type} cannot be written; leave it out, or send it as it is.`;
}

const readOnly = (draft: Draft, name: string, pointer: string): Problem => ({
  code: 'read_only',
  detail: whyReadOnly(draft.resource, name),
  source: { pointer },
});

/** Every end that a draft names must be readable; one that is not and one that does not exist are told the same. */
export async function requireReadableEnds(
  tx: Transaction,
  registry: Registry,
  actor: unknown,
  draft: Draft,
): Promise<void> {
  for (const [name, end] of Object.entries(draft.relationships)) {
    const relationship = draft.resource.relationships[name];
    if (!relationship || typeof end !== 'string') continue;
    const target = registry.get(relationship.type);
    const readable = await readableIds(tx, registry, actor, target, [end]);
    if (!readable.has(end)) throw notFound(target, end, { pointer: draft.pointers[name] });
  }
}

/** Those of the ids, as they were sent, that name something the actor may read. */
export async function readableIds(
  tx: Transaction,
  registry: Registry,
  actor: unknown,
  target: Resource,
  sent: readonly string[],
): Promise<Set<string>> {
  const ids = [...new Set(sent)].filter(isId);
  if (ids.length === 0) return new Set();
  const readable = new SelectCompiler(registry, actor as never).readable(target, raw('t'));
  const rows = await tx.query<{ id: string }>(
    sql`select t.id from ${identifier(target.table)} t where t.id = any(${ids}::bigint[]) and ${readable}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * The stored row, locked, if the actor may read it. After `for no key update` others can still come to refer to the
 * row: a change does not mind, a deletion does.
 */
export async function lockRow(
  tx: Transaction,
  registry: Registry,
  actor: unknown,
  resource: Resource,
  id: string,
  lock: 'for update' | 'for no key update' = 'for update',
): Promise<Row | undefined> {
  const [row] = await tx.query(sql`${oneRow(registry, actor, resource, id)} ${raw(lock)} of t`);
  return row;
}

/** The stored row as it is now, if the actor may read it: for operations that lock more, and in another order. */
export async function findRow(
  tx: Transaction,
  registry: Registry,
  actor: unknown,
  resource: Resource,
  id: string,
): Promise<Row | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.query(oneRow(registry, actor, resource, id));
  return row;
}

function oneRow(registry: Registry, actor: unknown, resource: Resource, id: string): Sql {
  const readable = new SelectCompiler(registry, actor as never).readable(resource, raw('t'));
  return sql`select t.* from ${identifier(resource.table)} t where t.id = ${id}::bigint and ${readable}`;
}

/**
 * Runs a plain write; a violated unique constraint becomes the conflict that the resource declares for it, and an end
 * that was deleted meanwhile is one that there is not.
 */
export async function orConflict<T>(draft: Draft, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (sqlState(error) === '23503')
      throw JsonApiError.of('not_found', 'Something that this names has just been deleted; read it again.', {
        pointer: draft.pointer,
      });
    const constraint = (error as { constraint?: string }).constraint ?? '';
    const conflict = sqlState(error) === '23505' ? draft.resource.conflicts?.[constraint] : undefined;
    if (conflict)
      throw JsonApiError.of(conflict.code, conflict.detail, { pointer: pointerIn(draft)(conflict.field) });
    throw unstorable(draft, error) ?? error;
  }
}

/** A value that passed the rules of its attribute and that PostgreSQL cannot hold all the same: too large, or missing. */
function unstorable(draft: Draft, error: unknown): JsonApiError | undefined {
  if (!/^(22...|23502|23514)$/.test(sqlState(error) ?? '')) return undefined;
  const { column = '' } = error as { column?: string };
  const fields = Object.entries({ ...draft.resource.attributes, ...draft.resource.relationships });
  const [field] = fields.find(([name, of]) => (('column' in of && of.column) || name) === column) ?? [];
  if (field)
    return JsonApiError.of('invalid_attribute', `"${field}" is missing or cannot be stored.`, {
      pointer: pointerIn(draft)(field),
    });
  const suspects = Object.keys(draft.attributes).flatMap((name) => misfit(draft, name) ?? []);
  if (suspects.length > 0) return new JsonApiError(suspects);
  const detail = `A value of this ${draft.resource.type} is too long or too large, or not one of those that are possible.`;
  return JsonApiError.of('invalid_attribute', detail, { pointer: draft.pointer });
}

const LARGEST_INTEGER = 2147483647;

/** PostgreSQL does not say which value it could not take. */
function misfit(draft: Draft, name: string): Problem | undefined {
  const { type } = draft.resource.attributes[name] as Attribute;
  const value = draft.attributes[name];
  const wants =
    typeof value === 'number' && Math.abs(value) > LARGEST_INTEGER
      ? 'a smaller number'
      : typeof value === 'string' && isComparable(type) && !FORMS[type].test(value) && FORMS[type].wants;
  if (!wants) return undefined;
  return {
    code: 'invalid_attribute',
    detail: `"${name}" cannot be stored; ${wants} is wanted.`,
    source: { pointer: pointerIn(draft)(name) },
  };
}

/** What was sent of read-only attributes must be what is shown. */
export function requireUnchanged(draft: Draft, shown: Readonly<Record<string, unknown>>): void {
  const problems = Object.entries(draft.readOnly)
    .filter(([name, value]) => value !== shown[name])
    .map(([name]) => readOnly(draft, name, `${draft.pointer}/attributes/${name}`));
  if (problems.length > 0) throw new JsonApiError(problems);
}

export const forbidden = (type: string, done: string): JsonApiError =>
  JsonApiError.of('forbidden', `"${type}" cannot be ${done} here, or not by you.`);
