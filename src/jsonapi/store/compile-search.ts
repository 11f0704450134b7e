import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { searchTerms, type SearchTerm } from '../query/search-terms.js';
import type { SearchedColumn } from '../resource/define-resource.js';
import type { Resource } from '../resource/registry.js';
import { escapeLike } from './bound-values.js';
import { identifier, type SelectCompiler } from './compile-select.js';

/** Shorter words are looked for where words begin: in the middle of others they are everywhere. */
const FEWEST_LETTERS = 3;

/**
 * Each word of the text is in one of the columns that the resource searches, or looks like what is there. The ids are
 * found column by column, since one condition over several tables can use no index.
 */
export function searched(
  select: SelectCompiler,
  resource: Resource,
  text: string,
  row: Sql,
  trigrams: string | undefined,
): Sql {
  const found = searchTerms(text).map((term) => {
    const places = (resource.search ?? []).flatMap((column) =>
      idsIn(select, resource, column, term, row, trigrams),
    );
    if (places.length === 0) return sql`false`;
    return sql`${row}.id in (${join(places, ' union all ')})`;
  });
  return sql`(${join(found, ' and ')})`;
}

function idsIn(
  select: SelectCompiler,
  resource: Resource,
  { column, of, digits = false }: SearchedColumn,
  term: SearchTerm,
  row: Sql,
  trigrams: string | undefined,
): Sql[] {
  if (digits && term.digits === undefined) return [];
  const place = raw(`${row.text}_in`);
  const value = sql`${place}.${identifier(column)}`;
  const matches = digits ? sql`${value} like ${`%${term.digits}%`}` : looksLike(value, term.text, trigrams);
  const relationship = of === undefined ? undefined : resource.relationships[of];
  if (of === undefined || relationship?.kind !== 'to-many')
    return [sql`select ${place}.id from ${identifier(resource.table)} ${place} where ${matches}`];
  const target = select.registry.get(relationship.type);
  const readable = select.readableWith(resource, of) ? empty : sql` and ${select.readable(target, place)}`;
  const owner = identifier(relationship.foreignKey as string);
  return [
    sql`select ${place}.${owner} from ${identifier(target.table)} ${place} where ${matches}${readable}`,
  ];
}

function looksLike(value: Sql, word: string, trigrams: string | undefined): Sql {
  const escaped = escapeLike(word);
  if ([...word].length < FEWEST_LETTERS)
    return sql`(${value} ilike ${`${escaped}%`} or ${value} ilike ${`% ${escaped}%`})`;
  const contains = sql`${value} ilike ${`%${escaped}%`}`;
  if (trigrams === undefined) return contains;
  const similar = raw(`operator(${identifier(trigrams).text}.%)`);
  // Everybody at one domain would look alike, so that both sides of an @ have to.
  const sides = word.split('@');
  const parts = sides.map((side, i) => sql` and split_part(${value}, '@', ${i + 1}::int) ${similar} ${side}`);
  return sql`(${contains} or ${value} ${similar} ${word}${sides.length > 1 ? join(parts, '') : empty})`;
}
