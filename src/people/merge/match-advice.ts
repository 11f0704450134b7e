import { comparedName } from './compared-name.js';
import { NAMES, type AttributeName } from './entry.js';
import type { Hit } from './find-hits.js';
import type { Ambiguous, Decision } from './match-person.js';
import type { MergeState } from './merge-state.js';
import type { NormalEntry } from './normal-entry.js';
import type { Scope } from './resolve-scope.js';

/** From where is looked, by which rules. */
export interface Place {
  readonly scope: Scope;
  readonly state: MergeState;
}

type Undecided = Decision & Ambiguous;

/** Somebody of another first name was taken: what would keep the two apart. */
export function mismatchAdvice(entry: NormalEntry, hit: Hit, place: Place): string {
  const name = hit.person.attributes.first_name;
  return (
    `The person who was found had the first name ${name}, and was taken all the same; \`changes\` tells what was ` +
    `written over. For somebody else, ${apart(entry, hit, place)}. \`name_guard=true\` refuses such an entry.`
  );
}

/** Nobody was taken: what would decide, in this case and no other. */
export function ambiguityAdvice(entry: NormalEntry, decision: Undecided, place: Place): string {
  const [first] = decision.among;
  if (first && decision.refusals.get(first) === 'name_guard')
    return guardAdvice(entry, first, decision.among.length + decision.unseen > 1, place);
  if (first?.byRef)
    return 'Several people have this external reference, each in another group; name only the group that is meant.';
  return `More than one person may be meant; ${ways(entry, decision, place).join(', or ')}.`;
}

function guardAdvice(entry: NormalEntry, hit: Hit, hasOthers: boolean, place: Place): string {
  const other = hasOthers ? givenRef(entry) : apart(entry, hit, place);
  return (
    'The person who was found has another first name, which `name_guard` forbids. Where she is meant, leave the first ' +
    `name out; for somebody else, ${other}.`
  );
}

/** A reference keeps two apart only where both have one, and names alone do so only until one is written over. */
function apart({ keys }: NormalEntry, { person }: Hit, { scope, state }: Place): string {
  const isKnown = state.sightOf(person, scope).refs.length > 0;
  if (isKnown && keys.externalRef !== null) return 'send it with `conflicting_ref=separate`';
  const both = 'an external reference of their own and `conflicting_ref=separate`';
  return isKnown
    ? `send ${both}`
    : `give the one who was found an external reference first, then send the other with ${both}`;
}

/** This decides in every case. */
const givenRef = ({ keys }: NormalEntry): string =>
  keys.externalRef === null
    ? 'send the external reference of whom you mean (give them one first, where they have none)'
    : 'give whom you mean this external reference first';

function ways(entry: NormalEntry, { among, unseen }: Undecided, { scope, state }: Place): string[] {
  // Of more than are told, not all may have been looked at.
  if (among.length + unseen > state.limits.told) return [givenRef(entry)];
  const names = tellingNames(entry, among).map((name) => `\`${name}\``);
  const allKnown = among.every(({ person }) => state.sightOf(person, scope).refs.length > 0);
  const separate =
    entry.keys.externalRef === null
      ? 'send an external reference of their own with `conflicting_ref=separate` for somebody new'
      : 'send `conflicting_ref=separate` for somebody new';
  return [
    ...(names.length > 0 ? [`send ${names.join(' or ')} too`] : []),
    givenRef(entry),
    ...(allKnown ? [separate] : []),
  ];
}

/** The names not given that one alone has, of those who agree in the names that are given. */
function tellingNames({ attributes }: NormalEntry, among: readonly Hit[]): AttributeName[] {
  const nameOf = ({ person }: Hit, name: AttributeName) => comparedName(person.attributes, name);
  const [given, open] = [
    NAMES.filter((name) => comparedName(attributes, name) !== null),
    NAMES.filter((name) => comparedName(attributes, name) === null),
  ];
  const agreeing = among.filter((hit) =>
    given.every((name) => nameOf(hit, name) === comparedName(attributes, name)),
  );
  return open.filter((name) => {
    const held = agreeing.flatMap((hit) => nameOf(hit, name) ?? []);
    return held.some((one) => held.filter((other) => other === one).length === 1);
  });
}
