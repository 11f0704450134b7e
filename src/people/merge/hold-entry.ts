import { createHash } from 'node:crypto';
import { kindsOf, type Hit } from './find-hits.js';
import type { MergeOptions } from './entry.js';
import type { HeldEntry } from './merge-plan.js';
import { comparedKeys, type EntryKeys, type NormalEntry } from './normal-entry.js';
import type { Scope } from './resolve-scope.js';
import type { Actor } from '../../auth/index.js';

/** What the queue keeps of an undecided entry: enough to show why, and to apply it later to the one who is chosen. */
export function holdEntry(
  entry: NormalEntry,
  keys: EntryKeys,
  scope: Scope,
  among: readonly Hit[],
  { actor, options }: { readonly actor: Actor; readonly options: MergeOptions },
): HeldEntry {
  const { index, attributes, externalRef, emails, phones, groups, memberships, assignments } = entry.source;
  const { creationFromNamesAlone, personalWithoutGroup = false } = options;
  return {
    index,
    fingerprint: fingerprintOf(entry, keys, scope, actor),
    candidateIds: among.map(({ person }) => person.id),
    groupId: scope.targets[0] ?? null,
    evidence: {
      entry: { attributes, externalRef, emails, phones, groups, memberships, assignments },
      keys: comparedKeys(keys),
      group_ids: scope.targets,
      policy: { conflicting_ref: scope.policy.conflictingRef, name_guard: scope.policy.nameGuard },
      matched_by: among.map(kindsOf),
      options: {
        creation_from_names_alone: creationFromNamesAlone,
        personal_without_group: personalWithoutGroup,
      },
      actor_id: actor.personId,
    },
  };
}

/** Where no group is named the scope is the actor's own, so the same words of two actors are two entries. */
function fingerprintOf(entry: NormalEntry, keys: EntryKeys, scope: Scope, actor: Actor): string {
  const where = scope.named ? [...scope.targets].sort() : `actor ${actor.personId}`;
  const attributes = Object.entries(entry.attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  const what = JSON.stringify([
    where,
    keys.externalRef,
    [...keys.emails].sort(),
    [...keys.phones].sort(),
    attributes,
  ]);
  return `held:${createHash('sha256').update(what).digest('base64url')}`;
}
