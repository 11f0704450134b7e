import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Cursor } from '../query/cursor.js';
import type { SortTerm } from '../query/parse-sort.js';
import type { Compared } from '../query/value-forms.js';
import type { Resource } from '../resource/registry.js';
import { CASTS, COLLATION } from './bound-values.js';
import { identifier, type SelectCompiler } from './compile-select.js';

/** What rows are ordered by, one of several. Null is greater than everything, as PostgreSQL has it. */
export interface SortKey {
  readonly value: Sql;
  readonly type: Compared;
  readonly descending: boolean;
  readonly nullable: boolean;
}

export function sortKeys(
  select: SelectCompiler,
  resource: Resource,
  sort: readonly SortTerm[],
  row: Sql,
): SortKey[] {
  return sort.map(({ path, field, type, descending }) => {
    const value = atEnd(select, resource, path, field, row);
    return {
      value: type === 'string' ? sql`${value}${COLLATION}` : value,
      type,
      descending,
      nullable: path.length > 0 || mayBeNull(resource, field),
    };
  });
}

export const orderBy = (keys: readonly SortKey[]): Sql =>
  join(
    keys.map(({ value, descending }) => (descending ? sql`${value} desc` : value)),
    ', ',
  );

export const reversed = (keys: readonly SortKey[]): SortKey[] =>
  keys.map((key) => ({ ...key, descending: !key.descending }));

/**
 * The rows behind a cursor, as conditions of which each row fulfills one at most, and in the order of the rows: first
 * those that agree in all but the last key, at the end those that are beyond it in the first. Each is a range of an
 * index over the keys, however deep in the list.
 */
export function behind(keys: readonly SortKey[], { values, inclusive }: Cursor): Sql[] {
  const conditions: Sql[] = [];
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    const same = keys.slice(0, i).map((key, j) => isSame(key, values[j] ?? null));
    const last = inclusive && i === keys.length - 1;
    for (const beyond of isBeyond(keys[i] as SortKey, values[i] ?? null, last))
      conditions.push(sql`(${join([...same, beyond], ' and ')})`);
  }
  return conditions;
}

/** The value of a key as text that a cursor can carry: exact, whatever the settings of the connection. */
export function keyText(value: Sql, type: Compared): Sql {
  if (type === 'timestamp') return sql`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  return type === 'date' ? sql`to_char(${value}, 'YYYY-MM-DD')` : sql`${value}::text`;
}

/** The value at the end of to-ones; null when one of them leads to nothing that the actor may read. */
function atEnd(
  select: SelectCompiler,
  resource: Resource,
  path: readonly string[],
  field: string,
  row: Sql,
): Sql {
  const [name, ...further] = path;
  if (name === undefined) return select.field(resource, field, row);
  const target = select.registry.get(resource.relationships[name]?.type as string);
  const end = raw(`${row.text}_by`);
  const value = atEnd(select, target, further, field, end);
  return sql`(select ${value} from ${select.ends(resource, name, row, end)})`;
}

function mayBeNull(resource: Resource, field: string): boolean {
  if (field === 'id') return false;
  const attribute = resource.attributes[field];
  const isEnd = Object.values(resource.relationships).some(
    (end) => end.kind === 'to-one' && end.idAttribute === field,
  );
  return isEnd || attribute?.sql !== undefined || resource.nullable.has(attribute?.column ?? field);
}

const isSame = ({ value, type }: SortKey, given: string | null): Sql =>
  given === null ? sql`${value} is null` : sql`${value} = ${given}::${CASTS[type]}`;

function isBeyond(
  { value, type, descending, nullable }: SortKey,
  given: string | null,
  orSame: boolean,
): Sql[] {
  if (given === null) return descending ? [sql`${value} is not null`] : [];
  const sign = raw(`${descending ? '<' : '>'}${orSame ? '=' : ''}`);
  const beyond = sql`${value} ${sign} ${given}::${CASTS[type]}`;
  return nullable && !descending ? [beyond, sql`${value} is null`] : [beyond];
}

/** `key as "o:0", ...`: the keys as columns, to order by once more. */
export const keyColumns = (keys: readonly SortKey[]): Sql =>
  join(
    keys.map(({ value }, i) => sql`${value} as ${identifier(`o:${i}`)}`),
    ', ',
  );
