import { hash } from 'node:crypto';
import sql from 'sql-template-tag';
import { LOCK_BUCKETS, lockBuckets } from '../../src/people/merge/lock-keys.js';
import type { ApiAnswer } from '../support/api-client.js';
import { World, type Caller } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';

/**
 * Somebody else holds all locks of keys and of named people, and the row of the victim: a request that asked for one of
 * them would wait, and its time would tell.
 */
describe('Of people whom one cannot read nothing is locked', () => {
  let world: World;
  let eve: Caller;
  let ada: Caller;
  let north: string;
  let south: string;
  let victim: string;
  let part: { email: string; membership: string; assignment: string };
  let own: { assignment: string; contact: string };

  beforeAll(async () => {
    world = await World.boot();
    [north, south] = [await world.group('North'), await world.group('South')];
    ada = await world.caller('Ada', { [north]: 'owner' });
    eve = await world.caller('Eve', { [south]: 'owner' });
    victim = await world.person('Victim');
    part = {
      membership: await world.member(victim, north, 'contact', { external_ref: 'N-1' }),
      email: await world.email(victim, 'victim@example.org', true),
      assignment: await world.assignment(ada.personId, victim, { group_id: north }),
    };
    const contact = await world.contact('Own', south);
    own = { contact, assignment: await world.assignment(eve.personId, contact, { group_id: south }) };
  });
  afterAll(() => world.close());

  /** @param held the buckets, of keys and of named people */
  async function whileLocked<T>(work: () => Promise<T>, held: 'all' | readonly number[] = 'all'): Promise<T> {
    return world.database.transaction(async (tx) => {
      const buckets = held === 'all' ? Array.from({ length: LOCK_BUCKETS }, (_, i) => i) : held;
      await tx.query(sql`select count(pg_advisory_xact_lock(space, bucket))
        from unnest(${buckets}::int[]) as bucket, unnest(${[0x6b697468, 0x6b697469]}::int[]) as space`);
      await tx.query(sql`select from people where id = ${victim}::bigint for update`);
      const asked = work();
      if (await isWaiting(asked)) throw new Error('The request waits for a lock.');
      return asked;
    });
  }

  async function isWaiting(asked: Promise<unknown>): Promise<boolean> {
    let isDone = false;
    const done = () => (isDone = true);
    void asked.then(done, done);
    const waiting = sql`
      select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while (!isDone) if ((await world.value<number>(waiting)) > 0) return true;
    return false;
  }

  const of = (type: string, id: string) => ({ ref: { type, id } });
  const linked = (id: string) => ({ data: { type: 'person', id } });
  const doors: [string, () => unknown][] = [
    ['remove a person', () => ({ op: 'remove', ...of('person', victim) })],
    [
      'update a person',
      () => ({ op: 'update', data: { type: 'person', id: victim, attributes: { gender: 'f' } } }),
    ],
    ['remove an e-mail', () => ({ op: 'remove', ...of('email_address', part.email) })],
    ['remove a membership', () => ({ op: 'remove', ...of('group_membership', part.membership) })],
    ['remove an assignment', () => ({ op: 'remove', ...of('contact_assignment', part.assignment) })],
    [
      'change an assignment',
      () => ({
        op: 'update',
        data: { type: 'contact_assignment', id: part.assignment, attributes: { note: 'mine' } },
      }),
    ],
    [
      'add an e-mail',
      () => ({
        op: 'add',
        data: {
          type: 'email_address',
          attributes: { email: 'x@example.org' },
          relationships: { person: linked(victim) },
        },
      }),
    ],
    [
      'add an assignment',
      () => ({
        op: 'add',
        data: {
          type: 'contact_assignment',
          relationships: { person: linked(victim), assigned_to: linked(eve.personId) },
        },
      }),
    ],
    [
      'add a membership',
      () => ({
        op: 'add',
        data: {
          type: 'group_membership',
          relationships: { person: linked(victim), group: { data: { type: 'group', id: south } } },
        },
      }),
    ],
    [
      'add to groups',
      () => ({
        op: 'add',
        ref: { type: 'person', id: victim, relationship: 'groups' },
        data: [{ type: 'group', id: south }],
      }),
    ],
  ];

  it.each(doors)('%s, as one of several operations', async (name, operation) => {
    const before = await world.everything();
    const ops = () => [operation(), { op: 'remove', ...of('group', '999999999') }];
    const free = await whileLocked(() => new OperationsClient(eve.api).send(ops()), heldBy(name));
    expect([free.status, free.document.errors?.[0]?.code]).toEqual([404, 'not_found']);
    expect(await world.everything()).toBe(before);
  });

  /** What the caller brings, and has himself, is locked: then only what is the victim's is held. */
  const heldBy = (name: string): 'all' | readonly number[] =>
    ['add an e-mail', 'add an assignment'].includes(name) ? victims() : 'all';

  const victims = (): number[] => [
    ...lockBuckets({ refs: ['N-1'], emails: ['victim@example.org'], phones: [] }),
    hash('sha1', `person:${victim}`, 'buffer').readUInt32BE() % LOCK_BUCKETS,
  ];

  it('of who is in a group of mine, not her reference in another', async () => {
    const both = await world.contact('Both', south);
    await world.member(both, north, 'contact', { external_ref: 'N-2' });
    const held = lockBuckets({ refs: ['N-2'], emails: [], phones: [] });
    const document = { data: { type: 'person', id: both, attributes: { gender: 'f' } } };
    const changed = await whileLocked(() => eve.api.patch(`/people/${both}`, document), held);
    const left = await whileLocked(() => eve.api.delete(`/people/${both}`), held);
    expect([changed.status, left.status]).toEqual([200, 204]);
    expect(await world.row('people', both)).toMatchObject({ deleted_at: null, external_ref: null });
  });

  it.each<[string, () => Promise<ApiAnswer>]>([
    ['DELETE /people/:id', () => eve.api.delete(`/people/${victim}`)],
    [
      'PATCH /people/:id',
      () =>
        eve.api.patch(`/people/${victim}`, {
          data: { type: 'person', id: victim, attributes: { gender: 'f' } },
        }),
    ],
    ['DELETE /email_addresses/:id', () => eve.api.delete(`/email_addresses/${part.email}`)],
    ['DELETE /group_memberships/:id', () => eve.api.delete(`/group_memberships/${part.membership}`)],
    ['DELETE /contact_assignments/:id', () => eve.api.delete(`/contact_assignments/${part.assignment}`)],
    [
      'PATCH /contact_assignments/:id',
      () =>
        eve.api.patch(`/contact_assignments/${own.assignment}`, {
          data: {
            type: 'contact_assignment',
            id: own.assignment,
            relationships: { assigned_to: linked(victim) },
          },
        }),
    ],
  ])('%s', async (_name, request) => {
    const answer = await whileLocked(request);
    expect(answer.status).toBe(404);
  });

  it('who may only read her is refused before a lock', async () => {
    const reader = await world.caller('Reader', { [north]: 'user' });
    const answer = await whileLocked(() => reader.api.delete(`/people/${victim}`));
    expect(answer.status).toBe(403);
  });
});
