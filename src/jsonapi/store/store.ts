import sql, { empty, type Sql } from 'sql-template-tag';
import type { SqlRunner } from '../../database/index.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { RowUse, ToMany } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { FilterCompiler } from './compile-filter.js';
import { identifier, SelectCompiler } from './compile-select.js';
import { IncludeLoader, keyOf } from './include-loader.js';
import type { LoadedSet } from './loaded.js';
import { readPage, ROW, type PageOfRows } from './read-page.js';
import { selectionOf, toLoaded } from './selection.js';

export interface Reader {
  readonly actor: unknown;
  /** Show the linkage of every to-many relationship, included or not. */
  readonly allLinkage: boolean;
}

/** Which rows: one id, some reached from a parent, or all that the filters let through. */
export interface Which {
  readonly id?: string;
  /** Exactly these, in no order, as far as they may be read. */
  readonly ids?: readonly string[];
  readonly reachedFrom?: { readonly relationship: ToMany; readonly parentId: string };
}

export interface StoreSettings {
  /** How many members of a to-many relationship an answer shows per parent; `links.next` leads to the rest. */
  readonly linkageLimit: number;
  /** The schema of the extension pg_trgm; undefined: the database does not have it. */
  readonly trigrams: string | undefined;
}

/** Reads resources for an actor: one statement for the rows, one per included path, one per shown to-many linkage. */
export class Store {
  constructor(
    private readonly registry: Registry,
    private readonly settings: StoreSettings,
  ) {}

  async load(
    runner: SqlRunner,
    resource: Resource,
    which: Which,
    query: ResourceQuery,
    reader: Reader,
  ): Promise<LoadedSet> {
    const select = new SelectCompiler(this.registry, reader.actor as never);
    const { page, sort } = query;
    const named = which.id !== undefined || which.ids !== undefined;
    const scope = this.scope(select, resource, which, query, named ? 'each' : 'list');
    const columns = select.columns(resource, selectionOf(resource, query, query.include), ROW);
    const { rows, more } = named
      ? await readNamed(runner, resource, columns, scope)
      : await readPage(runner, select, { resource, columns, scope, sort, page });
    const primary = toLoaded(resource, rows);
    const total =
      !named && page.total
        ? await this.count(runner, resource, this.scope(select, resource, which, query, 'all'))
        : undefined;
    const seen = new Map(primary.map((loaded) => [keyOf(loaded), loaded]));
    const linkage = { limit: this.settings.linkageLimit, all: reader.allLinkage };
    const includes = new IncludeLoader(this.registry, runner, select, query, linkage, seen);
    await includes.follow(primary, query.include);
    return { primary, included: [...seen.values()].slice(primary.length), more, total };
  }

  private scope(
    select: SelectCompiler,
    resource: Resource,
    which: Which,
    query: ResourceQuery,
    use: RowUse,
  ): Sql {
    const id = which.id === undefined ? empty : sql` and t.id = ${which.id}::bigint`;
    const among = which.ids === undefined ? empty : sql` and t.id = any(${which.ids}::bigint[])`;
    const from = which.reachedFrom;
    const reached = from
      ? sql` and ${select.reachedFrom(from.relationship, ROW, sql`${from.parentId}::bigint`)}`
      : empty;
    const filters = new FilterCompiler(select, this.settings.trigrams).where(resource, query.filters, ROW);
    return sql`${select.readable(resource, ROW, use)}${id}${among}${reached}${filters}`;
  }

  private async count(runner: SqlRunner, resource: Resource, scope: Sql): Promise<number> {
    const [row] = await runner.query(
      sql`select count(*) as total from ${identifier(resource.table)} t where ${scope}`,
    );
    return Number(row?.['total']);
  }
}

async function readNamed(
  runner: SqlRunner,
  resource: Resource,
  columns: Sql,
  scope: Sql,
): Promise<PageOfRows> {
  const rows = await runner.query(sql`select ${columns} from ${identifier(resource.table)} t where ${scope}`);
  return { rows, more: false };
}
