import fc from 'fast-check';
import { readEnv } from '../../../src/config/index.js';
import { MergeService, type EntryResult, type MergeOptions } from '../../../src/people/merge/index.js';
import { expectSame, hasKey, leftIn, saidByModel, saidByProduct, saidWithoutIds } from './compare-answers.js';
import { MergeWorld } from './merge-world.js';
import { ModelDatabase } from './model-database.js';
import { actorOf } from './planned-model.js';
import { aRun, type RandomRequest, type RandomRun } from './random-requests.js';
import { runModel } from './reference-model.js';
import { copyOf } from './reference-world.js';

/** How many random worlds: a share, unless somebody asks for more. */
const RUNS = Number(process.env.KITH_MATCHING_WORLDS ?? 45);

const PATIENCE_MS = 60_000 + RUNS * 2_000;
const CHANGES = ['created', 'updated'];

describe('the service', () => {
  let world: MergeWorld;
  let rows: ModelDatabase;
  beforeAll(async () => {
    world = await MergeWorld.create();
    rows = new ModelDatabase(world.database);
  });
  afterAll(() => world.drop());

  const serviceOf = ({ defaults: { region, policy } }: RandomRun): MergeService =>
    new MergeService(
      world.database,
      readEnv({
        DATABASE_URL: 'postgres://nowhere',
        DEFAULT_PHONE_REGION: region,
        MATCH_CONFLICTING_REF: policy.conflictingRef,
        MATCH_NAME_GUARD: String(policy.nameGuard),
      }),
    );

  it(
    `answers and writes what the reference model says, over ${RUNS} random worlds`,
    async () => {
      const property = fc.asyncProperty(aRun(3, 6), async (run) => {
        const state = copyOf(run.world);
        const service = serviceOf(run);
        const touched = new Set<string | null>();
        await rows.put(state, run.caller);
        for (const { entries, options } of run.requests) {
          const send = (more: Partial<MergeOptions> = {}): Promise<EntryResult[]> =>
            service.run(entries, actorOf(state, run.caller), { ...options, ...more });
          const foreseen = await withoutAnyWrite(() => send({ dryRun: true }));
          const history = await rows.historyCount();
          const expected = runModel(state, entries, { ...run, options });
          const results = await send();
          const left = await rows.read(state);
          const isMade = (id: string): boolean => state.people.some((person) => person.id === id);
          expectSame(
            results.map((result) => saidByProduct(result, rows.idOf)),
            expected.map((result) => saidByModel(result, isMade)),
          );
          expectSame(leftIn(left), leftIn(state));
          expectSame(foreseen.map(saidWithoutIds), results.map(saidWithoutIds));
          const changes = options.dryRun ? [] : expected.filter(({ outcome }) => CHANGES.includes(outcome));
          expect((await rows.historyCount()) - history).toBe(changes.length);
          changes.forEach(({ person }) => touched.add(person));
          expectSame(await rows.touched(), [...touched].sort());
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );

  it(
    'writes nothing when an entry with a key is sent again',
    async () => {
      const property = fc.asyncProperty(aRun(1, 1), async (run) => {
        const [{ entries, options }] = run.requests as [RandomRequest];
        await rows.put(run.world, run.caller);
        const send = (): Promise<EntryResult[]> =>
          serviceOf(run).run(entries, actorOf(run.world, run.caller), { ...options, dryRun: false });
        const [done] = (await send()) as [EntryResult];
        fc.pre(done.errors.length === 0 && hasKey(done));
        const [again] = await withoutAnyWrite(send);
        expect(again).toMatchObject({ outcome: 'unchanged', personId: done.personId });
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );

  it(
    'leaves what the entries of a request would leave one by one',
    async () => {
      const property = fc.asyncProperty(aRun(1, 8), async (run) => {
        const [{ entries, options: asked }] = run.requests as [RandomRequest];
        const options = { ...asked, atomic: false, dryRun: false };
        const [service, actor] = [serviceOf(run), actorOf(run.world, run.caller)];
        await rows.put(run.world, run.caller);
        await service.run(entries, actor, options);
        const [together, history] = [await rows.read(run.world), await rows.historyCount()];
        await rows.put(run.world, run.caller);
        for (const entry of entries) await service.run([entry], actor, options);
        expectSame(leftIn(await rows.read(run.world)), leftIn(together));
        expect(await rows.historyCount()).toBe(history);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS / 3) });
    },
    PATIENCE_MS,
  );

  async function withoutAnyWrite<T>(work: () => Promise<T>): Promise<T> {
    const before = await rows.everything();
    const done = await work();
    expect(await rows.everything()).toBe(before);
    return done;
  }
});
