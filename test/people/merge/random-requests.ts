import fc from 'fast-check';
import type { ConflictingRef, Entry, MergeOptions } from '../../../src/people/merge/entry.js';
import { aModelCaller, aWorld, FIRST, GROUPS, often, REFS } from './random-worlds.js';
import type { ModelDefaults } from './reference-model.js';
import type { ModelCaller, ModelWorld } from './reference-world.js';

/** The keys of the random people in many spellings. */
const SENT_EMAILS = ['a@x.org', 'A@x.ORG', 'a@X.org', ' b@x.org', 'B@X.org', 'c@x.org', 'C@x.org '];
const SENT_PHONES = ['212 555 0100', '+1 (212) 555-0100', '2125550101', '020 7946 0018', '555-0100'];

const optional = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: undefined, freq });
const clearable = (...values: readonly string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 8, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constantFrom(null, '', ' ') },
  );
const spelled = (usual: readonly string[], ...others: readonly string[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...usual) },
    { weight: others.length, arbitrary: fc.constantFrom(...others) },
  );
const primary = often<boolean | undefined>(8, undefined, true, false);

const anEmail = fc.record({
  email: spelled(SENT_EMAILS, 'new@x.org', '', 'no'),
  primary,
  pointer: fc.constant('/email'),
});
const aPhone = fc.record({
  number: spelled(SENT_PHONES, '+358 40 1234567', ' ', 'x'),
  primary,
  pointer: fc.constant('/phone'),
});
const severalOf = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[] | null | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 12, arbitrary: one.map((only) => [only]) },
    { weight: 4, arbitrary: fc.array(one, { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom<T[] | null>(null, []) },
  );

/** 6 is no group. */
const somewhere = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 5,
    arbitrary: fc
      .array(often(2, '1', ...GROUPS, '2', '3', '6'), { minLength: 1, maxLength: 3 })
      .map((ids) => ({ ids })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...GROUPS, '6'), { maxLength: 2 })
      .map((ids) => ({ externalRefs: ids.map((id) => `g${id}`) })),
  },
);

const anEntry: fc.Arbitrary<Omit<Entry, 'index'>> = fc.record({
  attributes: fc.record({
    first_name: clearable(...FIRST, ' ada ', '\u200b'),
    middle_name: often<string | undefined>(8, undefined, 'King', 'Noel'),
    last_name: clearable('Lovelace', 'LOVELACE', 'King'),
    gender: often<string | null | undefined>(6, undefined, 'female', null),
    birth_date: fc.constant(undefined),
  }),
  externalRef: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 8, arbitrary: fc.constantFrom(...REFS, 'R3') },
    { weight: 1, arbitrary: fc.constantFrom(null, null, null, ' ', ' R1') },
  ),
  emails: severalOf(anEmail),
  phones: severalOf(aPhone),
  groups: somewhere,
  assignments: fc.constant([]),
  pointers: fc.constant({ entry: '/entry' }),
});

export const anOption: fc.Arbitrary<MergeOptions> = fc.record({
  creationFromNamesAlone: often(3, false, true),
  unknownGroups: often<MergeOptions['unknownGroups']>(5, 'skip', 'refuse'),
  personalWithoutGroup: often<boolean | undefined>(6, undefined, true),
  atomic: often<boolean | undefined>(10, undefined, true),
  dryRun: often<boolean | undefined>(10, undefined, true),
  policy: optional(
    fc.record({
      conflictingRef: fc.constantFrom<ConflictingRef | undefined>(undefined, 'match', 'by_name', 'separate'),
      nameGuard: fc.constantFrom(undefined, false, true),
    }),
  ),
});

const someDefaults: fc.Arbitrary<ModelDefaults> = fc.record({
  region: often(5, 'US', 'GB'),
  policy: fc.record({
    conflictingRef: often<ConflictingRef>(4, 'by_name', 'match', 'separate'),
    nameGuard: often(5, false, true),
  }),
});

export const entries = (maxLength: number): fc.Arbitrary<Entry[]> =>
  fc
    .array(anEntry, { minLength: 1, maxLength })
    .map((list) => list.map((entry, index) => ({ ...entry, index })));

export interface RandomRequest {
  readonly entries: readonly Entry[];
  readonly options: MergeOptions;
}

export interface RandomRun {
  readonly world: ModelWorld;
  readonly caller: ModelCaller;
  readonly defaults: ModelDefaults;
  readonly requests: readonly RandomRequest[];
}

/** A world, and what one caller sends there, request after request. */
export const aRun = (maxRequests: number, maxEntries: number): fc.Arbitrary<RandomRun> =>
  fc.record({
    world: fc.noBias(aWorld),
    caller: aModelCaller,
    defaults: someDefaults,
    requests: fc.array(fc.record({ entries: fc.noBias(entries(maxEntries)), options: fc.noBias(anOption) }), {
      minLength: 1,
      maxLength: maxRequests,
    }),
  });
