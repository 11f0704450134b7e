import { NAMES, type AttributeName, type MatchPolicy } from './entry.js';
import type { FoundHits, Hit } from './find-hits.js';
import { comparedName, namesDiffer } from './compared-name.js';
import type { MatchedBy, NotTaken } from './match-report.js';
import type { MergeState } from './merge-state.js';
import type { EntryKeys, NormalEntry } from './normal-entry.js';
import type { PersonState } from './person-state.js';
import type { Scope } from './resolve-scope.js';

/** Why a hit was not taken. */
export type Refusals = ReadonlyMap<Hit, NotTaken>;

export type Verdict =
  | { readonly kind: 'match'; readonly hit: Hit; readonly matchedBy: MatchedBy }
  | { readonly kind: 'nobody' }
  | Ambiguous;

export interface Ambiguous {
  readonly kind: 'ambiguous';
  readonly among: readonly Hit[];
  /** How many more of them were not looked at. */
  readonly unseen: number;
}

/** The verdict, and what it was made of. */
export type Decision = Verdict & {
  readonly hits: readonly Hit[];
  readonly refusals: Refusals;
  /** How many more hold a key of the entry. */
  readonly unseenHits: number;
};

interface Question {
  readonly entry: NormalEntry;
  readonly keys: EntryKeys;
  readonly policy: MatchPolicy;
  readonly unseen: number;
}

interface Choice {
  readonly hit: Hit;
  readonly matchedBy: MatchedBy;
  readonly others: NotTaken;
}

/** Which person an entry means: the matching order. Pure. */
export function matchPerson(
  entry: NormalEntry,
  keys: EntryKeys,
  scope: Scope,
  { hits, unseen }: FoundHits,
  state: MergeState,
): Decision {
  const question = { entry, keys, policy: scope.policy, unseen: unseen.possible };
  const refusals = new Map<Hit, NotTaken>();
  const verdict = judge(hits, question, refusals, scope, state);
  return { ...verdict, hits, refusals, unseenHits: unseen.all };
}

function judge(
  hits: readonly Hit[],
  question: Question,
  refusals: Map<Hit, NotTaken>,
  scope: Scope,
  state: MergeState,
): Verdict {
  hits
    .filter(({ inScope }) => !inScope)
    .forEach((hit) =>
      refusals.set(hit, isArchivedHere(hit.person, scope, state) ? 'archived' : 'in_another_group'),
    );
  const candidates = hits.filter(({ inScope }) => inScope);
  const byRef = candidates.filter((hit) => hit.byRef);
  if (byRef.length > 0) return byReference(byRef, candidates, question, refusals);

  const [conflicting, left] = partition(candidates, (hit) => isConflicting(hit, question, scope, state));
  conflicting.forEach((hit) => refusals.set(hit, 'conflicting_ref'));
  return byContactPoint(left, question, refusals);
}

/** In the archive of a group where is looked, as far as the actor may know. */
const isArchivedHere = (person: PersonState, scope: Scope, state: MergeState): boolean =>
  person.memberships.some(
    ({ groupId, archivedAt }) =>
      archivedAt !== null && scope.includes(groupId) && state.readsArchive(groupId, person),
  );

/** One holder of the reference is it; several are told apart by the other keys, then by the names. */
function byReference(
  holders: readonly Hit[],
  candidates: readonly Hit[],
  question: Question,
  refusals: Map<Hit, NotTaken>,
): Verdict {
  candidates.filter((hit) => !hit.byRef).forEach((hit) => refusals.set(hit, 'another_has_external_ref'));
  const [first] = holders;
  if (first && holders.length === 1) return { kind: 'match', hit: first, matchedBy: 'external_ref' };
  const touched = holders.filter((hit) => hit.byEmail || hit.byPhone);
  const byKeys = touched.length === 1 ? touched[0] : onlyWithBothKeys(touched, question);
  const named = byKeys ? undefined : onlyAgreeing(touched.length > 0 ? touched : holders, question);
  const hit = byKeys ?? named;
  if (!hit) return ambiguous(holders, 0, refusals);
  refuse(holders, hit, refusals, named ? 'names_do_not_agree' : 'matches_fewer_keys');
  return { kind: 'match', hit, matchedBy: named ? 'name_tiebreak' : 'external_ref' };
}

function byContactPoint(
  candidates: readonly Hit[],
  question: Question,
  refusals: Map<Hit, NotTaken>,
): Verdict {
  if (candidates.length === 0) return { kind: 'nobody' };
  const choice = choose(candidates, question);
  if (!choice) return ambiguous(candidates, question.unseen, refusals);
  refuse(candidates, choice.hit, refusals, choice.others);
  if (question.policy.nameGuard && firstNamesDiffer(choice.hit, question.entry)) {
    refusals.set(choice.hit, 'name_guard');
    const others = candidates.filter((hit) => hit !== choice.hit);
    return { kind: 'ambiguous', among: [choice.hit, ...others], unseen: question.unseen };
  }
  return { kind: 'match', hit: choice.hit, matchedBy: choice.matchedBy };
}

/** (a) the only one with both keys, else (b) the only one who agrees with every name given. */
function choose(candidates: readonly Hit[], question: Question): Choice | undefined {
  const [only] = candidates;
  if (only && candidates.length === 1)
    return { hit: only, matchedBy: matchedByOf(only), others: 'matches_fewer_keys' };
  const both = onlyWithBothKeys(candidates, question);
  if (both) return { hit: both, matchedBy: 'email_address+phone_number', others: 'matches_fewer_keys' };
  const agreeing = onlyAgreeing(candidates, question);
  return agreeing && { hit: agreeing, matchedBy: 'name_tiebreak', others: 'names_do_not_agree' };
}

function matchedByOf({ byEmail, byPhone }: Hit): MatchedBy {
  if (byEmail && byPhone) return 'email_address+phone_number';
  return byEmail ? 'email_address' : 'phone_number';
}

function onlyWithBothKeys(hits: readonly Hit[], { keys }: Question): Hit | undefined {
  if (keys.emails.length === 0 || keys.phones.length === 0) return undefined;
  return onlyOne(hits.filter((hit) => hit.byEmail && hit.byPhone));
}

/** A stored null does not agree with a name; without any name given nobody can be told apart. */
function onlyAgreeing(hits: readonly Hit[], { entry }: Question): Hit | undefined {
  const given = NAMES.filter((name) => comparedName(entry.attributes, name) !== null);
  if (given.length === 0) return undefined;
  const agrees = ({ person }: Hit, name: AttributeName): boolean =>
    comparedName(person.attributes, name) === comparedName(entry.attributes, name);
  return onlyOne(hits.filter((hit) => given.every((name) => agrees(hit, name))));
}

const onlyOne = (hits: readonly Hit[]): Hit | undefined => (hits.length === 1 ? hits[0] : undefined);

export const firstNamesDiffer = ({ person }: Hit, { attributes }: NormalEntry): boolean =>
  namesDiffer(attributes, person.attributes, 'first_name');

/** Policy `conflicting_ref`: has the candidate, known under another reference, to stay another person? */
function isConflicting(
  hit: Hit,
  { entry, keys, policy }: Question,
  scope: Scope,
  state: MergeState,
): boolean {
  if (keys.externalRef === null || state.sightOf(hit.person, scope).refs.length === 0) return false;
  if (policy.conflictingRef === 'by_name') return firstNamesDiffer(hit, entry);
  return policy.conflictingRef === 'separate';
}

function ambiguous(among: readonly Hit[], unseen: number, refusals: Map<Hit, NotTaken>): Verdict {
  among.forEach((hit) => refusals.set(hit, 'ambiguous'));
  return { kind: 'ambiguous', among, unseen };
}

function refuse(hits: readonly Hit[], taken: Hit, refusals: Map<Hit, NotTaken>, reason: NotTaken): void {
  hits.filter((hit) => hit !== taken).forEach((hit) => refusals.set(hit, reason));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
