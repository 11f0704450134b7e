import type { EntryError, EntryResult, StoredEntry } from '../merge/index.js';
import type { FlatEntry, FlatWarning } from './flat-entry.js';

/** What a person shows, flat. */
export const flatPerson = ({ attributes, externalRef, emailAddress, phoneNumber }: StoredEntry) => ({
  ...attributes,
  external_ref: externalRef,
  email_address: emailAddress,
  phone_number: phoneNumber,
});

/** One of the `persons` of an answer: the entry as stored (as sent when it failed), and what became of it and why. */
export function flatResult(flat: FlatEntry, result: EntryResult): Record<string, unknown> {
  const { outcome, warnings, ...match } = result.match;
  const { personId, stored, errors } = result;
  const success = outcome !== 'failed' && outcome !== 'rolled_back';
  return {
    ...(personId !== undefined && { identifier: personId }),
    ...(success && stored ? flatPerson(stored) : flat.sent),
    ...groupsOf(flat, success ? match.skipped_groups : []),
    success,
    ...failureOf(outcome, errors),
    outcome,
    ...match,
    warnings: [...flat.warnings, ...warnings] satisfies FlatWarning[],
    ...(errors.length > 0 && { errors: errors.map(flatError) }),
  };
}

/** As they were named: sent again, the answer means the same groups. */
function groupsOf({ groups }: FlatEntry, skipped: readonly string[]): Record<string, readonly string[]> {
  const { ids, externalRefs } = groups?.named ?? {};
  const kept = (names: readonly string[]): string[] => names.filter((name) => !skipped.includes(name));
  return {
    ...(ids && { group_ids: kept(ids) }),
    ...(externalRefs && { groups_external_refs: kept(externalRefs) }),
  };
}

function failureOf(outcome: EntryResult['outcome'], [first]: readonly EntryError[]) {
  if (first) return { failure_reason: first.detail, failure_code: first.code };
  if (outcome !== 'rolled_back') return { failure_reason: '', failure_code: null };
  return {
    failure_reason: 'Another entry failed, and `atomic` undid this one; correct that and send all again.',
    failure_code: outcome,
  };
}

const flatError = ({ code, detail, pointer, meta }: EntryError) => ({
  code,
  detail,
  ...(pointer !== undefined && { source: { pointer } }),
  ...(meta && { meta }),
});
