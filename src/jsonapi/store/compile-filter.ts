import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Filter, Operator } from '../query/parse-filter.js';
import type { Compared } from '../query/value-forms.js';
import { SEARCH } from '../resource/define-resource.js';
import type { Resource } from '../resource/registry.js';
import { CASTS, COLLATION, escapeLike } from './bound-values.js';
import { columnOf, identifier, type SelectCompiler } from './compile-select.js';
import { searched } from './compile-search.js';

type Values = readonly (string | null)[];

/** Negations: along a path they mean that nothing at its end is so. `null` is the negation of being there. */
const NEGATED: Partial<Record<Operator, Operator>> = { ne: 'eq', nin: 'in' };
const THERE = ['false'];

/** Filters as conditions on rows. Whatever stands at the end of a path is met only if the actor may read it. */
export class FilterCompiler {
  /** @param trigrams the schema of the extension pg_trgm; undefined: the database does not have it */
  constructor(
    private readonly select: SelectCompiler,
    private readonly trigrams: string | undefined,
  ) {}

  where(resource: Resource, filters: readonly Filter[], row: Sql): Sql {
    const conditions = filters.map((filter) => sql` and ${this.condition(resource, filter, row)}`);
    return conditions.length > 0 ? join(conditions, '') : empty;
  }

  private condition(resource: Resource, filter: Filter, row: Sql): Sql {
    if (filter.path.length === 0) return this.ofRow(resource, filter, row);
    const operator = NEGATED[filter.operator];
    if (operator) return this.nowhere(resource, { ...filter, operator }, row);
    const absent = filter.operator === 'null' && filter.values[0] === 'true';
    if (absent) return this.nowhere(resource, { ...filter, values: THERE }, row);
    return this.atEnd(resource, filter.path, filter, row);
  }

  /** Nothing of the kind. `not exists` is a join to PostgreSQL; `is not true` it would ask anew for every row. */
  private nowhere(resource: Resource, filter: Filter, row: Sql): Sql {
    const own = this.ownEnd(resource, filter.path, filter, row);
    return own ? sql`(${own}) is not true` : sql`not ${this.atEnd(resource, filter.path, filter, row)}`;
  }

  /** At the end of the path stands something for which the filter holds. */
  private atEnd(resource: Resource, path: readonly string[], filter: Filter, row: Sql): Sql {
    const [name, ...further] = path;
    if (name === undefined) return this.ofRow(resource, filter, row);
    const own = this.ownEnd(resource, path, filter, row) ?? this.oneEnd(resource, path, filter, row);
    if (own) return own;
    const target = this.select.registry.get(resource.relationships[name]?.type as string);
    const end = raw(`${row.text}_to`);
    const ends = this.select.ends(resource, name, row, end);
    return sql`exists (select from ${ends} and ${this.atEnd(target, further, filter, end)})`;
  }

  /** The same where the row has the id of the end itself, and an index of it; undefined where it has not. */
  private ownEnd(resource: Resource, path: readonly string[], filter: Filter, row: Sql): Sql | undefined {
    const [name = '', ...further] = path;
    const relationship = resource.relationships[name];
    const column = columnOf(relationship);
    if (further.length > 0 || filter.field !== 'id' || column === undefined) return undefined;
    const target = this.select.registry.get(relationship?.type as string);
    const value = sql`${row}.${identifier(column)}`;
    const own = compare(value, 'id', filter.operator, this.values(target, filter));
    if (this.select.readableWith(resource, name)) return own;
    return sql`(${own} and exists (select from ${this.select.ends(resource, name, row, raw(`${row.text}_to`))}))`;
  }

  /**
   * The same for one id behind a table between: whether it can be read is asked once then, and PostgreSQL knows that a row
   * has one link to it at most, and so that it may begin with these.
   */
  private oneEnd(resource: Resource, path: readonly string[], filter: Filter, row: Sql): Sql | undefined {
    const [name = '', ...further] = path;
    const relationship = resource.relationships[name];
    const through = relationship?.kind === 'to-many' ? relationship.through : undefined;
    const one = filter.operator === 'eq' || (filter.operator === 'in' && filter.values.length === 1);
    if (further.length > 0 || filter.field !== 'id' || !one || !through) return undefined;
    const target = this.select.registry.get(relationship?.type as string);
    const id = sql`${this.values(target, filter)[0]}::${CASTS.id}`;
    const end = raw(`${row.text}_to`);
    return sql`(${this.select.link(through, row, id)}
      and exists (select from ${identifier(target.table)} ${end} where ${end}.id = ${id} and ${this.select.readable(target, end)}))`;
  }

  private ofRow(resource: Resource, filter: Filter, row: Sql): Sql {
    const { field, operator, values } = filter;
    if (field === SEARCH && resource.search)
      return searched(this.select, resource, values[0] as string, row, this.trigrams);
    const rule = Object.hasOwn(resource.filters ?? {}, field) ? resource.filters?.[field] : undefined;
    if (rule) return sql`(${rule.sql(row, values, this.select.actor)})`;
    const attribute = Object.hasOwn(resource.attributes, field) ? resource.attributes[field] : undefined;
    if (attribute?.among && (operator === 'eq' || operator === 'in'))
      return sql`${row}.id in (${attribute.among(values as string[], this.select.actor)})`;
    const type = attribute?.type ?? 'id';
    return compare(
      this.select.field(resource, field, row),
      type as Compared,
      operator,
      this.values(resource, filter),
    );
  }

  /** `me` is a word of the type whose ids are compared. */
  private values(resource: Resource, { field, values }: Filter): Values {
    if (field !== 'id') return values;
    return values.map((value) =>
      value === 'me' ? (resource.idAlias?.('me', this.select.actor) ?? null) : value,
    );
  }
}

const SIGNS: Partial<Record<Operator, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' };

function compare(value: Sql, kind: Compared, operator: Operator, values: Values): Sql {
  const type = CASTS[kind];
  const first = sql`${values[0]}::${type}`;
  switch (operator) {
    case 'eq':
      return sql`${value} = ${first}`;
    case 'ne':
      return sql`${value} is distinct from ${first}`;
    case 'in':
      // A value and not a list of one: what is joined by it is then known to be that, too.
      if (values.length === 1) return sql`${value} = ${first}`;
      return sql`${value} = any(${values}::${type}[])`;
    case 'nin':
      return sql`(${value} = any(${values}::${type}[])) is not true`;
    case 'like':
      return sql`${value} ilike ${`%${escapeLike(values[0])}%`}`;
    case 'prefix':
      return sql`${value} ilike ${`${escapeLike(values[0])}%`}`;
    case 'null':
      return values[0] === 'true' ? sql`${value} is null` : sql`${value} is not null`;
    default:
      return sql`${value}${kind === 'string' ? COLLATION : empty} ${raw(SIGNS[operator] as string)} ${first}`;
  }
}
