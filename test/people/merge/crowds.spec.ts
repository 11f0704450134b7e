import fc from 'fast-check';
import type { EntryResult } from '../../../src/people/merge/entry.js';
import { LIMITS } from '../../../src/people/merge/limits.js';
import type { HeldEntry, MergePlan } from '../../../src/people/merge/merge-plan.js';
import type { PersonState } from '../../../src/people/merge/person-state.js';
import { expectSame } from './compare-answers.js';
import { planInModel } from './planned-model.js';
import { left, person, plan, verdict, type PersonWords } from './planning-world.js';
import { aRun, type RandomRequest } from './random-requests.js';

const PHONE = '212 555 0100';
const EMAIL = 'info@example.org';
const RUNS = Number(process.env.KITH_MATCHING_ENTRIES ?? 10_000) / 50;

describe('a key that many people share', () => {
  it('is decided the same when one holder is a crowd, of which an answer names one', () => {
    const property = fc.property(aRun(1, 8), ({ world, requests, ...asking }) => {
      const [{ entries, options }] = requests as [RandomRequest];
      const request = { ...asking, options };
      const whole = planInModel(world, entries, request);
      const cut = planInModel(world, entries, request, { ...LIMITS, crowd: 0, told: 1 });
      expectSame(cut.results.map(decided), whole.results.map(decided));
      expectSame(cut.results.map(numberOfCandidates), whole.results.map(numberOfCandidates));
      expectSame(cut.plan.changes, whole.plan.changes);
      expectSame(cut.plan.held.map(heldAs), whole.plan.held.map(heldAs));
      expectSame(firstPairs(cut.plan), firstPairs(whole.plan));
    });
    fc.assert(property, { numRuns: RUNS });
  });

  const crowd = (count: number, words: (i: number) => PersonWords = () => ({})): PersonState[] =>
    Array.from({ length: count }, (_, i) =>
      person(String(1000 + i), {
        ...{ first: `P${i}`, phones: [PHONE], emails: [`p${i}@x.org`], groups: { 1: `R${i}`, 2: `R${i}` } },
        ...words(i),
      }),
    );

  it('finds the one of all names among them, wherever it stands', () => {
    const made = plan([{ phone: PHONE, first: 'P180' }], { people: crowd(200) });
    expect(verdict(made)).toBe('unchanged name_tiebreak 1180');
  });

  it('finds the one who has the other key as well', () => {
    const shared = crowd(200, (i) => ({ emails: i < 100 || i === 170 ? [EMAIL] : [] }));
    const people = shared.map((each, i) => (i < 100 ? { ...each, phones: [] } : each));
    expect(verdict(plan([{ phone: PHONE, email: EMAIL }], { people }))).toBe(
      'unchanged email_address+phone_number 1170',
    );
  });

  it('names the oldest, and says how many it leaves out', () => {
    const made = plan([{ phone: PHONE, first: 'Ada' }], { people: crowd(200) });
    const ids = Array.from({ length: 25 }, (_, i) => String(1000 + i));
    expect(verdict(made)).toBe('failed ambiguous_match');
    expect(made.results[0]?.match.candidates.map(({ id }) => id)).toEqual(ids);
    expect(made.results[0]?.match.left_out).toEqual({ candidates: 175 });
    expect(made.results[0]?.errors[0]?.meta).toEqual({ candidate_ids: ids });
    expect(made.held).toMatchObject([{ candidateIds: ids, evidence: { candidates_left_out: 175 } }]);
  });

  const STRANGER = { phone: PHONE, ref: 'New', first: 'Ada' };

  it('queues as many pairs with a new person as an answer names, and says with whom', () => {
    const made = plan([STRANGER], { people: crowd(64) });
    expect(verdict(made)).toBe('created');
    expect(made.pairs).toHaveLength(25);
    expect(made.results[0]?.match.queued_with).toEqual(made.pairs.map(({ otherId }) => otherId));
    expect(made.results[0]?.match.warnings).toEqual([]);
  });

  it('queues none once more than 64 have it, and says so', () => {
    const made = plan([STRANGER], { people: crowd(65) });
    expect(verdict(made)).toBe('created');
    expect(made.pairs).toEqual([]);
    expect(made.results[0]?.match).not.toHaveProperty('queued_with');
    expect(made.results[0]?.match.warnings).toMatchObject([{ code: 'crowded_key' }]);
  });

  it('queues of thousands of new people those of the first 65 only', () => {
    const entries = Array.from({ length: 1000 }, (_, i) => ({ phone: PHONE, ref: `N${i}`, first: `P${i}` }));
    const made = plan(entries);
    expect(made.changes).toHaveLength(1000);
    expect(made.pairs).toHaveLength((25 * 26) / 2 + 25 * 39);
  });

  it('leaves the pairs of another key as they are', () => {
    const people = crowd(65, (i) => (i === 40 ? { emails: [EMAIL] } : {}));
    const made = plan([{ ...STRANGER, email: EMAIL }], { people });
    expect(made.pairs).toMatchObject([{ otherId: '1040', evidence: { reason: 'conflicting_ref' } }]);
  });

  it('is the same held entry, however many hold the key', () => {
    const held = [3, 60, 200].map((count) => plan([{ phone: PHONE }], { people: crowd(count) }).held[0]);
    expect(new Set(held.map((each) => each?.fingerprint)).size).toBe(1);
  });

  it('costs each entry the same, however many they are', () => {
    const costs = [300, 3000].map((count) => {
      const { people, reads } = counting(crowd(count));
      const entries = Array.from({ length: 50 }, (_, i) => ({
        phone: PHONE,
        ref: `New${i}`,
        first: `N${i}`,
      }));
      plan(entries.slice(0, 1), { people });
      const first = reads();
      plan(entries, { people });
      return reads() - 2 * first;
    });
    expect(costs[0]).toBe(costs[1]);
  });
});

describe('a person who collects thousands of e-mails', () => {
  const emails = Array.from({ length: 500 }, (_, i) => `e${i}@x.org`);
  const entries = emails.map((email) => ({ ref: 'R1', email }));

  it('is told as far as the answer names them, the primary and the changed ones first', () => {
    const made = plan(entries);
    expect(left(made, 499).emails).toHaveLength(500);
    const { changes, left_out } = made.results[499]?.match ?? {};
    const [before, after] = (changes?.['email_addresses'] ?? []) as [string[], string[]];
    expect(before).toHaveLength(25);
    expect(before.slice(0, 3)).toEqual(['e498@x.org', 'e0@x.org', 'e1@x.org']);
    expect(after).toHaveLength(25);
    expect(after.slice(0, 4)).toEqual(['e499@x.org', 'e498@x.org', 'e0@x.org', 'e1@x.org']);
    expect(left_out).toEqual({ changes: { email_addresses: [474, 475] } });
  });

  it('is answered in no more words by the last entry than by the thirtieth', () => {
    const made = plan(entries);
    const words = [30, 499].map((i) => made.results[i]?.match.changes['email_addresses']?.flat().length);
    expect(words).toEqual([50, 50]);
  });
});

/** Everything but the lists that are cut, and the advice of whom they tell. */
const decided = ({ match, errors, ...result }: EntryResult) => ({
  ...result,
  match: {
    ...match,
    candidates: match.candidates.filter(({ taken }) => taken),
    changes: {},
    left_out: {},
    queued_with: [],
  },
  changed: Object.keys(match.changes),
  errors: errors.map((error) => ({
    ...error,
    detail: error.code === 'ambiguous_match' ? '' : error.detail,
    meta: undefined,
  })),
});

const numberOfCandidates = ({ match: { candidates, left_out } }: EntryResult): number =>
  candidates.length + (left_out?.candidates ?? 0);

const heldAs = ({ fingerprint, candidateIds, evidence }: HeldEntry) => ({
  fingerprint,
  first: candidateIds[0],
  count: candidateIds.length + ((evidence['candidates_left_out'] as number | undefined) ?? 0),
});

/** Of each person the first pair of what they have in common. */
function firstPairs({ pairs }: MergePlan): unknown[] {
  const seen = new Set<string>();
  return pairs.filter(({ personId, evidence }) => {
    if (evidence['reason'] === 'membership_conflict') return false;
    return !seen.has(personId) && seen.add(personId);
  });
}

/** Counts how often the rules look at what a person has. */
function counting(people: readonly PersonState[]): { people: PersonState[]; reads: () => number } {
  let count = 0;
  const watched = people.map((each) =>
    Object.defineProperty({ ...each }, 'memberships', {
      get: () => {
        count += 1;
        return each.memberships;
      },
      enumerable: true,
    }),
  );
  return { people: watched, reads: () => count };
}
