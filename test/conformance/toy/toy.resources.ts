import {
  IsBoolean,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Actor } from '../../../src/auth/index.js';
import { defineResource, JsonApiError, type ResourcePolicy } from '../../../src/jsonapi/index.js';
import { ToyAnimal, ToyLeft, ToyNode, ToyNote, ToyRight, ToyTag, ToyValue } from './toy.entities.js';

const everybody: ResourcePolicy<Actor> = {
  readable: () => sql`true`,
  create: () => undefined,
  update: () => undefined,
  remove: () => undefined,
};
const readOnly: ResourcePolicy<Actor> = { readable: () => sql`true` };

const time = { type: 'timestamp', filter: true, sort: true } as const;
const times = { created_at: time, updated_at: time };

class NodeAttributes {
  @IsString() @Length(1, 100) name: string;
}

class TagAttributes {
  @IsString() @Length(1, 100) label: string;
  @IsOptional() @IsString() @MaxLength(30) color?: string | null;
  @IsOptional() @IsBoolean() kept?: boolean;
}

class NamedAttributes {
  @IsString() @Length(1, 100) name: string;
}

class ValueAttributes {
  @IsOptional() @IsString() @MaxLength(1000) text?: string | null;
  @IsOptional() @IsInt() @Min(-2147483648) @Max(2147483647) whole?: number | null;
  @IsOptional() @IsBoolean() flag?: boolean | null;
  @IsOptional() @Matches(/^\d{4}-\d{2}-\d{2}$/) @IsISO8601({ strict: true }) day?: string | null;
  @IsOptional() @IsISO8601({ strict: true }) moment?: string | null;
  @IsOptional() @IsString() @MaxLength(100) secret?: string | null;
}

const toyNode = defineResource({
  type: 'toy_node',
  path: 'toy_nodes',
  entity: ToyNode,
  dto: NodeAttributes,
  policy: everybody,
  idAlias: (word) => (word === 'first' ? '1' : undefined),
  conflicts: {
    toy_nodes_twin_id_key: { field: 'twin', code: 'conflict', detail: 'That node is the twin of another.' },
  },
  attributes: {
    name: { type: 'string', write: true, filter: true, sort: true },
    depth: {
      type: 'integer',
      onRequest: true,
      sql: (row) =>
        sql`with recursive up (id, parent_id, n) as (
          select u.id, u.parent_id, 0 from toy_nodes u where u.id = ${row}.id
          union select u.id, u.parent_id, up.n + 1 from toy_nodes u join up on u.id = up.parent_id where up.n < 9)
        select max(n)::int from up`,
    },
    ...times,
  },
  relationships: {
    parent: { kind: 'to-one', type: 'toy_node', column: 'parent_id', write: true },
    children: { kind: 'to-many', type: 'toy_node', foreignKey: 'parent_id' },
    twin: { kind: 'to-one', type: 'toy_node', column: 'twin_id', write: true },
    twin_of: { kind: 'to-one', type: 'toy_node', foreignKey: 'twin_id' },
    friends: {
      kind: 'to-many',
      type: 'toy_node',
      through: { table: 'toy_friendships', from: 'from_id', to: 'to_id' },
      write: true,
    },
    fans: {
      kind: 'to-many',
      type: 'toy_node',
      through: { table: 'toy_friendships', from: 'to_id', to: 'from_id' },
      write: true,
    },
    tags: {
      kind: 'to-many',
      type: 'toy_tag',
      through: {
        table: 'toy_node_tags',
        from: 'node_id',
        to: 'tag_id',
        where: (link) => sql`not ${link}.hidden`,
      },
    },
    animal: { kind: 'to-one', type: 'toy_animal', column: 'animal_id', write: true },
    cat: { kind: 'to-one', type: 'toy_cat', column: 'animal_id' },
    values: { kind: 'to-many', type: 'toy_value', foreignKey: 'node_id' },
    notes: { kind: 'to-many', type: 'toy_note', foreignKey: 'node_id' },
  },
});

const toyTag = defineResource({
  type: 'toy_tag',
  path: 'toy_tags',
  entity: ToyTag,
  dto: TagAttributes,
  policy: {
    ...everybody,
    update({ row }) {
      if (row?.['kept']) throw JsonApiError.of('forbidden', 'A tag that is kept is not changed.');
    },
    remove({ row }) {
      if (row?.['kept']) throw JsonApiError.of('forbidden', 'A tag that is kept is not deleted.');
    },
  } satisfies ResourcePolicy<Actor>,
  conflicts: {
    toy_tags_label_once: { field: 'label', code: 'conflict', detail: 'There is a tag of this label.' },
  },
  attributes: {
    label: { type: 'string', write: 'create', filter: true, sort: true },
    color: { type: 'string', write: true, filter: true, sort: true },
    kept: { type: 'boolean', write: 'create', filter: true },
    ...times,
  },
  relationships: {
    nodes: {
      kind: 'to-many',
      type: 'toy_node',
      through: {
        table: 'toy_node_tags',
        from: 'tag_id',
        to: 'node_id',
        where: (link) => sql`not ${link}.hidden`,
      },
    },
  },
});

const toyAnimal = defineResource({
  type: 'toy_animal',
  path: 'toy_animals',
  entity: ToyAnimal,
  policy: readOnly,
  attributes: {
    name: { type: 'string', filter: true, sort: true },
    kind: { type: 'string', filter: true, sort: true },
  },
  relationships: {
    keepers: { kind: 'to-many', type: 'toy_node', foreignKey: 'animal_id' },
    // The same row, seen as the other type: equal ids of two types are two resources.
    as_cat: { kind: 'to-one', type: 'toy_cat', column: 'id' },
  },
});

const toyCat = defineResource({
  type: 'toy_cat',
  path: 'toy_cats',
  entity: ToyAnimal,
  policy: { readable: (_actor: Actor, row: Sql) => sql`${row}.kind = 'cat'` },
  attributes: { called: { type: 'string', column: 'name', filter: true, sort: true } },
  relationships: {
    as_animal: { kind: 'to-one', type: 'toy_animal', column: 'id' },
    keepers: { kind: 'to-many', type: 'toy_node', foreignKey: 'animal_id' },
  },
});

const toyLeft = defineResource({
  type: 'toy_left',
  path: 'toy_lefts',
  entity: ToyLeft,
  dto: NamedAttributes,
  policy: everybody,
  attributes: { name: { type: 'string', write: true, filter: true, sort: true }, ...times },
  relationships: {
    right: { kind: 'to-one', type: 'toy_right', column: 'right_id', write: true, required: true },
    rights: { kind: 'to-many', type: 'toy_right', foreignKey: 'left_id' },
  },
});

const toyRight = defineResource({
  type: 'toy_right',
  path: 'toy_rights',
  entity: ToyRight,
  dto: NamedAttributes,
  policy: everybody,
  attributes: { name: { type: 'string', write: true, filter: true, sort: true }, ...times },
  relationships: {
    left: { kind: 'to-one', type: 'toy_left', column: 'left_id', write: true },
    lefts: { kind: 'to-many', type: 'toy_left', foreignKey: 'right_id' },
  },
});

const toyValue = defineResource({
  type: 'toy_value',
  path: 'toy_values',
  entity: ToyValue,
  dto: ValueAttributes,
  policy: everybody,
  attributes: {
    text: { type: 'string', write: true, filter: true, sort: true },
    whole: { type: 'integer', write: true, filter: true, sort: true },
    flag: { type: 'boolean', write: true, filter: true, sort: true },
    day: { type: 'date', write: true, filter: true, sort: true },
    moment: { type: 'timestamp', write: true, filter: true, sort: true },
    node_id: { type: 'id', filter: true },
    extra: { type: 'json' },
    secret: { type: 'string', write: true, writeOnly: true },
    shout: { type: 'string', sql: (row) => sql`upper(${row}.text)`, filter: true, sort: true },
    ...times,
  },
  relationships: {
    node: { kind: 'to-one', type: 'toy_node', column: 'node_id', write: true, idAttribute: 'node_id' },
  },
});

const toyNote = defineResource({
  type: 'toy_note',
  path: 'toy_notes',
  entity: ToyNote,
  policy: { readable: (actor: Actor, row: Sql) => sql`${row}.owner_id = ${actor.userId}::bigint` },
  attributes: { text: { type: 'string', filter: true, sort: true } },
  relationships: {
    node: { kind: 'to-one', type: 'toy_node', column: 'node_id' },
    owner: { kind: 'to-one', type: 'user', column: 'owner_id' },
  },
});

/**
 * Types that no product has, so that the engine is tried on more than people: trees and circles, relationships of every
 * kind to oneself and to each other, one row under two types, every type of value, rights to read and rules of writing.
 */
export const toyResources = [toyNode, toyTag, toyAnimal, toyCat, toyLeft, toyRight, toyValue, toyNote];

/** Reading it fails inside, as it may when the program is wrong. */
export const brokenResource = defineResource({
  type: 'toy_wreck',
  path: 'toy_wrecks',
  entity: ToyTag,
  policy: { readable: (_actor: Actor, row: Sql) => sql`1 / (${row}.id - ${row}.id) = ${raw('1')}` },
  attributes: { label: { type: 'string' } },
});
