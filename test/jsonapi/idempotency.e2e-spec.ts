import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import sql from 'sql-template-tag';
import { KeyedDigest } from '../../src/auth/index.js';
import { fingerprintOf } from '../../src/jsonapi/idempotency/key-of-request.js';
import { Idempotency, type Claim, type JsonApiRequest } from '../../src/jsonapi/http/index.js';
import { connect } from '../database/query.js';
import { ApiClient, type ApiAnswer, type ApiRequest } from '../support/api-client.js';
import { ADMIN } from '../support/boot-app.js';
import { countQueries } from '../support/count-queries.js';
import type { Transaction } from '../../src/database/index.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('Idempotency-Key', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const group = (name: string) => ({ data: { type: 'group', attributes: { name } } });
  const keyed = (key: string = randomUUID()) => ({ 'idempotency-key': key });
  const post = (name: string, headers: Record<string, string>, api: ApiClient = c.ada.api) =>
    api.post('/groups', group(name), headers);
  const groupsCalled = (name: string): Promise<number> =>
    c.world.value(sql`select count(*)::int from groups where name = ${name}`);
  const keys = (): Promise<number> => c.world.value(sql`select count(*)::int from idempotency_keys`);
  const wasReplayed = (answer: ApiAnswer): boolean => answer.header('idempotency-replayed') === 'true';

  /** Sends it twice, and holds the second answer to be the first one again, with nothing written. */
  async function twice(request: ApiRequest, api: ApiClient = c.ada.api): Promise<[ApiAnswer, ApiAnswer]> {
    const sent = { ...request, headers: { ...request.headers, ...keyed() } };
    const first = await api.send(sent);
    const before = await c.world.everything();
    const second = await api.send(sent);
    expect(await c.world.everything()).toBe(before);
    expect([wasReplayed(first), wasReplayed(second)]).toEqual([false, true]);
    expect(second.status).toBe(first.status);
    for (const name of ['content-type', 'location', 'etag', 'cache-control', 'allow'])
      expect([name, second.header(name)]).toEqual([name, first.header(name)]);
    return [first, second];
  }

  describe('answers the same again, and does nothing', () => {
    it('to POST, byte for byte, with Location and ETag, and a fresh token of its own', async () => {
      const [first, second] = await twice({ method: 'POST', path: '/groups', body: group('Once') });
      expect(first.status).toBe(201);
      expect(second.text).toBe(first.text);
      expect(second.header('location')).toBe(first.one.links.self);
      expect(second.header('x-mh-session')).toBeDefined();
      expect(await groupsCalled('Once')).toBe(1);
      const stored = await c.world.value(
        sql`select string_agg(answer, '') from idempotency_keys where answer like '%Once%'`,
      );
      expect(stored).not.toMatch(/x-mh-session/i);
    });

    it('to a person who is matched, with how', async () => {
      const body = {
        data: { type: 'person', attributes: { first_name: 'Carl', gender: 'x' } },
        included: [{ type: 'email_address', attributes: { email: 'carl@example.org' } }],
      };
      const [first, second] = await twice({ method: 'POST', path: '/people?include=email_addresses', body });
      expect(first.status).toBe(200);
      expect(second.text).toBe(first.text);
      expect(second.document.meta?.['match']).toMatchObject({ outcome: 'updated' });
    });

    it('to PATCH and DELETE, also under a condition that holds no more', async () => {
      const id = await c.world.group('Changed', { parent_id: c.choir });
      const path = `/groups/${id}`;
      const tag = async () => ({ 'if-match': (await c.ada.api.get(path)).header('etag') as string });
      const body = { data: { type: 'group', id, attributes: { name: 'Changed once' } } };
      const [first, second] = await twice({ method: 'PATCH', path, body, headers: await tag() });
      expect([first.status, second.text]).toEqual([200, first.text]);
      const lenient = { data: { attributes: { name: 'Changed twice' } } };
      expect((await twice({ method: 'PUT', path, body: lenient }, c.ada.api.lenient))[0].status).toBe(200);
      const [gone] = await twice({ method: 'DELETE', path, headers: await tag() });
      expect([gone.status, gone.bytes.length]).toEqual([204, 0]);
    });

    it('to the end of a session', async () => {
      await c.world.tokenFor(c.ada.userId);
      const id = await c.world.value(sql`select max(id) from sessions where user_id = ${c.ada.userId}`);
      expect((await twice({ method: 'DELETE', path: `/sessions/${id}` }))[0].status).toBe(204);
    });

    it('to writes of relationships', async () => {
      const id = await c.world.group('Moved', { parent_id: c.choir });
      const path = `/groups/${id}/relationships/parent`;
      const [first, second] = await twice({ method: 'PATCH', path, body: { data: null } });
      expect([first.status, second.text]).toEqual([200, first.text]);
    });

    it('to refusals, each with the id of its own request', async () => {
      const { api } = c.ada;
      const stale = { data: { type: 'group', id: c.choir, attributes: { name: 'x' } } };
      const requests: [number, ApiRequest][] = [
        [400, { method: 'POST', path: '/groups', body: '{' }],
        [400, { method: 'POST', path: '/groups?unknown=1', body: group('x') }],
        [403, { method: 'POST', path: '/person_changes', body: { data: { type: 'person_change' } } }],
        [404, { method: 'DELETE', path: '/groups/999999' }],
        [409, { method: 'POST', path: '/groups', body: { data: { type: 'person' } } }],
        [412, { method: 'PATCH', path: `/groups/${c.choir}`, body: stale, headers: { 'if-match': '"1"' } }],
        [422, { method: 'POST', path: '/groups', body: group('') }],
      ];
      for (const [status, request] of requests) {
        const [first, second] = await twice(request, api);
        expect([request.path, first.status]).toEqual([request.path, status]);
        expect(second.refusal).toEqual(first.refusal);
      }
    });

    it('to an entry that is kept for somebody to decide, without counting it again', async () => {
      for (const name of ['Twin', 'Twain']) {
        const id = await c.world.contact(name, c.choir);
        await c.world.email(id, 'twin@example.org', true);
      }
      const body = {
        data: { type: 'person', attributes: { first_name: 'Other' } },
        included: [{ type: 'email_address', attributes: { email: 'twin@example.org' } }],
      };
      const [first, second] = await twice({ method: 'POST', path: '/people', body });
      expect(first.refusal).toEqual({ status: 409, errors: [['ambiguous_match', '/data']] });
      expect(second.document.errors?.[0]?.meta).toEqual(first.document.errors?.[0]?.meta);
      expect(await c.world.value(sql`select times_seen from person_duplicates`)).toBe(1);
    });
  });

  it('keeps of a body nothing by which a password in it could be guessed without the key of the server', async () => {
    const key = keyed();
    const attributes = { email: 'guess@example.org', password: 'a password of many' };
    const text = JSON.stringify({ data: { type: 'user', attributes } });
    await c.ada.api.post('/users', text, key);
    const stored = await c.world.value(
      sql`select fingerprint from idempotency_keys where key = ${key['idempotency-key']}`,
    );
    const guess = fingerprintOf({
      ...{ method: 'POST', originalUrl: '/apis/v4/users', headers: {} },
      body: Buffer.from(text),
    } as JsonApiRequest);
    expect(stored).not.toBe(guess);
    expect(stored).toBe(c.world.app.get(KeyedDigest, { strict: false }).of(guess));
  });

  it('is no matter where it is not sent', async () => {
    const before = await keys();
    await post('Twice', {});
    await post('Twice', {});
    expect([await groupsCalled('Twice'), await keys()]).toEqual([2, before]);
  });

  it('with another body, address, query, method, condition or way of speaking is 422', async () => {
    const key = keyed();
    expect((await post('Mine', key)).status).toBe(201);
    const before = await c.world.everything();
    for (const answer of [
      await post('Other', key),
      await c.ada.api.post('/groups', `${JSON.stringify(group('Mine'))} `, key),
      await c.ada.api.post('/groups?include=parent', group('Mine'), key),
      await c.ada.api.post('/people', group('Mine'), key),
      await c.ada.api.patch(`/groups/${c.choir}`, group('Mine'), key),
      await c.ada.api.delete('/groups/1', undefined, key),
      await c.ada.api.lenient.post('/groups', group('Mine'), key),
      await post('Mine', { ...key, 'if-match': '*' }),
    ])
      expect(answer.refusal).toEqual({
        status: 422,
        errors: [['idempotency_key_reused', 'Idempotency-Key']],
      });
    expect(await c.world.everything()).toBe(before);
    expect(wasReplayed(await post('Mine', key))).toBe(true);
  });

  it('belongs to the caller, whatever the session and wherever the token stands', async () => {
    const key = keyed();
    const bert = await c.world.caller('Bert');
    expect((await post('Shared', key)).status).toBe(201);
    expect(wasReplayed(await post('Shared', key, bert.api))).toBe(false);
    const token = await c.world.tokenFor(c.ada.userId);
    expect(wasReplayed(await post('Shared', key, new ApiClient(c.world.app, token)))).toBe(true);
    for (const path of [`/groups?access_token=${token}`, `/groups?access%5Ftoken=${c.ada.token}`])
      expect(wasReplayed(await new ApiClient(c.world.app).post(path, group('Shared'), key))).toBe(true);
    expect(await groupsCalled('Shared')).toBe(2);
  });

  it('shows no answer again to who has lost rights since; what showed nothing, or gained rights, is no matter', async () => {
    const place = await c.world.group('Place');
    const bert = await c.world.caller('Bert', { [place]: 'admin' });
    const id = await c.world.contact('Secret', place);
    const body = { data: { type: 'person', id, attributes: { last_name: 'Told' } } };
    const [seen, refused, gone, made] = [keyed(), keyed(), keyed(), keyed()];
    await c.world.email(id, 'secret@example.org', true);
    const mail = await c.world.email(id, 'other@example.org');
    const asks: Record<string, () => Promise<ApiAnswer>> = {
      seen: () => bert.api.patch(`/people/${id}`, body, seen),
      refused: () => bert.api.patch(`/people/${id}`, { data: { ...body.data, type: 'group' } }, refused),
      gone: () => bert.api.delete(`/email_addresses/${mail}`, undefined, gone),
      made: () => bert.api.post('/groups', group('Own'), made),
    };
    const statuses = async () => {
      const all = await Promise.all(Object.values(asks).map((ask) => ask()));
      return all.map((answer) => [answer.status, wasReplayed(answer)]);
    };
    for (const ask of Object.values(asks)) expect(wasReplayed(await ask())).toBe(false);
    // The group that it made is his now: that is more than before.
    expect(await statuses()).toEqual([
      [200, true],
      [409, true],
      [204, true],
      [201, true],
    ]);
    const role = (role: string) =>
      c.world.database.query(sql`
        update group_memberships set role = ${role}
        where person_id = ${bert.personId}::bigint and group_id = ${place}::bigint`);
    await role('owner');
    expect(await statuses()).toEqual([
      [200, true],
      [409, true],
      [204, true],
      [201, true],
    ]);
    for (const less of ['user', 'contact']) {
      await role(less);
      const before = await c.world.everything();
      for (const ask of [asks['seen']!, asks['refused']!, asks['made']!]) {
        const answer = await ask();
        expect(answer.refusal).toEqual({
          status: 409,
          errors: [['idempotency_answer_withheld', 'Idempotency-Key']],
        });
        expect(answer.text).not.toMatch(/Secret|Told/);
      }
      expect((await asks['gone']!()).status).toBe(204);
      expect(await c.world.everything()).toBe(before);
    }
    await role('admin');
    expect((await asks['seen']!()).one.attributes).toMatchObject({ first_name: 'Secret' });
  });

  it('shows the answers of a super admin to no other', async () => {
    const root = await c.world.caller('Root', {}, { superAdmin: true });
    const key = keyed();
    expect((await post('Rooted', key, root.api)).status).toBe(201);
    expect(wasReplayed(await post('Rooted', key, root.api))).toBe(true);
    await c.world.database.query(sql`update users set super_admin = false where id = ${root.userId}::bigint`);
    expect((await post('Rooted', key, root.api)).refusal.errors).toEqual([
      ['idempotency_answer_withheld', 'Idempotency-Key'],
    ]);
  });

  it.each([
    ['an empty one', ''],
    ['a long one', 'x'.repeat(256)],
    ['one with a blank', 'a b'],
    ['one beyond ASCII', 'clé'],
    ['two', 'a, b'],
  ])('is 400 for %s, and nothing happens', async (_name, key) => {
    const before = [await c.world.everything(), await keys()];
    expect((await post('Bad', keyed(key))).refusal).toEqual({
      status: 400,
      errors: [['invalid_header', 'Idempotency-Key']],
    });
    expect([await c.world.everything(), await keys()]).toEqual(before);
  });

  it.each(['x', '"quoted"', 'x'.repeat(255), `'; drop table idempotency_keys; --`.replaceAll(' ', '+')])(
    'may be any visible ASCII: %s',
    async (key) => {
      const name = `Any ${key}`.slice(0, 100);
      expect((await post(name, keyed(key))).status).toBe(201);
      expect(wasReplayed(await post(name, keyed(key)))).toBe(true);
    },
  );

  it('does not concern reading, signing in, or whoever is refused before', async () => {
    const before = await keys();
    const credentials = { data: { type: 'session', attributes: ADMIN } };
    const key = keyed();
    await c.ada.api.get('/groups', key);
    const tokens = await Promise.all(
      [1, 2].map(async () => (await c.world.nobody.post('/sessions', credentials, key)).status),
    );
    expect(tokens).toEqual([201, 201]);
    expect((await c.world.nobody.post('/groups', group('x'), key)).status).toBe(401);
    expect((await post('x', { ...key, 'content-type': 'text/plain' })).status).toBe(415);
    expect(await keys()).toBe(before);
  });

  describe('with several at once', () => {
    it('lets one write; the others get its answer, or 409 until there is one', async () => {
      for (const path of ['/groups', '/people']) {
        const key = keyed();
        const body =
          path === '/groups'
            ? group('Parallel')
            : { data: { type: 'person', attributes: { first_name: 'Parallel' } } };
        const answers = await Promise.all(Array.from({ length: 12 }, () => c.ada.api.post(path, body, key)));
        const first = answers.filter((answer) => answer.status === 201 && !wasReplayed(answer));
        expect(first).toHaveLength(1);
        for (const answer of answers.filter((one) => one !== first[0]))
          if (answer.status === 409) {
            expect(answer.refusal.errors).toEqual([['idempotency_key_in_use', 'Idempotency-Key']]);
            expect(answer.header('retry-after')).toMatch(/^[1-9]\d*$/);
          } else expect([wasReplayed(answer), answer.text]).toEqual([true, first[0]?.text]);
        expect((await c.ada.api.post(path, body, key)).text).toBe(first[0]?.text);
      }
      expect(await groupsCalled('Parallel')).toBe(1);
      expect(await c.world.value(sql`select count(*)::int from people where first_name = 'Parallel'`)).toBe(
        1,
      );
    });

    let holding: Client | undefined;
    afterEach(() => letGo());

    /** Lets nobody write groups until it is let go. */
    async function holdGroups(): Promise<void> {
      holding = await connect((c.world.database.dataSource.options as { url: string }).url);
      await holding.query('begin; lock table groups in share mode');
    }

    async function letGo(): Promise<void> {
      await holding?.end();
      holding = undefined;
    }

    /** So many requests have begun to work: their claims are there, and they wait for the table, or for each other. */
    async function underway(count: number, work: Promise<ApiAnswer>): Promise<void> {
      const waiting = sql`select count(*)::int from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
      let over = false;
      void work.finally(() => (over = true));
      while (!over && (await c.world.value<number>(waiting)) < count);
    }

    it('is 409 as long as the first works', async () => {
      const key = keyed();
      await holdGroups();
      const first = post('Slow', key);
      await underway(1, first);
      const second = await post('Slow', key);
      expect(second.refusal).toEqual({
        status: 409,
        errors: [['idempotency_key_in_use', 'Idempotency-Key']],
      });
      expect((await post('Other', key)).refusal.errors).toEqual([
        ['idempotency_key_reused', 'Idempotency-Key'],
      ]);
      await letGo();
      expect([(await first).status, wasReplayed(await first)]).toEqual([201, false]);
      expect((await post('Slow', key)).text).toBe((await first).text);
    });

    it('is taken over when the lease has run out; whoever lost it writes nothing', async () => {
      const key = keyed();
      await holdGroups();
      const first = post('Lease', key);
      await underway(1, first);
      await c.world.database.query(
        sql`update idempotency_keys set leased_until = now() - interval '1 second' where answer is null`,
      );
      expect((await post('Other', key)).refusal.status).toBe(422);
      const second = post('Lease', key);
      await underway(2, second);
      expect((await post('Lease', key)).status).toBe(409);
      await letGo();
      expect([(await first).status, (await second).status]).toEqual([409, 201]);
      expect((await post('Lease', key)).text).toBe((await second).text);
      expect(await groupsCalled('Lease')).toBe(1);
    });
  });

  it('is free again after a failure of ours', async () => {
    const key = keyed();
    await c.world.database.query(sql`alter table groups rename to groups_away`);
    expect((await post('Later', key)).status).toBe(500);
    await c.world.database.query(sql`alter table groups_away rename to groups`);
    const again = await post('Later', key);
    expect([again.status, wasReplayed(again)]).toEqual([201, false]);
  });

  it('is kept for 24 hours; what is older goes with the requests that come, a few at a time', async () => {
    const key = keyed();
    await post('Old', key);
    const age = sql`update idempotency_keys set created_at = created_at - interval '25 hours'`;
    await c.world.database.query(age);
    const again = await post('Old', key);
    expect([again.status, wasReplayed(again), await groupsCalled('Old')]).toEqual([201, false, 2]);
    await c.world.database.query(age);
    const before = await keys();
    await post('New', keyed());
    await post('New', keyed());
    expect(before).toBeGreaterThan(4);
    expect(await keys()).toBe(before - 2);
  });

  it('costs two statements: the claim before the transaction, the answer in it', async () => {
    const plain = await countQueries(() => post('Counted', {}));
    const { statements } = await countQueries(() => post('Counted', keyed()));
    expect(statements).toHaveLength(plain.statements.length + 2);
    expect(statements.map((statement) => / idempotency_keys /.test(statement))).toEqual(
      statements.map((_, i) => i === 1 || i === statements.length - 2),
    );
    const replay = keyed();
    await post('Counted', replay);
    expect((await countQueries(() => post('Counted', replay))).statements).toHaveLength(2);
  });

  describe('of work in several transactions', () => {
    const request = (key: string): JsonApiRequest => ({
      ...{ id: 'test', method: 'POST', originalUrl: '/x', body: undefined, lenient: false, profiles: [] },
      headers: { 'idempotency-key': key },
      user: { userId: c.ada.userId, roles: new Map(), ownGroupIds: [] },
    });
    const run = (key: string, work: (claim: Claim<{ status: number }>) => Promise<{ status: number }>) =>
      c.world.app.get(Idempotency).run(request(key), work);
    const expire = () =>
      c.world.database.query(sql`update idempotency_keys set leased_until = now() - interval '1 second'`);

    it('the lease begins anew with each, and the answer is kept with the last', async () => {
      const key = randomUUID();
      const answer = await run(key, async (claim) => {
        await expire();
        await c.world.database.transaction((tx) => claim.renew(tx));
        await expect(run(key, () => Promise.resolve({ status: 201 }))).rejects.toMatchObject({ status: 409 });
        await c.world.database.transaction((tx) => claim.store(tx, { status: 202 }));
        return { status: 202 };
      });
      expect(answer).toEqual({ status: 202 });
      expect(await run(key, () => Promise.reject(new Error('it runs again')))).toMatchObject({ status: 202 });
    });

    it('its chunks are written once, and the answer is given again', async () => {
      const [idempotency, database] = [c.world.app.get(Idempotency), c.world.database];
      const chunks = ['Soprano', 'Tenor'];
      const answer = { status: 201 };
      const write = (tx: Transaction, name: string) =>
        tx.query(sql`insert into groups (name) values (${name})`);
      const inChunks = (request: JsonApiRequest) =>
        idempotency.run(request, async (claim) => {
          for (const chunk of chunks)
            await database.transaction(async (tx) => {
              await write(tx, chunk);
              await (chunk === chunks.at(-1) ? claim.store(tx, answer) : claim.renew(tx));
            });
          return answer;
        });
      const twice = request(randomUUID());
      expect(await inChunks(twice)).toEqual(answer);
      expect(await inChunks(twice)).toMatchObject(answer);
      expect([await groupsCalled('Soprano'), await groupsCalled('Tenor')]).toEqual([1, 1]);
    });

    it('a transaction whose lease was taken over is undone', async () => {
      const key = randomUUID();
      const before = await c.world.count('people');
      const work = run(key, async (claim) => {
        await expire();
        await run(key, async (other) => {
          await other.store(c.world.database, { status: 201 });
          return { status: 201 };
        });
        await c.world.database.transaction(async (tx) => {
          await tx.query(sql`insert into people (first_name) values ('Undone')`);
          await claim.renew(tx);
        });
        return { status: 200 };
      });
      await expect(work).rejects.toMatchObject({ status: 409 });
      expect(await c.world.count('people')).toBe(before);
      expect(await run(key, () => Promise.resolve({ status: 500 }))).toMatchObject({ status: 201 });
    });
  });
});
