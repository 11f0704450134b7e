import fc from 'fast-check';
import { readEnv } from '../../../src/config/index.js';
import { MergeService, type EntryResult } from '../../../src/people/merge/index.js';
import { leftIn, saidByModel, saidByProduct } from './compare-answers.js';
import { MergeWorld } from './merge-world.js';
import { ModelDatabase } from './model-database.js';
import { actorOf } from './planned-model.js';
import { aRun, type RandomRequest, type RandomRun } from './random-requests.js';
import { COLLEAGUE } from './random-worlds.js';
import { runModel, type ModelResult } from './reference-model.js';
import { copyOf, type ModelCaller, type ModelWorld } from './reference-world.js';

const RUNS = Math.ceil(Number(process.env.KITH_MATCHING_WORLDS ?? 45) / 3);
const PATIENCE_MS = 60_000 + RUNS * 3_000;

describe('requests of several callers at once', () => {
  let world: MergeWorld;
  let rows: ModelDatabase;
  beforeAll(async () => {
    world = await MergeWorld.create();
    rows = new ModelDatabase(world.database);
  });
  afterAll(() => world.drop());

  it(
    'leave, and are answered, what some order of them one after the other would',
    async () => {
      const property = fc.asyncProperty(fc.noBias(aRun(4, 4)), async (run) => {
        await rows.put(run.world, run.caller);
        const answers = await Promise.all(run.requests.map((_, index) => send(run, index)));
        const left = shape(await rows.read(run.world), answers.map(answerShape));
        const orders = permutations(run.requests.map((_, index) => index));
        const possible = orders.map((order) => inTurn(run, order));
        if (!possible.includes(left)) expect(left).toBe(possible.join('\n'));
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );

  function send(run: RandomRun, index: number): Promise<EntryResult[]> {
    const { region, policy } = run.defaults;
    const service = new MergeService(
      world.database,
      readEnv({
        DATABASE_URL: 'postgres://nowhere',
        DEFAULT_PHONE_REGION: region,
        MATCH_CONFLICTING_REF: policy.conflictingRef,
        MATCH_NAME_GUARD: String(policy.nameGuard),
      }),
    );
    const { entries, options } = run.requests[index] as RandomRequest;
    return service.run(entries, actorOf(run.world, callerOf(run, index)), options);
  }
});

/** Every other request comes from the colleague. */
const callerOf = ({ caller }: RandomRun, index: number): ModelCaller =>
  index % 2 === 0 ? caller : { person: COLLEAGUE, superAdmin: false };

/** What the model leaves and answers when the requests come in this order. */
function inTurn(run: RandomRun, order: readonly number[]): string {
  const state = copyOf(run.world);
  const answers: string[] = [];
  for (const index of order) {
    const { entries, options } = run.requests[index] as RandomRequest;
    const results = runModel(state, entries, {
      caller: callerOf(run, index),
      options,
      defaults: run.defaults,
    });
    answers[index] = modelShape(results);
  }
  return shape(state, answers);
}

/** Ids of new people depend on the order; so people stand here without them, sorted by what they are. */
function shape(world: ModelWorld, answers: readonly string[]): string {
  const { people, pairs, held } = leftIn(world);
  const nameless = people.map((person) => text({ ...person, id: undefined, createdBy: undefined }));
  return text({ people: nameless.sort(), pairs: pairs.length, held: held.length, answers });
}

/** JSON with members in one order. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );

const withoutPeople = (said: ReturnType<typeof saidByProduct>): string =>
  text({ ...said, person: undefined, considered: undefined });
const answerShape = (results: readonly EntryResult[]): string =>
  results.map((result) => withoutPeople(saidByProduct(result))).join();
const modelShape = (results: readonly ModelResult[]): string =>
  results.map((result) => withoutPeople(saidByModel(result))).join();

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
