import type { EntryDraft } from './entry-draft.js';
import { liveMemberships, type Attributes } from './person-state.js';

/** An entry as its person has it now: each thing that the entry named, if it was stored, else what the person shows. */
export interface StoredEntry {
  readonly attributes: Attributes;
  /** In the groups where the entry looks. Absent where it differs among them: sent back, one would replace another. */
  readonly externalRef: string | null | undefined;
  readonly emailAddress: string | null;
  readonly phoneNumber: string | null;
  /** The groups that the entry names, as it calls them, in which the person is now. */
  readonly namedGroups?: readonly string[];
}

export function storedEntry({ keys, person, scope, state }: EntryDraft): StoredEntry {
  const groups = new Set(liveMemberships(person).map(({ groupId }) => groupId));
  const refs = new Set(state.sightOf(person, scope).refs);
  const [ref = null] = refs;
  const named = keys.externalRef !== null && refs.has(keys.externalRef) ? keys.externalRef : undefined;
  return {
    attributes: person.attributes,
    externalRef: named ?? (refs.size > 1 ? undefined : ref),
    emailAddress: namedOrPrimary(person.emails, keys.emails)?.email ?? null,
    phoneNumber: namedOrPrimary(person.phones, keys.phones)?.number ?? null,
    namedGroups: [...scope.idsByName].flatMap(([name, id]) => (groups.has(id) ? name : [])),
  };
}

const namedOrPrimary = <P extends { readonly normalForm: string; readonly primary: boolean }>(
  points: readonly P[],
  [form]: readonly string[],
): P | undefined =>
  points.find(({ normalForm }) => normalForm === form) ?? points.find(({ primary }) => primary);
