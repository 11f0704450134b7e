import fc from 'fast-check';
import {
  ENTRY_ERRORS,
  type Entry,
  type EntryErrorCode,
  type MergeOptions,
} from '../../../src/people/merge/entry.js';
import type { MatchReport } from '../../../src/people/merge/match-report.js';
import type { ApiAnswer } from '../../support/api-client.js';
import { ApiClient } from '../../support/api-client.js';
import { World } from '../../support/factories/world.factory.js';
import { matchOf, person } from '../person-document.js';
import { expectSame, leftIn, saidByModel, saidByProduct } from './compare-answers.js';
import { ModelDatabase } from './model-database.js';
import { aRun } from './random-requests.js';
import { runModel, type ModelResult } from './reference-model.js';
import { copyOf } from './reference-world.js';

const RUNS = Number(process.env.KITH_MATCHING_WORLDS ?? 25);
const PATIENCE_MS = 60_000 + RUNS * 2_000;
const DEFAULTS = { region: 'US', policy: { conflictingRef: 'by_name', nameGuard: false } } as const;

describe('POST /people', () => {
  let world: World;
  let rows: ModelDatabase;
  beforeAll(async () => {
    world = await World.boot({ RATE_LIMIT_PER_MINUTE: '0' });
    rows = new ModelDatabase(world.database);
  });
  afterAll(() => world.close());

  it.each([
    ['strict', false],
    ['lenient', true],
  ])(
    'in %s answers and writes what the reference model says',
    async (_name, lenient) => {
      const property = fc.asyncProperty(aRun(2, 3), async ({ world: start, caller, requests }) => {
        const state = copyOf(start);
        await rows.put(state, caller);
        const strict = new ApiClient(world.app, await world.tokenFor(caller.person));
        const api = lenient ? strict.lenient : strict;
        for (const { entries, options: asked } of requests) {
          for (const entry of entries.map(asDocumentsCanSay)) {
            const options = optionsOfDoor(entry, asked, lenient);
            const [expected] = runModel(state, [entry], { caller, options, defaults: DEFAULTS }) as [
              ModelResult,
            ];
            const answer = await api.post(`/people${queryOf(options)}`, documentOf(entry));
            const left = await rows.read(state);
            const isMade = (id: string): boolean => state.people.some((each) => each.id === id);
            expect(answer.status).toBe(statusOf(expected, lenient));
            if (expected.outcome === 'failed') expectSame(codesOf(answer), [...expected.errors].sort());
            else expectSame(saidBy(answer, rows.idOf), saidByModel(expected, isMade));
            expectSame(leftIn(left), leftIn(state));
          }
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );
});

/** A document has no way to clear contact points, and an empty list of them is none. */
function asDocumentsCanSay(entry: Entry): Entry {
  const { emails, phones, groups } = entry;
  return {
    ...entry,
    emails: emails?.length ? emails : undefined,
    phones: phones?.length ? phones : undefined,
    groups: groups?.externalRefs?.length === 0 ? undefined : groups,
  };
}

const optionsOfDoor = (entry: Entry, { dryRun, policy }: MergeOptions, lenient: boolean): MergeOptions => ({
  ...{ dryRun, policy, creationFromNamesAlone: true },
  unknownGroups: lenient ? 'skip' : 'refuse',
  personalWithoutGroup: lenient && entry.groups === undefined,
});

function queryOf({ dryRun, policy = {} }: MergeOptions): string {
  const query = new URLSearchParams();
  if (dryRun) query.set('dry_run', 'true');
  if (policy.conflictingRef) query.set('conflicting_ref', policy.conflictingRef);
  if (policy.nameGuard !== undefined) query.set('name_guard', String(policy.nameGuard));
  return query.size > 0 ? `?${query}` : '';
}

function documentOf({ attributes, externalRef, emails, phones, groups }: Entry): Record<string, unknown> {
  const said = { ...attributes, ...(externalRef !== undefined && { external_ref: externalRef }) };
  const data = groups?.ids?.map((id) => ({ type: 'group', id }));
  return person(
    said,
    [
      ...(emails ?? []).map(({ email, primary }) => ['email_address', { email, primary }] as const),
      ...(phones ?? []).map(({ number, primary }) => ['phone_number', { number, primary }] as const),
      ...(groups?.externalRefs ?? []).map(
        (ref) => ['group_membership', { group_external_ref: ref }] as const,
      ),
    ],
    data && { relationships: { groups: { data } } },
  );
}

function statusOf({ outcome, errors }: ModelResult, lenient: boolean): number {
  if (outcome !== 'failed') return outcome === 'created' ? 201 : 200;
  const statuses = errors.map((code) =>
    code === 'ambiguous_match' && lenient ? 422 : ENTRY_ERRORS[code as EntryErrorCode],
  );
  return new Set(statuses).size === 1 ? (statuses[0] ?? 0) : 400;
}

const codesOf = ({ document }: ApiAnswer): string[] =>
  [...new Set((document.errors ?? []).map(({ code }) => code))].sort();

function saidBy(answer: ApiAnswer, idOf: (id: string) => string | null) {
  const match = matchOf(answer) as unknown as MatchReport;
  const { data } = answer.document;
  const personId = data && !Array.isArray(data) ? data.id : undefined;
  return saidByProduct({ index: 0, outcome: match.outcome, personId, match, errors: [] }, idOf);
}
