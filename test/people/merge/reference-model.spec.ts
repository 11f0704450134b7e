import fc from 'fast-check';
import type { EntryResult } from '../../../src/people/merge/entry.js';
import { LIMITS } from '../../../src/people/merge/limits.js';
import { expectSame, hasKey, leftIn, saidByModel, saidByProduct, sharedRefs } from './compare-answers.js';
import { planInModel, readablePeople } from './planned-model.js';
import { aRun, type RandomRequest, type RandomRun } from './random-requests.js';
import { runModel } from './reference-model.js';
import { copyOf } from './reference-world.js';

/** How many random entries are compared: a share of a million, unless somebody asks for more. */
const ENTRIES = Number(process.env.KITH_MATCHING_ENTRIES ?? 10_000);

describe('the planner', () => {
  it(`decides like the reference model, over ${ENTRIES} random entries`, () => {
    let compared = 0;
    const property = fc.property(aRun(3, 6), fc.constantFrom(LIMITS.paired, 0, 1, 2), (run, paired) => {
      compared += compare(run, paired);
    });
    const { seed = Date.now() } = fc.readConfigureGlobal();
    for (let round = 0; compared < ENTRIES; round += 1)
      fc.assert(property, { numRuns: 100, seed: seed + round });
  });

  it('leaves and answers the same when the entries of a request come one by one', () => {
    const property = fc.property(aRun(1, 8), ({ world, requests, ...asking }) => {
      const [{ entries, options }] = requests as [RandomRequest];
      const request = { ...asking, options: { ...options, atomic: false, dryRun: false } };
      const together = planInModel(world, entries, request);
      let apart = world;
      const results = entries.flatMap((entry) => {
        const alone = planInModel(apart, [entry], request);
        apart = alone.world;
        return alone.results;
      });
      expectSame(together.results.map(saidAlone), results.map(saidAlone));
      expectSame(leftIn(together.world), leftIn(apart));
    });
    fc.assert(property, { numRuns: ENTRIES / 20 });
  });

  it('answers as if the people out of reach did not exist', () => {
    const property = fc.property(aRun(1, 6), ({ world, requests, ...asking }) => {
      const [{ entries, options }] = requests as [RandomRequest];
      const alone = { ...world, people: readablePeople(world, asking.caller) };
      const request = { ...asking, options };
      expectSame(planInModel(alone, entries, request).results, planInModel(world, entries, request).results);
    });
    fc.assert(property, { numRuns: ENTRIES / 20 });
  });

  it('changes nothing when an entry with a key is sent again', () => {
    const property = fc.property(aRun(1, 1), ({ world, requests, ...asking }) => {
      const [{ entries, options }] = requests as [RandomRequest];
      const request = { ...asking, options: { ...options, dryRun: false } };
      const once = planInModel(world, entries, request);
      const [done] = once.results;
      fc.pre(done?.errors.length === 0 && hasKey(done));
      const again = planInModel(once.world, entries, request);
      expect(again.results).toMatchObject([{ outcome: 'unchanged', personId: done?.personId }]);
      expectSame(again.world, once.world);
    });
    fc.assert(property, { numRuns: ENTRIES / 10 });
  });
});

/** Request after request, each in the world that the one before has left. @returns the number of entries */
function compare({ world, caller, defaults, requests }: RandomRun, paired: number): number {
  const state = copyOf(world);
  for (const { entries, options } of requests) {
    const request = { caller, options, defaults, paired };
    const planned = planInModel(copyOf(state), entries, request, { ...LIMITS, paired });
    const expected = runModel(state, entries, request);
    expectSame(
      planned.results.map((result) => saidByProduct(result)),
      expected.map((result) => saidByModel(result)),
    );
    expectSame(leftIn(planned.world), leftIn(state));
    expectSame(sharedRefs(planned.world), []);
    // Each of the two calls a held entry by a name of its own, which the other would not know again.
    Object.assign(state, planned.world, { held: [] });
  }
  return requests.reduce((count, { entries }) => count + entries.length, 0);
}

/** Only entries of one request can be duplicates of each other. */
const saidAlone = (result: EntryResult) => ({ ...saidByProduct(result), duplicateOfIndex: null });
