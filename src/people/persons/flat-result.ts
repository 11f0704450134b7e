import type { EntryError, EntryResult, StoredEntry, Warning } from '../merge/index.js';
import type { FlatEntry } from './flat-entry.js';

/** What a person shows, flat. */
export const flatPerson = ({ attributes, externalRef, emailAddress, phoneNumber }: StoredEntry) => ({
  ...attributes,
  external_ref: externalRef,
  email_address: emailAddress,
  phone_number: phoneNumber,
});

/**
 * One of the `persons` of an answer: the entry as stored (what could be read of it when it failed), and what became of it and why.
 * @param failing the places of those that failed
 */
export function flatResult(
  flat: FlatEntry,
  result: EntryResult,
  failing: readonly number[],
): Record<string, unknown> {
  const { personId, stored, errors, match } = result;
  const success = match.outcome !== 'failed' && match.outcome !== 'rolled_back';
  const { ids, externalRefs } = flat.groups?.named ?? {};
  const groups = success ? stored?.namedGroups : undefined;
  // What is undefined is not in the JSON: of ten thousand entries each object that is copied into another is garbage.
  return {
    identifier: personId,
    ...(success && stored ? flatPerson(stored) : flat.sent),
    group_ids: ids && storedAmong(ids, groups),
    groups_external_refs: externalRefs && storedAmong(externalRefs, groups),
    success,
    ...failureOf(match.outcome, errors, failing),
    ...match,
    warnings: [...flat.warnings, ...match.warnings] satisfies Warning[],
    errors: errors.length > 0 ? errors.map(flatError) : undefined,
  };
}

/** As they were named, but for those in which the person is not. */
const storedAmong = (names: readonly string[], stored: readonly string[] | undefined): readonly string[] =>
  stored ? names.filter((name) => stored.includes(name)) : names;

function failureOf(
  outcome: EntryResult['outcome'],
  [first, ...others]: readonly EntryError[],
  [failed, ...failedToo]: readonly number[],
) {
  if (first) return { failure_reason: reasonOf(first, others.length), failure_code: first.code };
  if (outcome !== 'rolled_back') return { failure_reason: '', failure_code: null };
  const more = failedToo.length > 0 ? ` and ${failedToo.length} more` : '';
  return {
    failure_reason: `The entry /persons/${failed}${more} failed, and \`atomic\` undid this one; correct that and send all again.`,
    failure_code: outcome,
  };
}

/** The first problem, of which member of the entry it is, and how many more there are. */
function reasonOf({ detail, pointer = '' }: EntryError, others: number): string {
  const [, member] = /^\/persons\/\d+\/(.+)$/.exec(pointer) ?? [];
  const more = others > 0 ? ` ${others} more in \`errors\`.` : '';
  return `${member === undefined ? '' : `${member}: `}${detail}${more}`;
}

const flatError = ({ code, detail, pointer, meta }: EntryError) => ({
  code,
  detail,
  ...(pointer !== undefined && { source: { pointer } }),
  ...(meta && { meta }),
});
