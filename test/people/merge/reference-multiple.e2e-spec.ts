import fc from 'fast-check';
import type { Entry, EntryError, MergeOptions, Outcome } from '../../../src/people/merge/entry.js';
import type { MatchReport } from '../../../src/people/merge/match-report.js';
import { World } from '../../support/factories/world.factory.js';
import { PlainClient } from '../plain-client.js';
import { expectSame, leftIn, saidByModel, saidByProduct } from './compare-answers.js';
import { ModelDatabase } from './model-database.js';
import { aRun } from './random-requests.js';
import { runModel } from './reference-model.js';
import { copyOf, liveMembershipIn, type ModelWorld } from './reference-world.js';

const RUNS = Number(process.env.KITH_MATCHING_WORLDS ?? 30);
const PATIENCE_MS = 60_000 + RUNS * 2_000;
const DEFAULTS = { region: 'US', policy: { conflictingRef: 'by_name', nameGuard: false } } as const;

type Told = MatchReport & {
  readonly identifier?: string;
  readonly success: boolean;
  readonly failure_code: string | null;
  readonly errors?: readonly EntryError[];
  readonly group_ids?: readonly string[];
  readonly external_ref?: string | null;
};

describe('POST /persons/multiple', () => {
  let world: World;
  let rows: ModelDatabase;
  beforeAll(async () => {
    world = await World.boot({ RATE_LIMIT_PER_MINUTE: '0' });
    rows = new ModelDatabase(world.database);
  });
  afterAll(() => world.close());

  it(
    'answers and writes what the reference model says',
    async () => {
      const property = fc.asyncProperty(aRun(3, 5), async ({ world: start, caller, requests }) => {
        const state = copyOf(start);
        await rows.put(state, caller);
        const client = new PlainClient(world.app, await world.tokenFor(caller.person));
        for (const { entries: sent, options: asked } of requests) {
          const [entries, options] = [sent.map(asFlatCanSay), optionsOfDoor(asked)];
          const expected = runModel(state, entries, { caller, options, defaults: DEFAULTS });
          const { status, body, persons } = await client.post('/persons/multiple', {
            ...{ persons: entries.map(flat), dry_run: options.dryRun, atomic: options.atomic },
            ...{ conflicting_ref: options.policy?.conflictingRef, name_guard: options.policy?.nameGuard },
          });
          const left = await rows.read(state);
          const isMade = (id: string): boolean => state.people.some((each) => each.id === id);
          const told = persons as unknown as Told[];
          expect(status).toBe(200);
          expect(body['success']).toBe(expected.every(({ outcome }) => outcome !== 'failed'));
          expectSame(
            told.map((each) => saidByProduct(resultOf(each), rows.idOf)),
            expected.map((result) => saidByModel(result, isMade)),
          );
          expectSame(leftIn(left), leftIn(state));
          if (options.dryRun) continue;
          const [last] = told.slice(-1);
          if (last?.identifier !== undefined && last.group_ids)
            expectSame(last.external_ref, shownRef(left, rows.idOf(last.identifier), last));
          for (const { identifier, group_ids: ids } of told)
            if (identifier !== undefined && ids)
              expectSame(
                ids.filter((id) => !isIn(left, rows.idOf(identifier), id)),
                [],
              );
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );
});

/** That of the named groups: the one that was sent, else the one there is, if it is the same in all that have one. */
function shownRef({ people }: ModelWorld, id: string | null, { group_ids: ids = [], keys }: Told) {
  const person = people.find((each) => each.id === id);
  const refs = ids.flatMap((group) => (person && liveMembershipIn(person, group)?.ref) ?? []);
  if (keys.external_ref !== null && refs.includes(keys.external_ref)) return keys.external_ref;
  return new Set(refs).size > 1 ? undefined : (refs[0] ?? null);
}

const isIn = ({ people }: ModelWorld, person: string | null, group: string): boolean =>
  people.some((each) => each.id === person && liveMembershipIn(each, group) !== undefined);

/** One e-mail and one phone, without a word about which is primary. */
function asFlatCanSay(entry: Entry): Entry {
  const { emails, phones } = entry;
  return {
    ...entry,
    emails: emails && emails.slice(0, 1).map(({ email, pointer }) => ({ email, pointer })),
    phones: phones && phones.slice(0, 1).map(({ number, pointer }) => ({ number, pointer })),
  };
}

const optionsOfDoor = ({ dryRun, atomic, policy }: MergeOptions): MergeOptions => ({
  ...{ dryRun, atomic, policy },
  ...{ creationFromNamesAlone: false, unknownGroups: 'skip' },
});

const flat = ({ attributes, externalRef, emails, phones, groups }: Entry): Record<string, unknown> => ({
  ...{ ...attributes, external_ref: externalRef },
  email_address: emails && emails[0]?.email,
  phone_number: phones && phones[0]?.number,
  ...{ group_ids: groups?.ids, groups_external_refs: groups?.externalRefs },
});

const resultOf = (told: Told) => ({
  ...{ index: 0, outcome: told.outcome as Outcome, personId: told.identifier ?? undefined, match: told },
  errors: told.errors ?? [],
});
