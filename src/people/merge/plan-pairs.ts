import type { EntryDraft, PairNote } from './entry-draft.js';
import { kindsOf, type Hit } from './find-hits.js';
import type { NotTaken } from './match-report.js';
import type { Refusals } from './match-person.js';
import type { EntryKeys } from './normal-entry.js';
import { liveMemberships, type PersonState } from './person-state.js';

/** A key that many people share must not fill the queue, nor the answer. */
export const MAX_TOLD = 25;

/**
 * Who may be the same person. A new person and those it was not: always. A matched one and the others: only if the
 * entry bridges them, bringing a key of the other to the one who did not have it.
 */
export function planPairs(draft: EntryDraft, refusals: Refusals): void {
  const told = [...refusals].filter(([hit, reason]) => isQueued(draft, hit, reason)).slice(0, MAX_TOLD);
  draft.pairs.push(...told.map(([hit, reason]) => pairWith(draft, hit, reason)));
}

function isQueued({ before, mode, keys }: EntryDraft, { person, inScope }: Hit, reason: NotTaken): boolean {
  if (mode === 'create' || before === null)
    return reason === 'conflicting_ref' || reason === 'in_another_group';
  return inScope && isBridged(keys, before, person);
}

function isBridged({ emails, phones }: EntryKeys, before: PersonState, other: PersonState): boolean {
  const newEmail = emails.some((form) => !holds(before.emails, form) && holds(other.emails, form));
  return newEmail || phones.some((form) => !holds(before.phones, form) && holds(other.phones, form));
}

const holds = (points: readonly { readonly normalForm: string }[], form: string): boolean =>
  points.some(({ normalForm }) => normalForm === form);

function pairWith({ person, keys, state }: EntryDraft, hit: Hit, reason: NotTaken): PairNote {
  const other = hit.person;
  const groups = liveMemberships(other).map(({ groupId }) => groupId);
  return {
    kind: reason === 'in_another_group' && groups.length > 0 ? 'cross_group' : 'pair',
    personId: person.id,
    otherId: other.id,
    groupId: groups.find(state.isWithinReach) ?? null,
    evidence: {
      reason,
      matched_by: kindsOf(hit),
      email_addresses: keys.emails.filter((form) => holds(other.emails, form)),
      phone_numbers: keys.phones.filter((form) => holds(other.phones, form)),
      external_ref: hit.byRef || hit.byRefElsewhere ? keys.externalRef : null,
    },
  };
}
