export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const keyOf = ({ type, id }: Json): string => `${String(type)}:${String(id)}`;

/** Members of an object that it should not have. */
export const strangers = (object: Json, known: readonly string[], at: string): string[] =>
  Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => `${at} has a member "${name}"`);

/** RFC 6901. */
export function resolves(value: unknown, pointer: string): boolean {
  if (pointer === '') return true;
  if (!pointer.startsWith('/')) return false;
  let at: unknown = value;
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Json)[key];
  }
  return true;
}
