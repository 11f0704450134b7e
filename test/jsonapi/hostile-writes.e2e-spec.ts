import fc from 'fast-check';
import type { ValueType } from '../../src/jsonapi/resource/define-resource.js';
import type { Resource } from '../../src/jsonapi/resource/registry.js';
import { ConformanceWorld, TYPES } from '../conformance/conformance-world.js';
import type { ApiAnswer, ApiRequest, Method } from '../support/api-client.js';

/** `KITH_TEST_RUNS=500 KITH_TEST_SEED=random` looks further; many seeds find more than long runs. */
const RUNS = Number(process.env['KITH_TEST_RUNS'] ?? 120);
const ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"';

/** Texts that pass the rules of attributes which do not take any text. */
const FITTING: Record<string, readonly string[]> = {
  email: ['b@example.org', 'c@example.org'],
  number: ['+4533123456', '+4533123457'],
  role: ['contact', 'admin'],
  address_type: ['current', 'permanent'],
  phone_region: ['DK'],
  match_conflicting_ref: ['match', 'separate'],
};

/** Values that an attribute of such a type may take. */
const RIGHT: Record<ValueType, fc.Arbitrary<unknown>> = {
  string: fc.constantFrom('Ada', 'Bea', 'x-1'),
  integer: fc.constantFrom(0, 1),
  boolean: fc.boolean(),
  date: fc.constantFrom('1999-12-31', '0001-01-01'),
  timestamp: fc.constantFrom('2026-01-31T12:00:00Z', null),
  id: fc.constantFrom('1', '2'),
  json: fc.json(),
};

const mapValues = <T, U>(
  members: Readonly<Record<string, T>>,
  each: (name: string, value: T) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, each(name, value)]));

/**
 * Documents of the names that each type really has, with any values and any ends: so most of it gets past the shapes, to
 * the rules, the rights and the database. (`test/conformance/hostile` breaks documents that are right.)
 */
describe('A write of anything', () => {
  let c: ConformanceWorld;
  /** Some ids of every type. */
  let known: Record<string, string[]>;
  beforeAll(async () => {
    c = await ConformanceWorld.boot();
    // Whoever writes has to keep her login.
    const callers = `${c.root.userId},${c.choir.ada.userId}`;
    const ids = async (type: string) =>
      (await c.get(`${c.path(type)}?page[size]=3${type === 'user' ? `&filter[id][ne]=${callers}` : ''}`)).ids;
    known = Object.fromEntries(
      await Promise.all(TYPES.map(async (type) => [type, await ids(type)] as const)),
    );
  });
  afterAll(() => c.close());

  const words = fc.constantFrom(
    ...[
      '',
      ' ',
      '0',
      '01',
      '-1',
      '1e400',
      'me',
      'null',
      '\u0000',
      '\ud800',
      '@primary',
      '@lid:0',
      '%',
      'x'.repeat(5000),
    ],
    ...[
      '9223372036854775808',
      '2026-02-30',
      '0001-01-01',
      '24:00',
      '2026-01-01T00:00:00+14:00',
      'a@b.example',
    ],
    ...['+4533123456', 'owner', 'contact', 'current', 'US', 'by_name', 'merge'],
  );
  const lid = fc.constantFrom('a', 'b');
  const texts = fc.oneof(words, fc.string({ unit: 'binary', maxLength: 20 }));
  const values: fc.Arbitrary<unknown> = fc.oneof(
    texts,
    fc.constantFrom(null, true, false, 0, -0, -1, 1e308, 0.5, 2 ** 53, [], {}, [null], { toString: 1 }),
  );
  const someId = (type: string): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...(known[type] ?? []), '1') },
      { weight: 1, arbitrary: texts },
    );
  const identifiers = (type: string) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ type: fc.constant(type), id: someId(type) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constantFrom(type, ...TYPES), lid }) },
    );
  /** Some of these members, each with such a value. */
  const some = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
    fc
      .subarray(Object.entries(members), { maxLength: Math.min(4, Object.keys(members).length) })
      .chain((chosen) => fc.record(Object.fromEntries(chosen)));

  function ends({ kind, type }: Resource['relationships'][string]): fc.Arbitrary<unknown> {
    const right = kind === 'to-many' ? fc.array(identifiers(type), { maxLength: 3 }) : identifiers(type);
    return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: values });
  }

  /** Mostly what the attribute takes, else anything. */
  const valuesOf = (name: string, { type }: Resource['attributes'][string]): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 10, arbitrary: FITTING[name] ? fc.constantFrom(...FITTING[name]) : RIGHT[type] },
      { weight: 1, arbitrary: values },
    );

  /** Some members, mostly of those that are written at all. */
  const mostly = <T extends object>(
    members: Readonly<Record<string, T>>,
    each: (name: string, member: T) => fc.Arbitrary<unknown>,
  ): fc.Arbitrary<object> => {
    const written = Object.entries(members).filter(([, member]) => 'write' in member && member.write);
    return fc.oneof(
      { weight: 8, arbitrary: some(mapValues(Object.fromEntries(written), each)) },
      { weight: 1, arbitrary: some(mapValues(members, each)) },
    );
  };
  const fields = ({ attributes, relationships }: Resource): fc.Arbitrary<object> =>
    fc.record({
      attributes: mostly(attributes, valuesOf),
      relationships: mostly(relationships, (_name, end) => fc.record({ data: ends(end) })),
    });

  const resourceObject = (
    resource: Resource,
    more: Record<string, fc.Arbitrary<unknown>>,
  ): fc.Arbitrary<object> =>
    fc.tuple(fields(resource), fc.record(more, { requiredKeys: [] })).map(([own, rest]) => ({
      ...{ type: resource.type, ...own },
      ...rest,
    }));

  /** A type, and an id that one of it may have. */
  const somebody = (): fc.Arbitrary<readonly [Resource, string]> =>
    fc.constantFrom(...TYPES).chain((type) => someId(type).map((id) => [c.resource(type), id] as const));

  function document(resource: Resource, id?: string): fc.Arbitrary<object> {
    const data = resourceObject(resource, { lid }).map((one) => (id === undefined ? one : { ...one, id }));
    const along = fc
      .constantFrom(...(resource.takes ?? ['person']))
      .chain((type) => resourceObject(c.resource(type), { lid, id: someId(type) }));
    return fc.record({ data, included: fc.array(along, { maxLength: 3 }) }, { requiredKeys: ['data'] });
  }

  function singleWrites(): fc.Arbitrary<ApiRequest> {
    const write = (method: Method, path: string, body?: unknown): ApiRequest => ({ method, path, body });
    return somebody().chain(([resource, id]) => {
      const at = c.path(resource.type);
      const one = `${at}/${encodeURIComponent(id.toWellFormed())}`;
      const relations = Object.entries(resource.relationships).map(([name, end]) =>
        fc
          .tuple(fc.constantFrom<Method>('PATCH', 'POST', 'DELETE'), ends(end))
          .map(([method, data]) => write(method, `${one}/relationships/${name}`, { data })),
      );
      return fc.oneof(
        { weight: 4, arbitrary: document(resource).map((body) => write('POST', at, body)) },
        { weight: 4, arbitrary: document(resource, id).map((body) => write('PATCH', one, body)) },
        { weight: 1, arbitrary: fc.constant(write('DELETE', one)) },
        ...relations.map((arbitrary) => ({ weight: 1, arbitrary })),
      );
    });
  }

  function severalWrites(): fc.Arbitrary<ApiRequest> {
    const operation = somebody().chain(([resource, id]) => {
      const ref = { type: resource.type, id };
      const relations = Object.entries(resource.relationships).map(([relationship, end]) =>
        fc.record({
          op: fc.constantFrom('add', 'update', 'remove'),
          ref: fc.constant({ ...ref, relationship }),
          data: ends(end),
        }),
      );
      const named = resourceObject(resource, {}).map((data) => ({ ...data, id }));
      return fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ op: fc.constant('add'), data: resourceObject(resource, { lid }) }),
        },
        { weight: 3, arbitrary: fc.record({ op: fc.constant('update'), data: named }) },
        { weight: 1, arbitrary: fc.constant({ op: 'remove', ref }) },
        ...relations.map((arbitrary) => ({ weight: 1, arbitrary })),
      );
    });
    return fc.array(operation, { minLength: 1, maxLength: 3 }).map((operations) => ({
      ...{ method: 'POST' as const, path: '/operations', body: { 'atomic:operations': operations } },
      headers: { 'content-type': ATOMIC, accept: ATOMIC },
    }));
  }

  it.each([
    ['by itself', singleWrites],
    ['with others', severalWrites],
  ])(
    'is done, or refused with a document, and then nothing of it is written: %s',
    async (_name, requests) => {
      let stored = await c.written();
      let done = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constant(undefined).chain(requests),
          fc.boolean(),
          fc.boolean(),
          async (request, lenient, root) => {
            const { api } = root ? c : c.choir.ada;
            const way = lenient && request.path !== '/operations' ? api.lenient : api;
            const answer = await way.send({ ...request, body: JSON.stringify(request.body) });
            const after = await c.written();
            expect(answer.status).toBeLessThan(500);
            if (answer.status >= 400 && !isKept(answer)) expect(after).toBe(stored);
            stored = after;
            if (answer.status < 300) done += 1;
          },
        ),
        { numRuns: RUNS },
      );
      // Not a share: what is deleted on the way is missed later.
      expect(done).toBeGreaterThan(0);
    },
    30_000 + 200 * RUNS,
  );

  /** An entry that nobody could decide is kept in the queue. */
  const isKept = ({ document: { errors = [] } }: ApiAnswer): boolean =>
    errors.some(({ code }) => code === 'ambiguous_match');
});
