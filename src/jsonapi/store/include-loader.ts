import sql, { empty, type Sql } from 'sql-template-tag';
import type { Row, SqlRunner } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { IncludeTree } from '../query/parse-include.js';
import { problem } from '../query/query-string.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { ToMany, ToOne } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { identifier, ROW, type SelectCompiler } from './compile-select.js';
import type { Loaded } from './loaded.js';
import { selectionOf, toLoaded } from './selection.js';

/** How many times the ends of one parent an answer may hold in all. */
const PARENTS_IN_FULL = 50;

export interface LinkageRules {
  /** How many ends of a to-many an answer shows per parent; `links.next` leads to the rest. */
  readonly limit: number;
  /** Show the linkage of every to-many relationship, included or not. */
  readonly all: boolean;
}

/** What stands at the ends of one relationship of some parents: a statement, and what to do with its rows. */
interface Step {
  readonly statement: Sql;
  take(rows: readonly Row[]): Loaded[];
  readonly below: IncludeTree;
}

const NOTHING_BELOW: IncludeTree = new Map();

/**
 * Loads what `include` asks for, path by path: one statement for each, however many parents there are. Those that begin at
 * the same parents are sent together.
 */
export class IncludeLoader {
  private rows = 0;

  constructor(
    private readonly registry: Registry,
    private readonly runner: SqlRunner,
    private readonly select: SelectCompiler,
    private readonly query: ResourceQuery,
    private readonly linkage: LinkageRules,
    /** Every resource of the document, by type and id. */
    private readonly seen: Map<string, Loaded>,
  ) {}

  async follow(parents: readonly Loaded[], tree: IncludeTree): Promise<void> {
    const resource = parents[0]?.resource;
    if (!resource) return;
    const steps = this.steps(parents, resource, tree);
    if (steps.length === 0) return;
    const answers = await this.runner.queries(steps.map(({ statement }) => statement));
    for (const [i, { take, below }] of steps.entries()) await this.follow(take(answers[i] as Row[]), below);
  }

  private steps(parents: readonly Loaded[], resource: Resource, tree: IncludeTree): Step[] {
    const steps: Step[] = [];
    for (const [name, below] of tree) {
      const relationship = resource.relationships[name];
      if (relationship?.kind === 'to-one') steps.push(...this.toOne(parents, name, relationship, below));
      if (relationship?.kind === 'to-many') steps.push(this.toMany(parents, name, relationship, below));
    }
    const fields = this.query.fields.get(resource.type);
    if (this.linkage.all)
      for (const [name, relationship] of Object.entries(resource.relationships))
        if (relationship.kind === 'to-many' && !tree.has(name) && (fields?.has(name) ?? true))
          steps.push(this.linkageAlone(parents, name, relationship));
    return steps;
  }

  private toOne(parents: readonly Loaded[], name: string, { type }: ToOne, below: IncludeTree): Step[] {
    const target = this.registry.get(type);
    const ids = new Set(
      parents.map(({ linkage }) => linkage[name]).filter((id): id is string => typeof id === 'string'),
    );
    if (ids.size === 0) return [];
    const columns = this.select.columns(target, selectionOf(target, this.query, below));
    const statement = sql`select ${columns} from ${identifier(target.table)} t where t.id = any(${[...ids]}::bigint[]) and ${this.select.readable(target, ROW)}`;
    return [{ statement, take: (rows) => this.remembered(target, rows), below }];
  }

  private toMany(parents: readonly Loaded[], name: string, relationship: ToMany, below: IncludeTree): Step {
    const target = this.registry.get(relationship.type);
    const columns = this.select.columns(target, selectionOf(target, this.query, below));
    return {
      statement: this.ends(parents, name, relationship, columns),
      take: (rows) => this.remembered(target, this.linked(parents, name, rows)),
      below,
    };
  }

  private linkageAlone(parents: readonly Loaded[], name: string, relationship: ToMany): Step {
    const take = (rows: readonly Row[]): Loaded[] => {
      this.linked(parents, name, rows);
      return [];
    };
    return { statement: this.ends(parents, name, relationship, sql`t.id`), take, below: NOTHING_BELOW };
  }

  /** The ends of a to-many of all parents, each parent's up to the limit. */
  private ends(parents: readonly Loaded[], name: string, relationship: ToMany, columns: Sql): Sql {
    const { resource } = parents[0] as Loaded;
    const target = this.registry.get(relationship.type);
    const scope = this.select.readableWith(resource, name)
      ? empty
      : sql` and ${this.select.readable(target, ROW)}`;
    const ids = [...new Set(parents.map(({ id }) => id))];
    return sql`
      select parent.id as parent, related.*
      from unnest(${ids}::bigint[]) as parent (id)
      cross join lateral (
        select ${columns} from ${identifier(target.table)} t
        where ${this.select.reachedFrom(relationship, ROW, sql`parent.id`)}${scope}
        order by t.id limit ${this.linkage.limit + 1}
      ) related
      order by parent.id, related.id limit ${this.most - this.rows + 1}`;
  }

  /** Puts the ends down as the linkage of the parents. */
  private linked(parents: readonly Loaded[], name: string, rows: readonly Row[]): Row[] {
    this.rows += rows.length;
    if (this.rows > this.most) throw tooMuch(this.query.includeAsked, name);
    return link(parents, name, rows, this.linkage.limit);
  }

  private get most(): number {
    return this.linkage.limit * PARENTS_IN_FULL;
  }

  private remembered(target: Resource, rows: readonly Row[]): Loaded[] {
    return toLoaded(target, rows).map((loaded) => this.remember(loaded));
  }

  /** A resource stands once in a document, whichever paths lead to it; what a later path knows more of is added. */
  private remember(loaded: Loaded): Loaded {
    const known = this.seen.get(keyOf(loaded));
    if (known)
      return Object.assign(known, {
        linkage: Object.assign(known.linkage, { ...loaded.linkage, ...known.linkage }),
      });
    this.seen.set(keyOf(loaded), loaded);
    return loaded;
  }
}

export const keyOf = ({ resource, id }: Loaded): string => `${resource.type}:${id}`;

/** @returns the rows up to the limit of each parent; one past it only tells that there are more */
function link(parents: readonly Loaded[], name: string, rows: readonly Row[], limit: number): Row[] {
  const byParent = new Map<unknown, Row[]>();
  for (const row of rows) {
    const siblings = byParent.get(row['parent']);
    if (siblings) siblings.push(row);
    else byParent.set(row['parent'], [row]);
  }
  for (const parent of parents) {
    const ids = (byParent.get(parent.id) ?? []).map((row) => String(row['id']));
    parent.linkage[name] = ids.slice(0, limit);
    if (ids.length > limit) parent.cut.add(name);
  }
  return [...byParent.values()].flatMap((siblings) => siblings.slice(0, limit));
}

const tooMuch = (asked: boolean, name: string): JsonApiError =>
  new JsonApiError([
    problem(
      asked ? 'include' : '',
      `With "${name}" there is more at the other ends than one answer holds; ask for a smaller page, or for less.`,
    ),
  ]);
