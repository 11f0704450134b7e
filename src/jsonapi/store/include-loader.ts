import sql, { empty, type Sql } from 'sql-template-tag';
import type { Row, SqlRunner } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { IncludeTree } from '../query/parse-include.js';
import { problem } from '../query/query-string.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { ToMany } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { identifier, type SelectCompiler } from './compile-select.js';
import type { Loaded } from './loaded.js';
import { ROW } from './read-page.js';
import { selectionOf, toLoaded } from './selection.js';

/** How many times the ends of one parent an answer may hold in all. */
const PARENTS_IN_FULL = 50;

export interface LinkageRules {
  /** How many ends of a to-many an answer shows per parent; `links.next` leads to the rest. */
  readonly limit: number;
  /** Show the linkage of every to-many relationship, included or not. */
  readonly all: boolean;
}

/** Loads what `include` asks for, path by path: one statement for each, however many parents there are. */
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
    for (const [name, below] of tree) {
      const relationship = resource.relationships[name];
      if (!relationship) continue;
      const target = this.registry.get(relationship.type);
      const found =
        relationship.kind === 'to-one'
          ? await this.toOne(parents, name, target, below)
          : await this.toMany(parents, name, target, below);
      await this.follow(found, below);
    }
    if (this.linkage.all) await this.remainingLinkage(parents, resource, tree);
  }

  private async toOne(
    parents: readonly Loaded[],
    name: string,
    target: Resource,
    below: IncludeTree,
  ): Promise<Loaded[]> {
    const ids = [
      ...new Set(
        parents.map(({ linkage }) => linkage[name]).filter((id): id is string => typeof id === 'string'),
      ),
    ];
    if (ids.length === 0) return [];
    const columns = this.select.columns(target, selectionOf(target, this.query, below), ROW);
    const rows = await this.runner.query(
      sql`select ${columns} from ${identifier(target.table)} t where t.id = any(${ids}::bigint[]) and ${this.select.readable(target, ROW)}`,
    );
    return toLoaded(target, rows).map((loaded) => this.remember(loaded));
  }

  private async toMany(
    parents: readonly Loaded[],
    name: string,
    target: Resource,
    below: IncludeTree,
  ): Promise<Loaded[]> {
    const columns = this.select.columns(target, selectionOf(target, this.query, below), ROW);
    const rows = await this.ends(parents, name, target, columns);
    return toLoaded(target, rows).map((loaded) => this.remember(loaded));
  }

  private async remainingLinkage(
    parents: readonly Loaded[],
    resource: Resource,
    tree: IncludeTree,
  ): Promise<void> {
    const fields = this.query.fields.get(resource.type);
    for (const [name, relationship] of Object.entries(resource.relationships)) {
      if (relationship.kind !== 'to-many' || tree.has(name) || (fields && !fields.has(name))) continue;
      await this.ends(parents, name, this.registry.get(relationship.type), sql`t.id`);
    }
  }

  /** The ends of a to-many of all parents in one statement, put down as their linkage, each parent's up to the limit. */
  private async ends(
    parents: readonly Loaded[],
    name: string,
    target: Resource,
    columns: Sql,
  ): Promise<Row[]> {
    const resource = (parents[0] as Loaded).resource;
    const relationship = resource.relationships[name] as ToMany;
    const scope = this.select.readableWith(resource, name)
      ? empty
      : sql` and ${this.select.readable(target, ROW)}`;
    const ids = [...new Set(parents.map(({ id }) => id))];
    const left = this.linkage.limit * PARENTS_IN_FULL - this.rows;
    const rows = await this.runner.query(sql`
      select parent.id as parent, related.*
      from unnest(${ids}::bigint[]) as parent (id)
      cross join lateral (
        select ${columns} from ${identifier(target.table)} t
        where ${this.select.reachedFrom(relationship, ROW, sql`parent.id`)}${scope}
        order by t.id limit ${this.linkage.limit + 1}
      ) related
      order by parent.id, related.id limit ${left + 1}`);
    this.rows += rows.length;
    if (rows.length > left) throw tooMuch(this.query.includeAsked, name);
    return link(parents, name, rows, this.linkage.limit);
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
