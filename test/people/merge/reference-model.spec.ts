import fc from 'fast-check';
import { expectSame, leftIn, saidByModel, saidByProduct, sharedRefs } from './compare-answers.js';
import { planInModel } from './planned-model.js';
import { aRun, type RandomRun } from './random-requests.js';
import { runModel } from './reference-model.js';
import { copyOf } from './reference-world.js';

/** How many random entries are compared: a share of a million, unless somebody asks for more. */
const ENTRIES = Number(process.env.KITH_MATCHING_ENTRIES ?? 10_000);

describe('the planner', () => {
  it(`decides like the reference model, over ${ENTRIES} random entries`, () => {
    let compared = 0;
    const property = fc.property(aRun(3, 6), (run) => {
      compared += compare(run);
    });
    while (compared < ENTRIES) fc.assert(property, { numRuns: 100 });
  });
});

/** Request after request, each in the world that the one before has left. @returns the number of entries */
function compare({ world, caller, defaults, requests }: RandomRun): number {
  const state = copyOf(world);
  for (const { entries, options } of requests) {
    const request = { caller, options, defaults };
    const planned = planInModel(copyOf(state), entries, request);
    const expected = runModel(state, entries, request);
    expectSame(planned.results.map(saidByProduct), expected.map(saidByModel));
    expectSame(leftIn(planned.world), leftIn(state));
    expectSame(sharedRefs(planned.world), []);
    Object.assign(state, planned.world);
  }
  return requests.reduce((count, { entries }) => count + entries.length, 0);
}
