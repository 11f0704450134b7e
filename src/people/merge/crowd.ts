import { isNewId } from './person-state.js';
import { byAge } from './resolve-scope.js';

/** People of the database first, then those of the plan, each in the order in which they were made. */
export const olderFirst = (one: string, other: string): number =>
  Number(isNewId(one)) - Number(isNewId(other)) || byAge(one, other);

/**
 * Ids under labels, oldest first: who of thousands fits a label is known without looking at any of them. Each id has its
 * labels once, and they are replaced as a whole.
 */
export class Crowd {
  private readonly idsOf = new Map<string, string[]>();
  private readonly labelsOf = new Map<string, readonly string[]>();

  /** @param labels none: the id leaves */
  put(id: string, labels: readonly string[]): void {
    const before = this.labelsOf.get(id) ?? [];
    if (before.length === labels.length && before.every((label, i) => label === labels[i])) return;
    for (const label of before) remove(this.idsOf.get(label) ?? [], id);
    for (const label of labels) {
      const ids = this.idsOf.get(label);
      if (ids) insert(ids, id);
      else this.idsOf.set(label, [id]);
    }
    this.labelsOf.set(id, labels);
  }

  first(label: string, count: number): readonly string[] {
    return this.idsOf.get(label)?.slice(0, count) ?? [];
  }

  size(label: string): number {
    return this.idsOf.get(label)?.length ?? 0;
  }

  has(id: string, label: string): boolean {
    return this.labelsOf.get(id)?.includes(label) ?? false;
  }
}

function insert(ids: string[], id: string): void {
  ids.splice(placeOf(ids, id), 0, id);
}

function remove(ids: string[], id: string): void {
  const at = placeOf(ids, id);
  if (ids[at] === id) ids.splice(at, 1);
}

/** Where the id stands, or would stand; mostly at the end, since it is new. */
function placeOf(ids: readonly string[], id: string): number {
  let [from, to] = [0, ids.length];
  const last = ids.at(-1);
  if (last === undefined || olderFirst(last, id) < 0) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (olderFirst(ids[middle] ?? '', id) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
