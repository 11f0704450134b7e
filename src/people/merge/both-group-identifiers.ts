import type { Entry } from './entry.js';

/** An entry names groups both by id and by reference: the whole request is refused, 400. */
export class BothGroupIdentifiersError extends Error {
  readonly code = 'both_group_identifiers_provided';
  readonly status = 400;

  constructor(
    readonly index: number,
    readonly pointer: string | undefined,
  ) {
    super('Both group ids and external refs provided for the person create/update operation');
  }
}

/** `null` is not given; an empty list is. @throws BothGroupIdentifiersError for the first such entry */
export function requireOneKindOfGroups(entries: readonly Entry[]): void {
  const entry = entries.find(({ groups }) => groups?.ids && groups.externalRefs);
  if (entry) throw new BothGroupIdentifiersError(entry.index, entry.pointers['entry']);
}
