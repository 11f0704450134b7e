import type { Registry, Resource } from '../resource/registry.js';
import { known, quoted } from './did-you-mean.js';

/** How many relationships may follow each other in one path. */
export const MAX_DEPTH = 5;

/**
 * The resource at the end of a path of relationships; else the sentence that says where it breaks.
 * @param only leave out those of the other kind
 */
export function followPath(
  start: Resource,
  names: readonly string[],
  registry: Registry,
  only?: 'to-one',
): Resource | string {
  if (names.length > MAX_DEPTH) return `At most ${MAX_DEPTH} relationships follow each other.`;
  let at = start;
  for (const name of names) {
    const relationship = Object.hasOwn(at.relationships, name) ? at.relationships[name] : undefined;
    if (!relationship || (only && relationship.kind !== only)) {
      const names = Object.keys(at.relationships).filter(
        (other) => !only || at.relationships[other]?.kind === only,
      );
      return `${at.type} has no ${only ? `${only} ` : ''}relationship ${quoted(name)}. ${known(names, name)}`;
    }
    at = registry.get(relationship.type);
  }
  return at;
}
