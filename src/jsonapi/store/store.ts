import sql, { empty, raw, type Sql } from 'sql-template-tag';
import type { Row, SqlRunner } from '../../database/index.js';
import type { IncludeTree } from '../query/parse-include.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { ToMany } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { identifier, SelectCompiler, type Selection } from './compile-select.js';
import type { Loaded, LoadedSet } from './loaded.js';

/** How many members of a to-many relationship an answer shows per parent; `links.next` leads to the rest. */
export const RELATED_LIMIT = 1000;

const ROW = raw('t');

export interface Reader {
  readonly actor: unknown;
  /** Show the linkage of every to-many relationship, included or not. */
  readonly allLinkage: boolean;
}

/** Which rows: one id, some reached from a parent, or all that the filters let through. */
export interface Which {
  readonly id?: string;
  readonly reachedFrom?: { readonly relationship: ToMany; readonly parentId: string };
}

/** Reads resources for an actor: one statement for the rows, one per included path, one per shown to-many linkage. */
export class Store {
  constructor(private readonly registry: Registry) {}

  async load(
    runner: SqlRunner,
    resource: Resource,
    which: Which,
    query: ResourceQuery,
    reader: Reader,
  ): Promise<LoadedSet> {
    const compiler = new SelectCompiler(this.registry, reader.actor as never);
    const { page } = query;
    const one = which.id !== undefined;
    const scope = this.scope(compiler, resource, which, query);
    const limit = one
      ? empty
      : sql` order by ${compiler.orderBy(resource, query.sort, ROW)} limit ${page.limit + 1} offset ${page.offset}`;
    const selection = selectionOf(resource, query, query.include);
    const rows =
      !one && page.limit === 0
        ? []
        : await runner.query(
            sql`select ${compiler.columns(resource, selection, ROW)} from ${identifier(resource.table)} t where ${scope}${limit}`,
          );
    const primary = rows.slice(0, one ? 1 : page.limit).map((row) => toLoaded(resource, row));
    const total = !one && page.total ? await this.count(runner, resource, scope) : undefined;
    const seen = new Map(primary.map((loaded) => [keyOf(loaded), loaded]));
    const tasks = new IncludeLoader(this.registry, runner, compiler, query, reader.allLinkage, seen);
    await tasks.follow(primary, query.include);
    return {
      primary,
      included: [...seen.values()].slice(primary.length),
      more: !one && rows.length > page.limit,
      total,
    };
  }

  private scope(compiler: SelectCompiler, resource: Resource, which: Which, query: ResourceQuery): Sql {
    const id = which.id === undefined ? empty : sql` and t.id = ${which.id}::bigint`;
    const from = which.reachedFrom;
    const reached = from
      ? sql` and ${compiler.reachedFrom(from.relationship, ROW, sql`${from.parentId}::bigint`)}`
      : empty;
    return sql`${compiler.readable(resource, ROW)}${id}${reached}${compiler.where(resource, query.filters, ROW)}`;
  }

  private async count(runner: SqlRunner, resource: Resource, scope: Sql): Promise<number> {
    const [row] = await runner.query(
      sql`select count(*) as total from ${identifier(resource.table)} t where ${scope}`,
    );
    return Number(row?.['total']);
  }
}

class IncludeLoader {
  constructor(
    private readonly registry: Registry,
    private readonly runner: SqlRunner,
    private readonly compiler: SelectCompiler,
    private readonly query: ResourceQuery,
    private readonly allLinkage: boolean,
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
          : await this.toMany(parents, name, relationship, target, below);
      await this.follow(found, below);
    }
    if (this.allLinkage) await this.remainingLinkage(parents, resource, tree);
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
    const columns = this.compiler.columns(target, selectionOf(target, this.query, below), ROW);
    const rows = await this.runner.query(
      sql`select ${columns} from ${identifier(target.table)} t where t.id = any(${ids}::bigint[]) and ${this.compiler.readable(target, ROW)}`,
    );
    return rows.map((row) => this.remember(toLoaded(target, row)));
  }

  private async toMany(
    parents: readonly Loaded[],
    name: string,
    relationship: ToMany,
    target: Resource,
    below: IncludeTree,
  ): Promise<Loaded[]> {
    const columns = this.compiler.columns(target, selectionOf(target, this.query, below), ROW);
    const rows = await this.related(parents, relationship, target, columns);
    link(parents, name, rows);
    return withoutCut(rows).map((row) => this.remember(toLoaded(target, row)));
  }

  private async remainingLinkage(
    parents: readonly Loaded[],
    resource: Resource,
    tree: IncludeTree,
  ): Promise<void> {
    const fields = this.query.fields.get(resource.type);
    for (const [name, relationship] of Object.entries(resource.relationships)) {
      if (relationship.kind !== 'to-many' || tree.has(name) || (fields && !fields.has(name))) continue;
      const rows = await this.related(parents, relationship, this.registry.get(relationship.type), sql`t.id`);
      link(parents, name, rows);
    }
  }

  /** The ends of a to-many of all parents in one statement; at most one more than the limit for each. */
  private related(
    parents: readonly Loaded[],
    relationship: ToMany,
    target: Resource,
    columns: Sql,
  ): Promise<Row[]> {
    const owner = target.policy.readableWith ? target.relationships[target.policy.readableWith] : undefined;
    const covered = owner?.kind === 'to-one' && owner.column === relationship.foreignKey;
    const scope = covered ? empty : sql` and ${this.compiler.readable(target, ROW)}`;
    const ids = [...new Set(parents.map(({ id }) => id))];
    return this.runner.query(sql`
      select parent.id as parent, related.*
      from unnest(${ids}::bigint[]) as parent (id)
      cross join lateral (
        select ${columns} from ${identifier(target.table)} t
        where ${this.compiler.reachedFrom(relationship, ROW, sql`parent.id`)}${scope}
        order by t.id limit ${RELATED_LIMIT + 1}
      ) related
      order by parent.id, related.id`);
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

/** What to select: the asked fields, and the to-ones that the includes need to go on. */
function selectionOf(resource: Resource, query: ResourceQuery, tree: IncludeTree): Selection {
  const fields = query.fields.get(resource.type);
  const wanted = (name: string): boolean => fields?.has(name) ?? true;
  return {
    attributes: Object.entries(resource.attributes)
      .filter(
        ([name, { writeOnly, onRequest }]) => !writeOnly && (onRequest ? fields?.has(name) : wanted(name)),
      )
      .map(([name]) => name),
    toOnes: Object.entries(resource.relationships)
      .filter(([name, { kind }]) => kind === 'to-one' && (wanted(name) || tree.has(name)))
      .map(([name]) => name),
  };
}

function toLoaded(resource: Resource, row: Row): Loaded {
  const attributes: Record<string, unknown> = {};
  const linkage: Loaded['linkage'] = {};
  for (const [column, value] of Object.entries(row)) {
    if (column.startsWith('a:'))
      attributes[column.slice(2)] = value instanceof Date ? value.toISOString() : value;
    else if (column.startsWith('r:')) linkage[column.slice(2)] = value as string | null;
  }
  const version = row['version'] as number | undefined;
  return { resource, id: String(row['id']), version, attributes, linkage, cut: new Set() };
}

function link(parents: readonly Loaded[], name: string, rows: readonly Row[]): void {
  const byParent = groupByParent(rows);
  for (const parent of parents) {
    const ids = (byParent.get(parent.id) ?? []).map((row) => String(row['id']));
    parent.linkage[name] = ids.slice(0, RELATED_LIMIT);
    if (ids.length > RELATED_LIMIT) parent.cut.add(name);
  }
}

function groupByParent(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row['parent'] as string);
    if (group) group.push(row);
    else groups.set(row['parent'] as string, [row]);
  }
  return groups;
}

/** Rows past the limit of their parent only tell that there are more. */
function withoutCut(rows: readonly Row[]): Row[] {
  const counts = new Map<unknown, number>();
  return rows.filter((row) => {
    const count = (counts.get(row['parent']) ?? 0) + 1;
    counts.set(row['parent'], count);
    return count <= RELATED_LIMIT;
  });
}

const keyOf = ({ resource, id }: Loaded): string => `${resource.type}:${id}`;
