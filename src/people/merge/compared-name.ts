import type { AttributeName } from './entry.js';
import { nameKey } from './identity-keys.js';

type Names = Readonly<Partial<Record<AttributeName, string | null>>>;

/** One person may be compared with thousands of entries of a batch; the objects live as long as the plan. */
const known = new WeakMap<Names, Map<AttributeName, string | null>>();

/** The name as it is compared; `null` when it is missing. */
export function comparedName(names: Names, name: AttributeName): string | null {
  const keys = known.get(names) ?? new Map<AttributeName, string | null>();
  known.set(names, keys);
  const kept = keys.get(name);
  if (kept !== undefined) return kept;
  const text = names[name];
  const key = text ? nameKey(text) : null;
  keys.set(name, key);
  return key;
}

/** Both given, and not the same name. A name that is missing differs from none. */
export function namesDiffer(one: Names, other: Names, name: AttributeName): boolean {
  const [key, otherKey] = [comparedName(one, name), comparedName(other, name)];
  return key !== null && otherKey !== null && key !== otherKey;
}
