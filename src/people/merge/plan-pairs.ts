import { pointerTo } from './entry.js';
import { warn, type EntryDraft, type PairNote } from './entry-draft.js';
import { kindsOf, type Hit } from './find-hits.js';
import type { NotTaken } from './match-report.js';
import { keyName } from './key-index.js';
import type { Decision } from './match-person.js';
import type { EntryKeys } from './normal-entry.js';
import { liveMemberships } from './person-state.js';

/**
 * Who may be the same person: everybody with a key of the entry which the one who was taken did not have. A new person
 * had none. That two people share the phone of a school says nothing of them, so a crowded key makes no pair.
 */
export function planPairs(draft: EntryDraft, { hits, refusals }: Decision): void {
  const { before, keys, state } = draft;
  const ref = keys.externalRef;
  const isNew = (key: string): boolean => before === null || !state.holders(key).has(before.id);
  const isCrowded = (key: string): boolean => state.holders(key).size > state.limits.paired;
  const newKeys = pointKeys(keys).filter((key) => isNew(key) && !isCrowded(key));
  const isNewRef = ref !== null && !(before && state.knownRefs(before).includes(ref));
  const bridged = hits.filter((hit) => {
    if (!refusals.has(hit)) return false;
    const byNewRef = isNewRef && (hit.byRef || hit.byRefElsewhere);
    return byNewRef || newKeys.some((key) => state.holders(key).has(hit.person.id));
  });
  for (const hit of bridged.slice(0, state.limits.told)) {
    const reason = refusals.get(hit);
    if (reason) draft.pairs.push(pairWith(draft, hit, reason));
  }
  const holdsNone = (key: string): boolean => hits.every(({ person }) => !state.holders(key).has(person.id));
  for (const key of pointKeys(keys).filter((each) => isNew(each) && isCrowded(each)))
    if (!holdsNone(key)) tellCrowd(draft, key);
}

function tellCrowd(draft: EntryDraft, key: string): void {
  const { entry, state } = draft;
  const [emails, phones] = [entry.emails ?? [], entry.phones ?? []];
  const input =
    emails.find(({ normalForm }) => normalForm && keyName('email', normalForm) === key) ??
    phones.find(({ normalForm }) => normalForm && keyName('phone', normalForm) === key);
  const detail =
    `More than ${state.limits.paired} people have this; that is no reason to take one for another, so no pair ` +
    'was put before the administrators for it.';
  warn(draft, 'crowded_key', detail, input?.pointer || pointerTo(entry.source, 'entry'));
}

const pointKeys = ({ emails, phones }: EntryKeys): string[] => [
  ...emails.map((form) => keyName('email', form)),
  ...phones.map((form) => keyName('phone', form)),
];

function pairWith({ person, keys, scope, state }: EntryDraft, hit: Hit, reason: NotTaken): PairNote {
  const other = hit.person;
  const live = liveMemberships(other).filter(({ groupId }) => state.isWithinReach(groupId));
  const groups = liveMemberships(other).map(({ groupId }) => groupId);
  const ref = hit.byRef || hit.byRefElsewhere ? keys.externalRef : null;
  // The pair stands under the group that knows the reference: its administrators may read it.
  const knowing = live.find(({ externalRef }) => ref !== null && externalRef === ref);
  return {
    kind: groups.length > 0 && !groups.some(scope.includes) ? 'cross_group' : 'pair',
    personId: person.id,
    otherId: other.id,
    groupId: (knowing ?? live[0])?.groupId ?? null,
    evidence: {
      // Her archive is not for all who read the pair.
      reason: reason === 'archived' ? 'in_another_group' : reason,
      matched_by: kindsOf(hit),
      email_addresses: keys.emails.filter((form) => state.holders(keyName('email', form)).has(other.id)),
      phone_numbers: keys.phones.filter((form) => state.holders(keyName('phone', form)).has(other.id)),
      external_ref: knowing ? ref : null,
    },
  };
}
