import type { Problem } from '../errors/jsonapi-error.js';
import { CURSOR_PROFILE } from './profiles.js';
import { readCursor, type Cursor } from './cursor.js';
import { known, quoted } from './did-you-mean.js';
import { printSort, type SortTerm } from './parse-sort.js';
import { problem, type Parameter } from './query-string.js';

/** How the pages are named: by number and size, by offset and limit, or by the cursors at their borders. */
export type PageKind = 'number' | 'offset' | 'cursor';

export interface Page {
  readonly kind: PageKind;
  readonly limit: number;
  readonly offset: number;
  readonly total: boolean;
  /** Of the kind `cursor`: the page lies between these, if they are given. */
  readonly after?: Cursor;
  readonly before?: Cursor;
  /** Of the kind `cursor`: which list, in which order; what its cursors are bound to. */
  readonly list?: string;
  /** Of the kind `cursor`: the profile that is applied, as the client spells it. */
  readonly profile?: string;
}

export interface PageRules {
  readonly lenient: boolean;
  readonly maxPageSize: number;
  /** The list that is paged, as far as its URL says. */
  readonly list?: string;
  /** As the client spells it; undefined: it is not asked for. */
  readonly cursorProfile?: string;
}

const DEFAULT_SIZE = 25;
const LARGEST = 1_000_000_000;
/** What may stand together. */
const KINDS: Readonly<Record<string, readonly PageKind[]>> = {
  number: ['number'],
  size: ['number', 'cursor'],
  offset: ['offset'],
  limit: ['offset'],
  after: ['cursor'],
  before: ['cursor'],
  total: ['number', 'offset', 'cursor'],
};

/** What cursors are bound to. */
export const listInOrder = (list: string, sort: readonly SortTerm[]): string =>
  `${list}?sort=${printSort(sort)}`;

/**
 * `page[number]` and `page[size]`, `page[offset]` and `page[limit]`, or `page[after]`, `page[before]` and `page[size]`;
 * `page[total]=true`.
 */
export function parsePage(
  parameters: readonly Parameter[],
  sort: readonly SortTerm[],
  rules: PageRules,
  problems: Problem[],
): Page {
  const given = new Map<string, Parameter>();
  let kinds: readonly PageKind[] = rules.cursorProfile ? ['cursor'] : ['number', 'offset', 'cursor'];
  for (const parameter of parameters) {
    const key = parameter.keys.length === 1 ? (parameter.keys[0] as string) : '';
    const possible = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
    const left = kinds.filter((kind) => possible?.includes(kind));
    if (!possible) {
      const names = Object.keys(KINDS).map((name) => `page[${name}]`);
      problems.push(
        problem(parameter.name, `${quoted(parameter.name)} is not known. ${known(names, parameter.name)}`),
      );
    } else if (left.length === 0) {
      problems.push(problem(parameter.name, MIXED));
    } else {
      kinds = left;
      given.set(key, parameter);
    }
  }
  const kind = kinds[0] as PageKind;
  const total = readTotal(given.get('total'), problems) || rules.lenient;
  if (kind === 'cursor') return { ...cursorPage(given, sort, rules, problems), total };
  const size = readSize(given.get('size') ?? given.get('limit'), kind, rules, problems);
  const limit = size ?? Math.min(DEFAULT_SIZE, rules.maxPageSize);
  const number = readWhole(given.get('number'), 1, LARGEST, problems) ?? 1;
  const offset = readWhole(given.get('offset'), 0, LARGEST, problems) ?? (number - 1) * limit;
  return { kind, limit, offset, total: total || limit === 0 };
}

const MIXED =
  'Two kinds of paging are mixed; use number and size, or offset and limit, or after, before and size, which the cursor profile asks for.';

function cursorPage(
  given: ReadonlyMap<string, Parameter>,
  sort: readonly SortTerm[],
  rules: PageRules,
  problems: Problem[],
): Omit<Page, 'total'> {
  const list = listInOrder(rules.list ?? '', sort);
  const types = sort.map(({ type }) => type);
  const read = (key: string): Cursor | undefined => {
    const parameter = given.get(key);
    if (!parameter) return undefined;
    const cursor = readCursor(list, parameter.value, types);
    if (!cursor)
      problems.push(
        problem(
          parameter.name,
          'This is no cursor of this list in this order; take one from the links or from meta.page.cursor of an item.',
        ),
      );
    return cursor;
  };
  const [after, before] = [read('after'), read('before')];
  const size = readSize(given.get('size'), 'cursor', rules, problems);
  // The profile: a range is as long as it may be unless it is told otherwise.
  const usual = given.has('after') && given.has('before') ? rules.maxPageSize : DEFAULT_SIZE;
  const limit = size ?? Math.min(usual, rules.maxPageSize);
  const profile = rules.cursorProfile ?? CURSOR_PROFILE;
  return { kind: 'cursor', limit, offset: 0, list, profile, after, before };
}

function readTotal(parameter: Parameter | undefined, problems: Problem[]): boolean {
  if (parameter && !['true', 'false'].includes(parameter.value))
    problems.push(problem(parameter.name, 'Write page[total]=true or false.'));
  return parameter?.value === 'true';
}

function readSize(
  parameter: Parameter | undefined,
  kind: PageKind,
  { maxPageSize }: PageRules,
  problems: Problem[],
): number | undefined {
  if (kind === 'cursor' && parameter && Number(parameter.value) > maxPageSize) {
    problems.push({
      ...problem(parameter.name, `The largest page has ${maxPageSize}; ask for no more.`),
      meta: { page: { maxSize: maxPageSize } },
      type: `${CURSOR_PROFILE}/max-size-exceeded`,
    });
    return undefined;
  }
  return readWhole(parameter, kind === 'offset' ? 0 : 1, maxPageSize, problems);
}

function readWhole(
  parameter: Parameter | undefined,
  min: number,
  max: number,
  problems: Problem[],
): number | undefined {
  if (!parameter) return undefined;
  const number = /^\d{1,10}$/.test(parameter.value) ? Number(parameter.value) : NaN;
  if (number >= min && number <= max) return number;
  problems.push(problem(parameter.name, `A whole number from ${min} to ${max} is wanted.`));
  return undefined;
}
