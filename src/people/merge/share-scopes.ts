import type { Entry } from './entry.js';
import type { Scope } from './resolve-scope.js';

/**
 * Resolves each place once: the entries of a batch name the same groups, or none. Those with a scope of their own are
 * left alone: a PATCH, included memberships, and what has something to say that points at the entry.
 */
export function sharingScopes(resolve: (entry: Entry) => Scope): (entry: Entry) => Scope {
  const shared = new Map<string, Scope>();
  return (entry) => {
    if (entry.personId !== undefined || entry.memberships) return resolve(entry);
    const place = JSON.stringify(entry.groups ?? null);
    const known = shared.get(place);
    if (known) return known;
    const scope = resolve(entry);
    if (scope.errors.length + scope.skipped.length === 0) shared.set(place, scope);
    return scope;
  };
}
