import sql, { empty, join, type Sql } from 'sql-template-tag';
import type { Row } from '../../database/index.js';
import type { Page } from '../query/parse-page.js';
import type { SortTerm } from '../query/parse-sort.js';
import type { Resource } from '../resource/registry.js';
import { identifier, ROW, type SelectCompiler } from './compile-select.js';
import { behind, keyColumns, keyText, orderBy, reversed, sortKeys, type SortKey } from './compile-sort.js';

export interface PageOfRows {
  readonly rows: readonly Row[];
  /** There is more in the direction of reading. */
  readonly more: boolean;
}

/** What to read of a list. */
export interface ListQuery {
  readonly resource: Resource;
  readonly columns: Sql;
  /** The condition on {@link ROW}. */
  readonly scope: Sql;
  readonly sort: readonly SortTerm[];
  readonly page: Page;
}

/** A statement, and the page that its rows are. */
export interface PageStatement {
  readonly statement: Sql;
  take(rows: readonly Row[]): PageOfRows;
}

/** One page by one statement, and one row more, which tells whether there is a next one. */
export function pageStatement(select: SelectCompiler, query: ListQuery): PageStatement {
  const { resource, columns, scope, sort, page } = query;
  const keys = sortKeys(select, resource, sort, ROW);
  const backwards = page.before !== undefined && page.after === undefined;
  const statement =
    page.kind === 'cursor'
      ? byCursor(query, backwards ? reversed(keys) : keys)
      : sql`select ${columns} from ${identifier(resource.table)} t where ${scope} order by ${orderBy(keys)} limit ${page.limit + 1} offset ${page.offset}`;
  return {
    statement,
    take(rows) {
      const shown = rows.slice(0, page.limit);
      return { rows: backwards ? shown.reverse() : shown, more: rows.length > page.limit };
    },
  };
}

/**
 * The page behind a cursor. Its rows are found range by range, each in order and no more than the page takes, so that
 * the depth of the page does not matter; what is to be shown of them is read at the end.
 */
function byCursor({ resource, columns, scope, page }: ListQuery, keys: readonly SortKey[]): Sql {
  const { after, before } = page;
  const limit = page.limit + 1;
  const from = after ?? before;
  const until = after && before ? sql` and (${join(behind(reversed(keys), before), ' or ')})` : empty;
  const ranges = (from ? behind(keys, from) : [sql`true`]).map(
    (range) => sql`(
      select t.id, ${keyColumns(keys)} from ${identifier(resource.table)} t
      where ${scope}${until} and ${range} order by ${orderBy(keys)} limit ${limit})`,
  );
  const found = keys.map((key, i) => ({ ...key, value: sql`page.${identifier(`o:${i}`)}` }));
  const texts = found.map(({ value, type }, i) => sql`${keyText(value, type)} as ${identifier(`k:${i}`)}`);
  return sql`
    select ${columns}, ${join(texts, ', ')}
    from (${join(ranges, ' union all ')}) page join ${identifier(resource.table)} t on t.id = page.id
    order by ${orderBy(found)} limit ${limit}`;
}
