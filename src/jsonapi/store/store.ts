import sql, { empty, type Sql } from 'sql-template-tag';
import type { Row, SqlRunner } from '../../database/index.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { RowUse, ToMany } from '../resource/define-resource.js';
import type { Registry, Resource } from '../resource/registry.js';
import { FilterCompiler } from './compile-filter.js';
import { identifier, ROW, SelectCompiler } from './compile-select.js';
import { IncludeLoader, keyOf } from './include-loader.js';
import type { LoadedSet } from './loaded.js';
import { pageStatement } from './read-page.js';
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
    const { primary, ...rest } = await this.primary(runner, select, resource, which, query);
    const seen = new Map(primary.map((loaded) => [keyOf(loaded), loaded]));
    const linkage = { limit: this.settings.linkageLimit, all: reader.allLinkage };
    const includes = new IncludeLoader(this.registry, runner, select, query, linkage, seen);
    await includes.follow(primary, query.include);
    return { primary, included: [...seen.values()].slice(primary.length), ...rest };
  }

  private async primary(
    runner: SqlRunner,
    select: SelectCompiler,
    resource: Resource,
    which: Which,
    query: ResourceQuery,
  ): Promise<Omit<LoadedSet, 'included'>> {
    const { page, sort, include } = query;
    const named = which.id !== undefined || which.ids !== undefined;
    const scope = this.scope(select, resource, which, query, named ? 'each' : 'list');
    const columns = select.columns(resource, selectionOf(resource, query, include));
    if (named) {
      const rows = await runner.query(
        sql`select ${columns} from ${identifier(resource.table)} t where ${scope}`,
      );
      return { primary: toLoaded(resource, rows), more: false };
    }
    const list = pageStatement(select, { resource, columns, scope, sort, page });
    const answers = await runner.queries([
      ...(page.limit > 0 ? [list.statement] : []),
      ...(page.total ? [this.count(select, resource, which, query)] : []),
    ]);
    const { rows, more } = list.take(page.limit > 0 ? (answers[0] as Row[]) : []);
    const total = page.total ? Number(answers.at(-1)?.[0]?.['total']) : undefined;
    return { primary: toLoaded(resource, rows), more, total };
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

  private count(select: SelectCompiler, resource: Resource, which: Which, query: ResourceQuery): Sql {
    const scope = this.scope(select, resource, which, query, 'all');
    return sql`select count(*) as total from ${identifier(resource.table)} t where ${scope}`;
  }
}
