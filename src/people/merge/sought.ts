import type { NormalEntry } from './normal-entry.js';
import type { Scope } from './resolve-scope.js';

/** What an entry would be found by, for doors that only look: in the forms in which it is kept and compared. */
export interface Sought {
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly externalRef: string | undefined;
  /** The named groups within reach; undefined where none is named. */
  readonly groupIds: readonly string[] | undefined;
  readonly skippedGroups: readonly string[];
  /** False when nobody can have this: a value that is never stored, no group within reach. */
  readonly findable: boolean;
}

export function soughtBy(entry: NormalEntry, scope: Scope): Sought {
  const { externalRef, emails, phones } = entry.keys;
  return {
    firstName: entry.attributes.first_name ?? undefined,
    lastName: entry.attributes.last_name ?? undefined,
    email: emails[0],
    phone: phones[0],
    externalRef: externalRef ?? undefined,
    groupIds: scope.named ? scope.targets : undefined,
    skippedGroups: scope.skipped,
    findable: entry.errors.length + scope.errors.length === 0,
  };
}
