import { TokenService } from '../../src/auth/index.js';
import { World } from '../support/factories/world.factory.js';
import { comparable, crawl, readingOf, rereading, writingOf, type Seen } from './crawl.js';
import { faultsOf } from './faults-of.js';
import { CLIENT, fillWorld } from './fill-world.js';
import { SightModel } from './sight-model.js';
import { worldWithout } from './world-without.js';
import { randomPlan, type Plan } from './world-plan.js';

/** More of them, and others, on request: KITH_WORLDS=200 KITH_WORLD_SEED=7. */
const { KITH_WORLDS: worlds = '2', KITH_WORLD_SEED: first = '1' } = process.env;
const SEEDS = Array.from({ length: Number(worlds) }, (_, i) => Number(first) + i);

describe('In random worlds', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());

  const tokenOf = (id: number): string =>
    world.app.get(TokenService).sign({ userId: String(id), sessionId: String(id) }).token;
  const visit = async (plan: Plan, me: number, seed: number): Promise<Seen[]> =>
    crawl(world.app, tokenOf(me), [...readingOf(plan, seed), ...writingOf(plan, seed, me), ...rereading()]);

  it.each(SEEDS)(
    'everybody reads what the model says, and nothing of what is out of reach (%i)',
    async (seed) => {
      const plan = randomPlan(seed);
      await fillWorld(world.database, plan);
      // A super admin reads everything, which is soon told.
      for (const { id } of plan.users.filter((one) => !one.super_admin || seed % 5 === 2)) {
        const seen = await crawl(world.app, tokenOf(id), readingOf(plan, seed));
        const model = new SightModel(plan, id);
        expect({ me: id, faults: seen.flatMap((one) => faultsOf(model, one)).slice(0, 5) }).toEqual({
          me: id,
          faults: [],
        });
      }
    },
    120_000,
  );

  it.each(SEEDS)(
    'an API client reads what the memberships allow that it was given (%i)',
    async (seed) => {
      const plan = randomPlan(seed);
      const given = plan.group_memberships.filter(({ id }) => (id + seed) % 3 === 0).map(({ id }) => id);
      await fillWorld(world.database, plan, given);
      const { token } = world.app.get(TokenService).signForClient(CLIENT, 3600);
      const seen = await crawl(world.app, token, readingOf(plan, seed));
      const model = new SightModel(plan, -1, given);
      expect(seen.flatMap((one) => faultsOf(model, one)).slice(0, 5)).toEqual([]);
    },
    120_000,
  );

  it.each(SEEDS)(
    'nobody can tell a world from one in which all that is out of reach is another (%i)',
    async (seed) => {
      const plan = randomPlan(seed);
      const me = plan.users[1 + (seed % 4)]?.id as number;
      await fillWorld(world.database, plan);
      const here = await visit(plan, me, seed);
      await fillWorld(world.database, worldWithout(new SightModel(plan, me)));
      const there = await visit(plan, me, seed);
      for (const [i, one] of here.entries())
        expect(differenceOf(comparable(one), comparable(there[i] as Seen))).toBeUndefined();
      expect(there.length).toBe(here.length);
    },
    120_000,
  );
});

/** The request, and what two answers to it have where they differ; answers may be long. */
function differenceOf(one: string, other: string): readonly string[] | undefined {
  if (one === other) return undefined;
  const at = [...one].findIndex((letter, i) => letter !== other[i]);
  const body = one.indexOf('\n') < at && one.lastIndexOf('\n') >= at ? one.lastIndexOf('\n') : at;
  const first = [...one.slice(body)].findIndex((letter, i) => letter !== other[body + i]) + body;
  return [
    one.split('\n')[0]?.slice(0, 2000) ?? '',
    ...[one, other].map((text) => text.slice(first - 400, first + 400)),
  ];
}
