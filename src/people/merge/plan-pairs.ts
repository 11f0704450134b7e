import type { EntryDraft, PairNote } from './entry-draft.js';
import { kindsOf, type Hit } from './find-hits.js';
import type { NotTaken } from './match-report.js';
import type { Refusals } from './match-person.js';
import { liveMemberships } from './person-state.js';

/** A key that many people share must not fill the queue, nor the answer. */
export const MAX_TOLD = 25;

/**
 * Who may be the same person: everybody with a key of the entry which the one who was taken did not have. A new person
 * had none.
 */
export function planPairs(draft: EntryDraft, refusals: Refusals): void {
  const told = [...refusals].filter(([hit]) => isBridged(draft, hit)).slice(0, MAX_TOLD);
  draft.pairs.push(...told.map(([hit, reason]) => pairWith(draft, hit, reason)));
}

function isBridged({ before, keys, state }: EntryDraft, { person, byRef, byRefElsewhere }: Hit): boolean {
  if (before === null) return true;
  const newRef = (byRef || byRefElsewhere) && !state.knownRefs(before).includes(keys.externalRef ?? '');
  const newEmail = keys.emails.some((form) => !holds(before.emails, form) && holds(person.emails, form));
  const newPhone = keys.phones.some((form) => !holds(before.phones, form) && holds(person.phones, form));
  return newRef || newEmail || newPhone;
}

const holds = (points: readonly { readonly normalForm: string }[], form: string): boolean =>
  points.some(({ normalForm }) => normalForm === form);

function pairWith({ person, keys, scope, state }: EntryDraft, hit: Hit, reason: NotTaken): PairNote {
  const other = hit.person;
  const groups = liveMemberships(other).map(({ groupId }) => groupId);
  return {
    kind: groups.length > 0 && !groups.some(scope.includes) ? 'cross_group' : 'pair',
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
