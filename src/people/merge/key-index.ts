import { Crowd } from './crowd.js';
import { differing, liveMemberships, type PersonState } from './person-state.js';

/** The key of a contact point, or of a reference, among those of all kinds. */
export const keyName = (kind: 'email' | 'phone' | 'ref', form: string): string => `${kind}:${form}`;

interface KeptCrowd {
  readonly crowd: Crowd;
  readonly keys: readonly string[];
  readonly labelsOf: (person: PersonState) => readonly string[];
}

/** Who holds which key; and, once somebody has asked for them, the crowds of those that many hold. */
export class KeyIndex {
  private readonly byKey = new Map<string, Set<string>>();
  private readonly crowds = new Map<string, KeptCrowd>();
  private readonly crowdsOfKey = new Map<string, KeptCrowd[]>();
  private readonly crowdsOfPerson = new Map<string, Set<KeptCrowd>>();

  holders(key: string): ReadonlySet<string> {
    return this.byKey.get(key) ?? NOBODY;
  }

  /** Costs what has changed: a person may have thousands of keys. */
  move(before: PersonState | undefined, after: PersonState): void {
    const [lost, gained] = changedKeys(before, after);
    const crowds = this.crowdsOfPerson.get(after.id) ?? new Set();
    for (const key of lost) this.byKey.get(key)?.delete(after.id);
    for (const key of gained) {
      const holders = this.byKey.get(key);
      if (holders) holders.add(after.id);
      else this.byKey.set(key, new Set([after.id]));
      this.crowdsOfKey.get(key)?.forEach((kept) => crowds.add(kept));
    }
    if (crowds.size > 0) this.crowdsOfPerson.set(after.id, crowds);
    for (const kept of crowds) this.label(kept, after);
  }

  /** The holders of any of the keys, seen from a place; kept up to date from now on. */
  crowd(
    place: string,
    keys: readonly string[],
    labelsOf: KeptCrowd['labelsOf'],
    people: (id: string) => PersonState | undefined,
  ): Crowd {
    const name = JSON.stringify([place, ...keys]);
    const known = this.crowds.get(name);
    if (known) return known.crowd;
    const kept = { crowd: new Crowd(), keys, labelsOf };
    this.crowds.set(name, kept);
    for (const key of keys) {
      this.crowdsOfKey.set(key, [...(this.crowdsOfKey.get(key) ?? []), kept]);
      for (const id of this.holders(key)) {
        const person = people(id);
        this.crowdsOfPerson.set(id, (this.crowdsOfPerson.get(id) ?? new Set()).add(kept));
        if (person) this.label(kept, person);
      }
    }
    return kept.crowd;
  }

  private label({ crowd, keys, labelsOf }: KeptCrowd, person: PersonState): void {
    const holds = keys.some((key) => this.holders(key).has(person.id));
    crowd.put(person.id, holds ? labelsOf(person) : []);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function changedKeys(
  before: PersonState | undefined,
  after: PersonState,
): [lost: string[], gained: string[]] {
  const [oldEmails, newEmails] = differing(before?.emails ?? [], after.emails);
  const [oldPhones, newPhones] = differing(before?.phones ?? [], after.phones);
  const sameRefs = before?.memberships === after.memberships && before.externalRef === after.externalRef;
  const [oldRefs, newRefs] = sameRefs ? [[], []] : [before ? refKeys(before) : [], refKeys(after)];
  return [
    [...pointKeys('email', oldEmails), ...pointKeys('phone', oldPhones), ...oldRefs],
    [...pointKeys('email', newEmails), ...pointKeys('phone', newPhones), ...newRefs],
  ];
}

const pointKeys = (kind: 'email' | 'phone', points: readonly { readonly normalForm: string }[]): string[] =>
  points.map(({ normalForm }) => keyName(kind, normalForm));

const refKeys = (person: PersonState): string[] =>
  [person.externalRef, ...liveMemberships(person).map(({ externalRef }) => externalRef)].flatMap((ref) =>
    ref === null ? [] : keyName('ref', ref),
  );
