import type { Operator } from '../../src/jsonapi/query/parse-filter.js';

/** A leaf as the test knows it. Times are microseconds since 2026. */
export interface LeafRow {
  readonly id: string;
  readonly name: string | null;
  readonly rank: number | null;
  readonly green: boolean | null;
  readonly born: string | null;
  readonly madeAt: number;
  readonly parentId: string | null;
  readonly neighbourIds: readonly string[];
  readonly hidden: boolean;
}

export type Field = 'id' | 'name' | 'loud' | 'rank' | 'green' | 'born' | 'made_at';
type Value = string | number | bigint | boolean | null;

const collator = new Intl.Collator('en');

/** How filters and sorts are meant, once more, slowly: on rows in memory. */
export class LeafModel {
  constructor(readonly rows: readonly LeafRow[]) {}

  get readable(): LeafRow[] {
    return this.rows.filter(({ hidden }) => !hidden);
  }

  ends(row: LeafRow, name: string): LeafRow[] {
    return this.readable.filter(({ id, parentId }) =>
      name === 'parent'
        ? id === row.parentId
        : name === 'children'
          ? parentId === row.id
          : row.neighbourIds.includes(id),
    );
  }

  /** Null is the greatest; text as people order it, and where that does not decide, by code points. */
  sorted(rows: readonly LeafRow[], sort: readonly string[]): string[] {
    const last = sort.at(-1)?.startsWith('-') ? '-id' : 'id';
    const order = [...sort, last].map((term) => ({
      path: term.replace('-', '').split('.'),
      sign: term.startsWith('-') ? -1 : 1,
    }));
    const compare = (a: LeafRow, b: LeafRow): number => {
      for (const { path, sign } of order) {
        const result = compareValues(this.valueAt(a, path), this.valueAt(b, path));
        if (result !== 0) return sign * result;
      }
      return 0;
    };
    return [...rows].sort(compare).map(({ id }) => id);
  }

  passes(row: LeafRow, path: readonly string[], operator: Operator, values: readonly Value[]): boolean {
    if (operator === 'ne') return !this.passes(row, path, 'eq', values);
    if (operator === 'nin') return !this.passes(row, path, 'in', values);
    if (operator === 'null' && values[0] === true) return !this.passes(row, path, 'null', [false]);
    const [name, ...further] = path as [string, ...string[]];
    if (further.length > 0)
      return this.ends(row, name).some((end) => this.passes(end, further, operator, values));
    const value = fieldOf(row, name as Field);
    return value !== null && holds(value, operator, values);
  }

  private valueAt(row: LeafRow, [name, ...further]: readonly string[]): Value {
    if (further.length === 0) return fieldOf(row, name as Field);
    const [end] = this.ends(row, name as string);
    return end ? this.valueAt(end, further) : null;
  }
}

function holds(value: NonNullable<Value>, operator: Operator, values: readonly Value[]): boolean {
  const [first = null] = values;
  switch (operator) {
    case 'eq':
      return value === first;
    case 'in':
      return values.includes(value);
    case 'lt':
      return compareValues(value, first) < 0;
    case 'le':
      return compareValues(value, first) <= 0;
    case 'gt':
      return compareValues(value, first) > 0;
    case 'ge':
      return compareValues(value, first) >= 0;
    case 'like':
      return String(value).toLowerCase().includes(String(first).toLowerCase());
    case 'prefix':
      return String(value).toLowerCase().startsWith(String(first).toLowerCase());
    default:
      return true;
  }
}

function fieldOf(row: LeafRow, field: Field): Value {
  if (field === 'id') return BigInt(row.id);
  if (field === 'loud') return row.name === null ? null : `${row.name.toUpperCase()}!`;
  return field === 'made_at' ? row.madeAt : row[field];
}

function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'string' && typeof b === 'string' && !/^\d{4}-/.test(a)) {
    const byPeople = collator.compare(a, b);
    if (byPeople !== 0) return byPeople;
  }
  return a < b ? -1 : Number(a > b);
}
