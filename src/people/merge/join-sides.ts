/** One side of a change: attributes, and rows by the name of their table. */
export type Side = Readonly<Record<string, unknown>>;

export interface Sides {
  readonly before: Side;
  readonly after: Side;
}

type Rows = ReadonlyMap<unknown, object>;

const NOTHING: Sides = { before: {}, after: {} };

/**
 * Two changes of one person, one after the other, as one: everything as it was before the first that speaks of it, and
 * as it is after the last. Pure.
 */
export function joinSides(first: Sides = NOTHING, second: Sides = NOTHING): Sides {
  const before: Record<string, unknown> = { ...second.before, ...first.before };
  const after: Record<string, unknown> = { ...first.after, ...second.after };
  for (const name of Object.keys(before).filter((one) => Array.isArray(before[one]))) {
    const [was, is] = [rowsOf(first.before[name]), rowsOf(first.after[name])];
    const [then, now] = [rowsOf(second.before[name]), rowsOf(second.after[name])];
    const ids = [...new Set([was, is, then, now].flatMap((rows) => [...rows.keys()]))];
    const pick = (early: Rows, late: Rows, rows: Rows, otherwise: Rows): object[] =>
      ids.flatMap((id) => (early.has(id) || late.has(id) ? rows : otherwise).get(id) ?? []);
    before[name] = pick(was, is, was, then);
    after[name] = pick(then, now, now, is);
  }
  return { before, after };
}

const rowsOf = (rows: unknown): Rows =>
  new Map(((rows ?? []) as { id: unknown }[]).map((row) => [row.id, row]));
