import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Filter } from '../query/parse-filter.js';
import type { SortTerm } from '../query/parse-sort.js';
import type { Attribute, Relationship, ToMany, ToOne } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';

/** Names in statements come from definitions only; values are always bound. */
export const identifier = (name: string): Sql => raw(`"${name.replaceAll('"', '""')}"`);

/** The fields of a type that a request wants to see. */
export interface Selection {
  readonly attributes: readonly string[];
  readonly toOnes: readonly string[];
}

export class SelectCompiler {
  constructor(
    private readonly registry: Registry,
    private readonly actor: never,
  ) {}

  /** `id, version, attribute as "a:name", linkage as "r:name"` for the row `row`. */
  columns(resource: Resource, selection: Selection, row: Sql): Sql {
    const columns = [
      sql`${row}.id`,
      ...(resource.versioned ? [sql`${row}.version`] : []),
      ...selection.attributes.map(
        (name) => sql`${this.shown(resource, name, row)} as ${identifier(`a:${name}`)}`,
      ),
      ...selection.toOnes.map(
        (name) => sql`${this.linkage(resource, name, row)} as ${identifier(`r:${name}`)}`,
      ),
    ];
    return join(columns, ', ');
  }

  readable(resource: Resource, row: Sql): Sql {
    return sql`(${resource.policy.readable(this.actor, row)})`;
  }

  /** The id at the end of a to-one, null when the actor may not read what stands there. */
  linkage(resource: Resource, name: string, row: Sql): Sql {
    const relationship = resource.relationships[name] as ToOne;
    const target = this.registry.get(relationship.type);
    const end = raw(`${row.text}_end`);
    const readable = sql`select ${end}.id from ${identifier(target.table)} ${end} where ${this.readable(target, end)}`;
    if (!relationship.column)
      return sql`(${readable} and ${end}.${identifier(relationship.foreignKey as string)} = ${row}.id)`;
    const column = sql`${row}.${identifier(relationship.column)}`;
    return resource.policy.readableWith === name ? column : sql`(${readable} and ${end}.id = ${column})`;
  }

  /** The condition "`row` is at the end of `relationship` from the parent `parentId`". */
  reachedFrom(relationship: ToMany, row: Sql, parentId: Sql): Sql {
    if (relationship.foreignKey) return sql`${row}.${identifier(relationship.foreignKey)} = ${parentId}`;
    const { table, from, to, where } = relationship.through as NonNullable<ToMany['through']>;
    const link = raw(`${row.text}_link`);
    const further = where ? sql` and (${where(link, this.actor)})` : empty;
    return sql`exists (select from ${identifier(table)} ${link} where ${link}.${identifier(to)} = ${row}.id and ${link}.${identifier(from)} = ${parentId}${further})`;
  }

  where(resource: Resource, filters: readonly Filter[], row: Sql): Sql {
    const conditions = filters.map((filter) => this.condition(resource, filter, row));
    return conditions.length > 0 ? sql` and ${join(conditions, ' and ')}` : empty;
  }

  orderBy(resource: Resource, sort: readonly SortTerm[], row: Sql): Sql {
    return join(
      sort.map(({ field, descending }) => {
        const attribute = resource.attributes[field];
        const value = attribute ? this.value(attribute, field, row) : sql`${row}.id`;
        const collated = attribute?.type === 'string' ? sql`${value} collate "und-x-icu"` : value;
        return descending ? sql`${collated} desc` : collated;
      }),
      ', ',
    );
  }

  private condition(resource: Resource, { field, operator, values }: Filter, row: Sql): Sql {
    const attribute = field === 'id' ? undefined : resource.attributes[field];
    const relationship = resource.relationships[field];
    const bound = values.map((value) => (value === 'me' ? this.whoIsMe(resource, field) : value));
    if (relationship?.kind === 'to-many') return this.toManyCondition(relationship, operator, bound, row);
    const value = relationship
      ? this.linkage(resource, field, row)
      : attribute
        ? this.seen(resource, field, row)
        : sql`${row}.id`;
    return compare(value, operator, bound, attribute?.type === 'string' ? 'text' : cast(attribute));
  }

  /** `me` is a word of the type whose ids are compared; where it means nothing nobody is met. */
  private whoIsMe(resource: Resource, field: string): string | null {
    const named = Object.entries(resource.relationships).find(
      ([name, end]) => name === field || isIdOf(end, field),
    )?.[1];
    if (!named && field !== 'id') return 'me';
    const target = named ? this.registry.get(named.type) : resource;
    return target.idAlias?.('me', this.actor) ?? null;
  }

  private toManyCondition(
    relationship: ToMany,
    operator: string,
    values: readonly (string | null)[],
    row: Sql,
  ): Sql {
    const target = this.registry.get(relationship.type);
    const other = raw(`${row.text}_many`);
    const reached = sql`select from ${identifier(target.table)} ${other} where ${this.reachedFrom(relationship, other, sql`${row}.id`)} and ${this.readable(target, other)}`;
    if (operator === 'null')
      return values[0] === 'true' ? sql`not exists (${reached})` : sql`exists (${reached})`;
    const among = sql`exists (${reached} and ${other}.id = any(${values}::bigint[]))`;
    return operator === 'ne' || operator === 'nin' ? sql`not ${among}` : among;
  }

  private value(attribute: Attribute, name: string, row: Sql): Sql {
    if (attribute.sql) return sql`(${attribute.sql(row, this.actor)})`;
    return sql`${row}.${identifier(attribute.column ?? name)}`;
  }

  /** An attribute as far as the actor may know it: the id of an end that she cannot read is null, in filters as well. */
  private seen(resource: Resource, name: string, row: Sql): Sql {
    const same = Object.entries(resource.relationships).find(([, end]) => isIdOf(end, name));
    return same
      ? this.linkage(resource, same[0], row)
      : this.value(resource.attributes[name] as Attribute, name, row);
  }

  private shown(resource: Resource, name: string, row: Sql): Sql {
    const attribute = resource.attributes[name] as Attribute;
    const value = this.seen(resource, name, row);
    return attribute.type === 'date' ? sql`${value}::text` : value;
  }
}

const isIdOf = (relationship: Relationship, attribute: string): boolean =>
  relationship.kind === 'to-one' && relationship.idAttribute === attribute;

const CASTS: Partial<Record<Attribute['type'], string>> = {
  integer: 'bigint',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamptz',
};
const cast = (attribute: Attribute | undefined): string => (attribute && CASTS[attribute.type]) ?? 'bigint';

const SIGNS: Record<string, string> = { lt: '<', le: '<=', gt: '>', ge: '>=' };

function compare(value: Sql, operator: string, values: readonly (string | null)[], type: string): Sql {
  const first = sql`${values[0]}::${raw(type)}`;
  switch (operator) {
    case 'eq':
      return sql`${value} = ${first}`;
    case 'ne':
      return sql`${value} is distinct from ${first}`;
    case 'in':
      return sql`${value} = any(${values}::${raw(type)}[])`;
    case 'nin':
      return sql`(${value} = any(${values}::${raw(type)}[])) is not true`;
    case 'like':
      return sql`${value} ilike ${`%${escapeLike(values[0])}%`}`;
    case 'prefix':
      return sql`${value} ilike ${`${escapeLike(values[0])}%`}`;
    case 'null':
      return values[0] === 'true' ? sql`${value} is null` : sql`${value} is not null`;
    default:
      return sql`${value} ${raw(SIGNS[operator] as string)} ${first}`;
  }
}

const escapeLike = (text: string | null | undefined): string => (text ?? '').replace(/[\\%_]/g, '\\$&');
