import { withProfiles, type Identifier, type Link } from '../document/document.js';
import { writeCursor, type Cursor } from '../query/cursor.js';
import { listInOrder, type Page } from '../query/parse-page.js';
import { BY_ID } from '../query/parse-sort.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Loaded, LoadedSet } from '../store/loaded.js';
import { withPage } from './links.js';

/** The document's own link; it says by which profiles, where some are applied. */
export function selfLink({ profiles, sent }: ResourceQuery, path: string): Link {
  const href = sent ? `${path}?${sent}` : path;
  return profiles.length === 0 ? href : { href, type: withProfiles(profiles) };
}

/** The links between the pages of a list; null: there is no such page. */
export function pageLinks(set: LoadedSet, { page, sent }: ResourceQuery, path: string): Record<string, Link> {
  return page.kind === 'cursor' ? cursorLinks(set, page, sent, path) : numberedLinks(set, page, sent, path);
}

/** What stands in `meta` beside a list. */
export function pageMeta({ total, more }: LoadedSet, { page }: ResourceQuery): Record<string, unknown> {
  const cut = page.kind === 'cursor' && page.after && page.before && more;
  const own = { ...(total !== undefined && { total }), ...(cut && { rangeTruncated: true }) };
  return {
    ...(total !== undefined && { total }),
    ...(page.kind === 'cursor' && Object.keys(own).length > 0 && { page: own }),
  };
}

/** The cursor of an item, where the list is paged by cursors. */
export function itemMeta({ keys }: Loaded, { page }: ResourceQuery): Pick<Identifier, 'meta'> {
  if (!keys || page.list === undefined) return {};
  return { meta: { page: { cursor: writeCursor(page.list, { values: keys, inclusive: false }) } } };
}

/** Where the linkage of a relationship goes on behind the ids that are shown. */
export function restOfLinkage(list: string, path: string, ids: readonly string[], maxPageSize: number): Link {
  const last = { values: [ids.at(-1) as string], inclusive: false };
  const after = writeCursor(listInOrder(list, BY_ID), last);
  return withPage(path, '', { after, size: Math.min(ids.length, maxPageSize) });
}

function numberedLinks(
  { more }: LoadedSet,
  { kind, limit, offset }: Page,
  sent: string,
  path: string,
): Record<string, Link> {
  const at = (start: number, size = limit): string =>
    withPage(
      path,
      sent,
      kind === 'offset'
        ? { offset: start, limit: size }
        : { number: Math.floor(start / Math.max(limit, 1)) + 1, size },
    );
  return {
    first: at(0),
    // An offset need not be a multiple of the limit; the page before still ends where this one begins.
    prev: Math.min(offset, limit) > 0 ? at(Math.max(0, offset - limit), Math.min(offset, limit)) : null,
    next: more ? at(offset + limit) : null,
  };
}

/** `prev` and `next` go on from the items at the borders; from a page without items, from the cursors it lies between. */
function cursorLinks(
  { primary, more }: LoadedSet,
  { list = '', limit, after, before }: Page,
  sent: string,
  path: string,
): Record<string, Link> {
  const at = (key: 'after' | 'before', cursor: Cursor): string =>
    withPage(path, sent, { [key]: writeCursor(list, cursor), size: limit });
  const itemAt = (index: number): Cursor | undefined => {
    const keys = primary.at(index)?.keys;
    return keys && { values: keys, inclusive: false };
  };
  const first = itemAt(0) ?? (after && { ...after, inclusive: !after.inclusive });
  const last = itemAt(-1) ?? (before && { ...before, inclusive: !before.inclusive });
  const prev = after !== undefined || (before !== undefined && more);
  const next = before !== undefined || more;
  return {
    first: withPage(path, sent, { size: limit }),
    prev: prev && first ? at('before', first) : null,
    next: next && last ? at('after', last) : null,
  };
}
