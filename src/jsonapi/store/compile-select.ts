import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Attribute, Relationship, RowUse, ToMany } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';

/** The alias of the rows that are read. */
export const ROW = raw('t');

/** Names in statements come from definitions only, so that there are few; values are always bound. */
export function identifier(name: string): Sql {
  const known = identifiers.get(name);
  if (known) return known;
  const quoted = raw(`"${name.replaceAll('"', '""')}"`);
  identifiers.set(name, quoted);
  return quoted;
}

const identifiers = new Map<string, Sql>();

/** The fields of a type that a request wants to see. */
export interface Selection {
  /** Id, version and columns of {@link ROW}: the same whoever asks, so that they are written once. */
  readonly stored: Sql;
  readonly computed: readonly string[];
  readonly toOnes: readonly string[];
}

type Through = NonNullable<ToMany['through']>;

/** What stands in a row and at the ends of its relationships, as far as an actor may read it. */
export class SelectCompiler {
  constructor(
    readonly registry: Registry,
    readonly actor: never,
  ) {}

  /** `id, version, attribute as "a:name", linkage as "r:name", meta as "m:name"` of {@link ROW}. */
  columns(resource: Resource, { stored, computed, toOnes }: Selection): Sql {
    const columns = [
      stored,
      ...computed.map((name) => sql`${this.shown(resource, name)} as ${identifier(`a:${name}`)}`),
      ...toOnes.map((name) => sql`${this.linkage(resource, name, ROW)} as ${identifier(`r:${name}`)}`),
    ];
    return join(columns, ', ');
  }

  readable(resource: Resource, row: Sql, use: RowUse = 'each'): Sql {
    return sql`(${resource.policy.readable(this.actor, row, use)})`;
  }

  /** The id at the end of a to-one, null when the actor may not read what stands there. */
  linkage(resource: Resource, name: string, row: Sql): Sql {
    const column = columnOf(resource.relationships[name]);
    if (column !== undefined && this.readableWith(resource, name)) return sql`${row}.${identifier(column)}`;
    const end = raw(`${row.text}_end`);
    return sql`(select ${end}.id from ${this.ends(resource, name, row, end)})`;
  }

  /** `target end where ...`: what stands at the end of a relationship of `row`, and may be read. */
  ends(resource: Resource, name: string, row: Sql, end: Sql): Sql {
    const relationship = resource.relationships[name] as Relationship;
    const target = this.registry.get(relationship.type);
    const readable = this.readableWith(resource, name) ? empty : sql` and ${this.readable(target, end)}`;
    const through = relationship.kind === 'to-many' ? relationship.through : undefined;
    if (through) return sql`${this.linked(target, through, row, end)}${readable}`;
    return sql`${identifier(target.table)} ${end} where ${this.joined(relationship, row, end)}${readable}`;
  }

  /** A join: asked whether there is a link to each of the targets, PostgreSQL would make a set of all links. */
  private linked(target: Resource, { table, from, to, where }: Through, row: Sql, end: Sql): Sql {
    const link = raw(`${end.text}_link`);
    const further = where ? sql` and (${where(link, this.actor)})` : empty;
    return sql`${identifier(table)} ${link} join ${identifier(target.table)} ${end} on ${end}.id = ${link}.${identifier(to)}
      where ${link}.${identifier(from)} = ${row}.id${further}`;
  }

  /** The condition "`row` is at the end of `relationship` from the parent `parentId`". */
  reachedFrom(relationship: ToMany, row: Sql, parentId: Sql): Sql {
    if (relationship.foreignKey) return sql`${row}.${identifier(relationship.foreignKey)} = ${parentId}`;
    const through = relationship.through as Through;
    return this.link({ ...through, from: through.to, to: through.from }, row, parentId);
  }

  /** The condition that the table between has a link from `row` to `id`. */
  link({ table, from, to, where }: Through, row: Sql, id: Sql): Sql {
    const link = raw(`${row.text}_link`);
    const further = where ? sql` and (${where(link, this.actor)})` : empty;
    return sql`exists (select from ${identifier(table)} ${link} where ${link}.${identifier(from)} = ${row}.id and ${link}.${identifier(to)} = ${id}${further})`;
  }

  /** Whoever may read the row may read what stands at the end: the policies say so, and it is not asked again. */
  readableWith(resource: Resource, name: string): boolean {
    const relationship = resource.relationships[name] as Relationship;
    if (relationship.kind === 'to-one') return resource.policy.readableWith === name;
    const target = this.registry.get(relationship.type);
    const owner = target.policy.readableWith ? target.relationships[target.policy.readableWith] : undefined;
    return owner?.kind === 'to-one' && owner.column !== undefined && owner.column === relationship.foreignKey;
  }

  /** A field as far as the actor may know it: the id of an end that she cannot read is null, wherever it stands. */
  field(resource: Resource, name: string, row: Sql): Sql {
    if (name === 'id') return sql`${row}.id`;
    const same = relationshipBy(resource, name);
    if (same !== undefined) return this.linkage(resource, same, row);
    const attribute = resource.attributes[name] as Attribute;
    if (attribute.sql) return sql`(${attribute.sql(row, this.actor)})`;
    return sql`${row}.${identifier(attribute.column ?? name)}`;
  }

  private joined(relationship: Relationship, row: Sql, end: Sql): Sql {
    if (relationship.kind === 'to-many') return this.reachedFrom(relationship, end, sql`${row}.id`);
    const column = columnOf(relationship);
    if (column !== undefined) return sql`${end}.id = ${row}.${identifier(column)}`;
    return sql`${end}.${identifier(relationship.foreignKey as string)} = ${row}.id`;
  }

  private shown(resource: Resource, name: string): Sql {
    const value = this.field(resource, name, ROW);
    return resource.attributes[name]?.type === 'date' ? sql`${value}::text` : value;
  }
}

/** The row's own column with the id of the end, if there is one. */
export const columnOf = (relationship: Relationship | undefined): string | undefined =>
  relationship?.kind === 'to-one' ? relationship.column : undefined;

/** The to-one relationship that means the same as an attribute. */
const relationshipBy = ({ relationships }: Resource, attribute: string): string | undefined =>
  Object.keys(relationships).find((name) => {
    const end = relationships[name];
    return end?.kind === 'to-one' && end.idAttribute === attribute;
  });

/** The column that an attribute is shown from as it is, whoever asks. */
export function storedIn(resource: Resource, name: string): Sql | undefined {
  const { column = name, sql: computed, type } = resource.attributes[name] as Attribute;
  if (computed || relationshipBy(resource, name) !== undefined) return undefined;
  return sql`${ROW}.${identifier(column)}${type === 'date' ? raw('::text') : empty}`;
}
