import type { Abstract, Type } from '@nestjs/common';
import type { Sql } from 'sql-template-tag';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { Transaction } from '../../database/index.js';
import type { ErrorCode } from '../errors/catalog.js';
import type { Problem } from '../errors/jsonapi-error.js';
import type { ResourceAbout } from '../openapi/openapi.js';
import type {
  CreateOperation,
  PrepareWrites,
  RelationshipOperation,
  RememberParts,
  RemoveOperation,
  UpdateOperation,
} from '../operations/operation.js';
import type { Draft } from '../request/read-draft.js';

export type ValueType = 'string' | 'integer' | 'boolean' | 'date' | 'timestamp' | 'id' | 'json';

/** An attribute: a column, or SQL over the row. Everything beyond showing it is opt-in. */
export interface Attribute {
  readonly type: ValueType;
  /** Default: the attribute's name. */
  readonly column?: string;
  /** Computed instead of stored; `row` is the alias of the row. */
  readonly sql?: (row: Sql, actor: never) => Sql;
  /** `true`: at creation and later. The rules of the value stand in the resource's `dto`. */
  readonly write?: boolean | 'create';
  /** Sent, but never shown. */
  readonly writeOnly?: boolean;
  readonly filter?: boolean;
  /**
   * Selects the ids of the rows that `eq` and `in` mean, by an index. Without it the attribute is compared row by row, which
   * is slow for one that is computed. The values are still text: bind them, with a cast.
   */
  readonly among?: (values: readonly string[], actor: never) => Sql;
  readonly sort?: boolean;
  /** Shown only when `fields` names it: too dear for every answer. */
  readonly onRequest?: boolean;
}

export interface ToOne {
  readonly kind: 'to-one';
  /** Type of the target. */
  readonly type: string;
  /** Our column with the target's id. */
  readonly column?: string;
  /** Or the target's column with our id, when at most one target can have it. */
  readonly foreignKey?: string;
  readonly write?: boolean | 'create';
  readonly required?: boolean;
  /** The `*_id` attribute that means the same (JSON:API prefers the relationship, the People API documents the attribute). */
  readonly idAttribute?: string;
}

export interface ToMany {
  readonly kind: 'to-many';
  readonly type: string;
  /** The target's column that holds our id. */
  readonly foreignKey?: string;
  /** Or a table between: its columns with our id and the target's. */
  readonly through?: {
    readonly table: string;
    readonly from: string;
    readonly to: string;
    readonly where?: (link: Sql, actor: never) => Sql;
  };
  /** At its URL, by whoever may update the resource: rows of the table between, or what `operations.relationships` says. */
  readonly write?: boolean;
}

export type Relationship = ToOne | ToMany;

/** A filter that is more than the comparison of a field: `filter[name]=value`, without operators. */
export interface FilterRule {
  /** The form of the value; others are refused. */
  readonly type: Exclude<ValueType, 'json'>;
  /** A comma list is taken. */
  readonly list?: boolean;
  /** The condition on the alias `row`. The values are still text: bind them, with a cast. */
  readonly sql: (row: Sql, values: readonly string[], actor: never) => Sql;
}

/** The filter of a `search`. */
export const SEARCH = 'q';

/** A column with text in which `filter[q]` looks; with a trigram index the look is quick. */
export interface SearchedColumn {
  readonly column: string;
  /** The to-many relationship, by a foreign key, whose target has the column; without it the type's own table has it. */
  readonly of?: string;
  /** Compare the digits alone, as in phone numbers, and forgive no slips. */
  readonly digits?: boolean;
}

/** What a write rule gets: the row as it is, the columns as they would be. */
export interface WriteRequest<A> {
  readonly actor: A;
  readonly tx: Transaction;
  /** The stored row by column; absent at creation. */
  readonly row?: Readonly<Record<string, unknown>>;
  /** Columns to be written. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the request says something of an attribute or a relationship, or of the whole: the source of a refusal. */
  pointerTo(field?: string): string | undefined;
}

/**
 * Of what a condition is asked, for policies that can be written in more than one way: of `each` of few rows that are found
 * otherwise; of a `list`, whose first rows are wanted; of `all` rows, to count them.
 */
export type RowUse = 'each' | 'list' | 'all';

/** Who may do what. A verb without a rule answers 403; a resource without a policy does not boot. */
export interface ResourcePolicy<A = unknown> {
  /** Which rows the actor may read, as a condition on the alias `row`. What may not be read does not exist. */
  readable(actor: A, row: Sql, use?: RowUse): Sql;
  /** The to-one relationship whose readable target makes these rows readable: reached from there they are not asked again. */
  readonly readableWith?: string;
  /** Each throws to refuse. */
  create?(request: WriteRequest<A>): Promise<void> | void;
  update?(request: WriteRequest<A>): Promise<void> | void;
  remove?(request: WriteRequest<A>): Promise<void> | void;
}

export interface ResourceDefinition {
  /** Singular, snake_case. */
  readonly type: string;
  /** Below the API's base. */
  readonly path: string;
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly relationships?: Readonly<Record<string, Relationship>>;
  /** Filters of the type's own, by name. */
  readonly filters?: Readonly<Record<string, FilterRule>>;
  /** Where `filter[q]` looks: each word has to be in one of these, or to look like it. */
  readonly search?: readonly SearchedColumn[];
  /** What stands in `meta` of the resource unless it is null: our column, by name. */
  readonly meta?: Readonly<Record<string, string>>;
  /** A class-validator class: one property for each writable attribute. */
  readonly dto?: Type<object>;
  /**
   * What the operations would have against a draft beside the rules of `dto`: asked only where there are other problems
   * of values, so that all of them are told at once.
   */
  readonly furtherProblems?: (draft: Draft) => readonly Problem[];
  readonly policy: ResourcePolicy<never>;
  /** Columns that the server sets at creation. */
  readonly defaults?: (actor: never) => Record<string, unknown>;
  /** A word that stands for an id: `/people/me`. */
  readonly idAlias?: (word: string, actor: never) => string | null | undefined;
  /**
   * To-one relationships whose ends show these resources as part of themselves. The ends are locked before them, and
   * the first is told of every change (`operations.remember`).
   */
  readonly partOf?: readonly string[];
  /**
   * Attributes of which a whole has one of each value. What comes along in `included` with the values of one that there
   * is changes that one; a POST of its own is a conflict.
   */
  readonly onceByWhole?: readonly string[];
  /** Types whose new resources may come along in `included` of POST and PATCH; they belong to the primary one. */
  readonly takes?: readonly string[];
  /** What a violated unique constraint means to a person, by the constraint's name; `field` is an attribute or a relationship. */
  readonly conflicts?: Readonly<
    Record<string, { readonly field: string; readonly code: ErrorCode; readonly detail: string }>
  >;
  /** Further query parameters of POST. */
  readonly createParameters?: readonly string[];
  /** Refuses values of these that mean nothing, also where no such resource is made. @throws JsonApiError 400 */
  readonly checkParameters?: (own: ReadonlyMap<string, string>) => unknown;
  /** Verbs that need more than a row: classes that Nest injects, or abstract ones that another room provides. */
  readonly operations?: {
    readonly create?: Abstract<CreateOperation>;
    readonly update?: Abstract<UpdateOperation>;
    readonly remove?: Abstract<RemoveOperation>;
    /** Locks what several writes of one request will want, those of what is part of these included. */
    readonly prepare?: Abstract<PrepareWrites>;
    /** Keeps a history of the resources that are part of one of these. */
    readonly remember?: Abstract<RememberParts>;
    /** By the name of a to-many relationship. */
    readonly relationships?: Readonly<Record<string, Abstract<RelationshipOperation>>>;
  };
  /** For the readers of `/openapi.json`: sentences and examples. */
  readonly about?: ResourceAbout;
}

/** Whether the verb can be meant here at all; for whom, the policy says when it is asked. */
export const allows = (
  { operations, policy }: ResourceDefinition,
  verb: 'create' | 'update' | 'remove',
): boolean => Boolean(operations?.[verb] ?? policy[verb]);

/**
 * Declares a resource type: one frozen object, checked at boot against the tables and the other types.
 * @example
 * defineResource({
 *   type: 'group', path: 'groups', entity: Group, policy: groupPolicy, dto: GroupAttributes,
 *   attributes: { name: { type: 'string', write: true, sort: true, filter: true } },
 *   relationships: { parent: { kind: 'to-one', type: 'group', column: 'parent_id', write: true } },
 * })
 */
export function defineResource(definition: ResourceDefinition): ResourceDefinition {
  return Object.freeze(definition);
}
