import sql from 'sql-template-tag';
import { countQueries } from '../support/count-queries.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import { applied } from '../support/faults/header-faults.js';
import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import { ATOMIC_TYPE, OperationsClient, resultsOf } from '../support/operations-client.js';

type Json = Record<string, unknown>;

const ATOMIC = 'https://jsonapi.org/ext/atomic';

const group = (attributes: Json, more: Json = {}) => ({
  op: 'add',
  data: { type: 'group', attributes, ...more },
});
const person = (attributes: Json, more: Json = {}) => ({
  op: 'add',
  data: { type: 'person', attributes, ...more },
});
const end = (type: string, name: string, word: 'id' | 'lid' = 'lid') => ({ data: { type, [word]: name } });

describe('POST /operations', () => {
  let c: Choir;
  let ops: OperationsClient;
  beforeAll(async () => {
    c = await bootChoir({ BATCH_MAX_ENTRIES: '60' });
    ops = new OperationsClient(c.ada.api);
  });
  afterAll(() => c.world.close());

  const below = (name: string): Promise<string> => c.world.group(name, { parent_id: c.choir });
  const groupsCalled = (name: string): Promise<number> =>
    c.world.value(sql`select count(*)::int from groups where name = ${name}`);

  describe('does them in order', () => {
    it('and answers each with what is then there, each at its place', async () => {
      const [old, gone] = [await below('Old'), await below('Gone')];
      const answer = await ops.send([
        group({ name: 'First' }, { lid: 'first' }),
        { op: 'update', data: { type: 'group', id: old, attributes: { phone_region: 'DK' } } },
        { op: 'remove', ref: { type: 'group', id: gone } },
        group({ name: 'Second' }, { relationships: { parent: end('group', 'first') } }),
        { op: 'update', ref: { type: 'group', id: old, relationship: 'parent' }, data: null },
      ]);
      expect(answer.status).toBe(200);
      expect(answer.document).toEqual({
        jsonapi: { version: '1.1' },
        'atomic:results': Array(5).fill(expect.any(Object)),
      });
      const [first, changed, removed, second, linked] = resultsOf(answer);
      const firstId = first?.data?.id as string;
      expect(first?.data).toEqual((await c.ada.api.get(`/groups/${firstId}`)).one);
      expect(changed?.data).toMatchObject({ type: 'group', id: old, attributes: { phone_region: 'DK' } });
      expect(second?.data?.relationships?.['parent']?.data).toEqual({ type: 'group', id: firstId });
      expect([removed, linked]).toEqual([{}, {}]);
      expect(await c.world.row('groups', gone)).toBeUndefined();
      expect(await c.world.row('groups', old)).toMatchObject({ phone_region: 'DK', parent_id: null });
      expect(
        await c.world.value(
          sql`select role from group_memberships where group_id = ${firstId} and person_id = ${c.ada.personId}`,
        ),
      ).toBe('owner');
    });

    it('by href as well: of a collection, a resource and a relationship, from the root or from here', async () => {
      const id = await below('By href');
      const me = { type: 'person', id: c.ada.personId, attributes: {} };
      const answer = await ops.send([
        {
          op: 'update',
          href: `/apis/v4/groups/${id}`,
          data: { type: 'group', id, attributes: { name: 'x' } },
        },
        { op: 'update', href: `groups/${id}/relationships/parent`, data: null },
        { op: 'add', href: '/apis/v4/groups', data: { type: 'group', attributes: { name: 'By href too' } } },
        { op: 'update', href: '/apis/v4/people/me', data: me },
        { op: 'remove', href: `groups/${id}` },
      ]);
      const types = resultsOf(answer).map(({ data }) => data?.type);
      expect([answer.status, types]).toEqual([200, ['group', undefined, 'group', 'person', undefined]]);
      expect([await c.world.row('groups', id), await groupsCalled('By href too')]).toEqual([undefined, 1]);
    });

    it('naming what was added before by its lid: in ref, data, linkage and the ids of the People API', async () => {
      const inGroup = { groups: { data: [{ type: 'group', lid: 'x' }] } };
      const answer = await ops.send([
        group({ name: 'Lids' }, { lid: 'x' }),
        person({ first_name: 'Lida' }, { lid: 'x', relationships: inGroup }),
        {
          op: 'update',
          ref: { type: 'person', lid: 'x' },
          data: { type: 'person', lid: 'x', attributes: { last_name: 'Lid' } },
        },
        {
          op: 'add',
          data: {
            type: 'email_address',
            attributes: { email: 'lida@example.org' },
            relationships: { person: end('person', 'x') },
          },
        },
        {
          op: 'add',
          data: {
            type: 'contact_assignment',
            attributes: { person_id: 'x', assigned_to_id: c.ada.personId, group_id: 'x' },
          },
        },
        { op: 'update', data: { type: 'group', lid: 'x', attributes: { phone_region: 'NO' } } },
      ]);
      expect(answer.status).toBe(200);
      const [added, lida, changed, email, assignment, last] = resultsOf(answer);
      const [groupId, personId] = [added?.data?.id, lida?.data?.id];
      expect(changed?.data).toMatchObject({ id: personId, attributes: { full_name: 'Lida Lid' } });
      expect(email?.data?.relationships?.['person']?.data).toEqual({ type: 'person', id: personId });
      expect(assignment?.data?.attributes).toMatchObject({ person_id: personId, group_id: groupId });
      expect(last?.data).toMatchObject({ id: groupId, attributes: { phone_region: 'NO' } });
      expect(
        await c.world.value(sql`select email from email_addresses where person_id = ${personId}::bigint`),
      ).toBe('lida@example.org');
    });

    it('with relationships to-many: adds, takes out, replaces', async () => {
      const member = await c.world.contact('Mia', c.choir);
      const [one, two] = [await below('One'), await below('Two')];
      const ref = { type: 'person', id: member, relationship: 'groups' };
      const ends = (...ids: string[]) => ids.map((id) => ({ type: 'group', id }));
      const groups = (): Promise<string[]> =>
        c.world.value(
          sql`select array_agg(group_id::text order by group_id) from group_memberships where person_id = ${member}::bigint`,
        );
      const linked = await ops.send([
        { op: 'add', ref, data: ends(one, two) },
        { op: 'remove', ref, data: ends(one) },
      ]);
      expect(resultsOf(linked)).toEqual([{}, {}]);
      expect(await groups()).toEqual([c.choir, two]);
      await ops.send([{ op: 'update', ref, data: ends(one) }]);
      expect(await groups()).toEqual([one]);
    });

    it('in lenient as in strict, named in the media type of the answer', async () => {
      for (const client of [ops, ops.lenient]) {
        const answer = await client.send([group({ name: 'Either way' })]);
        expect([answer.status, applied(answer, 'ext')]).toEqual([200, [ATOMIC]]);
      }
      const lenient = await ops.lenient.send([group({ name: 'Lenient', unknown: 1 })]);
      expect(lenient.status).toBe(200);
      const refused = await ops.send([group({ name: 'Strict', unknown: 1 })]);
      expect(applied(refused, 'ext')).toEqual([ATOMIC]);
      expect(refused.refusal).toEqual({
        status: 422,
        errors: [['unknown_attribute', '/atomic:operations/0/data/attributes/unknown']],
      });
    });
  });

  describe('does all or nothing', () => {
    const update = (attributes: Json) => (id: string) => ({
      op: 'update',
      data: { type: 'group', id, attributes },
    });
    it.each([
      ['a value', update({ name: '' }), 422, 'invalid_attribute', '/data/attributes/name'],
      [
        'a resource that is not there',
        () => ({ op: 'remove', ref: { type: 'group', id: '999999' } }),
        404,
        'not_found',
        '',
      ],
      [
        'an end that is not there',
        () => group({ name: 'x' }, { relationships: { parent: end('group', '999999', 'id') } }),
        404,
        'not_found',
        '/data/relationships/parent/data',
      ],
      [
        'linkage that is not there',
        () => ({
          op: 'add',
          ref: { type: 'person', id: c.carl, relationship: 'groups' },
          data: [{ type: 'group', id: '999999' }],
        }),
        404,
        'not_found',
        '/data/0',
      ],
      [
        'a relationship that is not written',
        () => ({ op: 'update', ref: { type: 'person', id: c.carl, relationship: 'created_by' }, data: null }),
        403,
        'read_only',
        '',
      ],
      ['a rule', (id: string) => ({ op: 'remove', ref: { type: 'group', id } }), 422, 'group_in_use', ''],
      [
        'a read-only value',
        () => group({ name: 'x', created_at: '2001-01-01T00:00:00.000Z' }),
        403,
        'read_only',
        '/data/attributes/created_at',
      ],
      ['a client-made id', () => group({ name: 'x' }, { id: '5' }), 403, 'client_id_not_allowed', '/data/id'],
      [
        'a person whom nothing tells apart',
        () => person({ last_name: 'Only' }),
        422,
        'insufficient_information',
        '/data',
      ],
    ])('where %s is refused: not a row stays', async (_name, operation, status, code, at) => {
      const before = await c.world.everything();
      for (const client of [ops, ops.lenient])
        if (client === ops || !['read_only', 'client_id_not_allowed'].includes(code)) {
          const answer = await client.send([group({ name: 'Never' }), operation(c.choir)]);
          expect(answer.refusal).toEqual({ status, errors: [[code, `/atomic:operations/1${at}`]] });
        }
      expect(await c.world.everything()).toBe(before);
    });

    it('tells all that is wrong in the request before anything is written, in one status or 400', async () => {
      const before = await c.world.everything();
      const { statements, result } = await countQueries(() =>
        ops.send([group({ name: '' }), { op: 'move' }, group({ name: 'Fine' }), group({}, { id: '1' })]),
      );
      expect(result.refusal).toEqual({
        status: 400,
        errors: [
          ['invalid_attribute', '/atomic:operations/0/data/attributes/name'],
          ['malformed_document', '/atomic:operations/1/op'],
          ['client_id_not_allowed', '/atomic:operations/3/data/id'],
        ],
      });
      expect(statements).toHaveLength(1); // who asks
      expect(await c.world.everything()).toBe(before);
    });

    it('for a caller without the rights as well: what may not be read does not exist', async () => {
      const user = await c.world.caller('User', { [c.choir]: 'user' });
      const stranger = await c.world.caller('Stranger');
      const before = await c.world.everything();
      const rename = { op: 'update', data: { type: 'group', id: c.altos, attributes: { name: 'Mine' } } };
      const by = (who: typeof user) => new OperationsClient(who.api).send([group({ name: 'Own' }), rename]);
      expect((await by(user)).refusal).toEqual({
        status: 403,
        errors: [['forbidden', '/atomic:operations/1']],
      });
      expect((await by(stranger)).refusal).toEqual({
        status: 404,
        errors: [['not_found', '/atomic:operations/1']],
      });
      expect(await c.world.everything()).toBe(before);
    });
  });

  describe('refuses what is no list of operations', () => {
    const one = group({ name: 'x' });
    it.each([
      ['no object', [], ''],
      ['nothing', {}, ''],
      ['an empty list', { 'atomic:operations': [] }, '/atomic:operations'],
      ['no list', { 'atomic:operations': one }, '/atomic:operations'],
      ['primary data beside', { 'atomic:operations': [one], data: null }, '/data'],
      ['what comes along beside', { 'atomic:operations': [one], included: [] }, '/included'],
      ['results beside', { 'atomic:operations': [one], 'atomic:results': [] }, '/atomic:results'],
      ['errors beside', { 'atomic:operations': [one], errors: [] }, '/errors'],
      ['meta of another kind', { 'atomic:operations': [one], meta: 1 }, '/meta'],
    ])('%s', async (_name, body, pointer) => {
      const before = await c.world.everything();
      for (const client of [ops, ops.lenient])
        expect((await client.document(body)).refusal).toEqual({
          status: 400,
          errors: [['malformed_document', pointer]],
        });
      expect(await c.world.everything()).toBe(before);
    });

    it.each<[string, unknown, number, string, string]>([
      ['null', null, 400, 'malformed_document', ''],
      ['no op', { data: one.data }, 400, 'malformed_document', ''],
      ['another op', { op: 'upsert', data: one.data }, 400, 'malformed_document', '/op'],
      ['an op of a prototype', { op: 'constructor', data: one.data }, 400, 'malformed_document', '/op'],
      ['meta of another kind', { ...one, meta: [] }, 400, 'malformed_document', '/meta'],
      ['something along', { ...one, included: [] }, 400, 'malformed_document', '/included'],
      [
        'two targets',
        { op: 'remove', ref: { type: 'group', id: '1' }, href: '/apis/v4/groups/1' },
        400,
        'malformed_document',
        '/href',
      ],
      ['a ref that is a text', { op: 'remove', ref: '1' }, 400, 'malformed_document', '/ref'],
      ['a ref without a type', { op: 'remove', ref: { id: '1' } }, 400, 'malformed_document', '/ref'],
      ['a ref without a name', { op: 'remove', ref: { type: 'group' } }, 400, 'malformed_document', '/ref'],
      [
        'a ref with two names',
        { op: 'remove', ref: { type: 'group', id: '1', lid: 'a' } },
        400,
        'malformed_document',
        '/ref',
      ],
      [
        'a ref with an id that is a number',
        { op: 'remove', ref: { type: 'group', id: {} } },
        400,
        'malformed_document',
        '/ref/id',
      ],
      [
        'a ref to nowhere',
        { op: 'remove', ref: { type: 'nothing', id: '1' } },
        404,
        'not_found',
        '/ref/type',
      ],
      [
        'a ref to a prototype',
        { op: 'remove', ref: { type: '__proto__', id: '1' } },
        404,
        'not_found',
        '/ref/type',
      ],
      [
        'a ref to what is no id',
        { op: 'remove', ref: { type: 'group', id: "1' or '1'='1" } },
        404,
        'not_found',
        '/ref/id',
      ],
      [
        'a ref to a relationship that there is not',
        { op: 'update', ref: { type: 'group', id: '1', relationship: 'constructor' }, data: null },
        404,
        'not_found',
        '/ref/relationship',
      ],
      [
        'a lid that nothing has',
        { op: 'remove', ref: { type: 'group', lid: 'later' } },
        400,
        'malformed_document',
        '/ref/lid',
      ],
      [
        'linkage to a lid that nothing has',
        group({ name: 'x' }, { relationships: { parent: end('group', 'later') } }),
        400,
        'malformed_document',
        '/data/relationships/parent/data/lid',
      ],
      [
        'linkage to itself',
        group({ name: 'x' }, { lid: 'me', relationships: { parent: end('group', 'me') } }),
        400,
        'malformed_document',
        '/data/relationships/parent/data/lid',
      ],
      ['a text for an href', { op: 'remove', href: 1 }, 400, 'malformed_document', '/href'],
      ['an href to elsewhere', { op: 'remove', href: 'https://evil.example/x' }, 404, 'not_found', '/href'],
      ['an href out of here', { op: 'remove', href: '../../healthz' }, 404, 'not_found', '/href'],
      [
        'an href with parameters',
        { op: 'remove', href: '/apis/v4/groups/1?include=x' },
        404,
        'not_found',
        '/href',
      ],
      ['an href that is no URL', { op: 'remove', href: 'http://[' }, 404, 'not_found', '/href'],
      ['an href to itself', { op: 'add', href: 'operations', data: one.data }, 404, 'not_found', '/href'],
      [
        'an href to related resources',
        { op: 'add', href: 'groups/1/people', data: one.data },
        404,
        'not_found',
        '/href',
      ],
      ['nothing to remove', { op: 'remove' }, 400, 'malformed_document', ''],
      ['a collection to remove', { op: 'remove', href: 'groups' }, 400, 'malformed_document', '/href'],
      ['nothing to add', { op: 'add' }, 400, 'malformed_document', ''],
      ['a list to add', { op: 'add', data: [] }, 400, 'malformed_document', '/data'],
      ['an untyped one to add', { op: 'add', data: {} }, 400, 'malformed_document', '/data'],
      ['an unknown one to add', { op: 'add', data: { type: 'x' } }, 409, 'type_conflict', '/data/type'],
      [
        'one of another type than the collection',
        { op: 'add', href: 'people', data: { type: 'group' } },
        409,
        'type_conflict',
        '/data/type',
      ],
      [
        'a target for what is added',
        { ...one, ref: { type: 'group', id: '1' } },
        400,
        'malformed_document',
        '/ref',
      ],
      [
        'a change of two',
        { op: 'update', ref: { type: 'group', id: '1' }, data: { type: 'group', id: '2' } },
        409,
        'id_conflict',
        '/data/id',
      ],
      [
        'a change of another type',
        { op: 'update', ref: { type: 'group', id: '1' }, data: { type: 'person', id: '1' } },
        409,
        'type_conflict',
        '/data/type',
      ],
      ['a change of nothing', { op: 'update', data: { type: 'group' } }, 400, 'malformed_document', '/data'],
      [
        'an addition to a to-one',
        { op: 'add', ref: { type: 'group', id: '1', relationship: 'parent' }, data: null },
        400,
        'malformed_document',
        '/op',
      ],
      [
        'linkage without data',
        { op: 'update', ref: { type: 'group', id: '1', relationship: 'parent' } },
        400,
        'malformed_document',
        '',
      ],
      [
        'linkage of another type',
        {
          op: 'update',
          ref: { type: 'group', id: '1', relationship: 'parent' },
          data: { type: 'person', id: '1' },
        },
        409,
        'type_conflict',
        '/data/type',
      ],
      [
        'one end for many',
        { op: 'add', ref: { type: 'person', id: '1', relationship: 'groups' }, data: null },
        400,
        'malformed_document',
        '/data',
      ],
      [
        'NUL in a lid',
        { op: 'remove', ref: { type: 'group', lid: '\0' } },
        400,
        'malformed_document',
        '/ref/lid',
      ],
    ])('or with an operation that is %s', async (_name, operation, status, code, at) => {
      const before = await c.world.everything();
      const answer = await ops.send([group({ name: 'Before' }), operation]);
      expect(answer.refusal).toEqual({ status, errors: [[code, `/atomic:operations/1${at}`]] });
      expect(await c.world.everything()).toBe(before);
    });

    it('or with a lid that two have; two types may', async () => {
      const twice = [group({ name: 'x' }, { lid: 'a' }), group({ name: 'y' }, { lid: 'a' })];
      expect((await ops.send(twice)).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', '/atomic:operations/1/data/lid']],
      });
      const both = [group({ name: 'x' }, { lid: 'a' }), person({ first_name: 'Lid' }, { lid: 'a' })];
      expect((await ops.send(both)).status).toBe(200);
    });

    it('or that takes the place of a lid for an id', async () => {
      const forged = { op: 'remove', ref: { type: 'group', id: '@lid:0' } };
      const linked = group({ name: 'y' }, { relationships: { parent: end('group', '@lid:0', 'id') } });
      for (const operation of [forged, linked])
        expect((await ops.send([group({ name: 'x' }, { lid: 'a' }), operation])).status).toBe(404);
    });
  });

  it('takes at most as many as the deployment says: 413', async () => {
    const many = (count: number) =>
      ops.send(Array.from({ length: count }, () => ({ op: 'remove', ref: { type: 'group', id: 'x' } })));
    expect((await many(61)).refusal).toEqual({
      status: 413,
      errors: [['payload_too_large', '/atomic:operations']],
    });
    expect((await many(60)).status).toBe(404);
  });

  describe('speaks the extension', () => {
    const document = { 'atomic:operations': [group({ name: 'Typed' })] };

    it.each([
      ['plain JSON:API', MEDIA_TYPE],
      ['another extension', `${MEDIA_TYPE}; ext="https://x.example/none"`],
      ['another one as well', `${MEDIA_TYPE}; ext="${ATOMIC} https://x.example/none"`],
      ['a charset', `${ATOMIC_TYPE}; charset=utf-8`],
      ['no type', 'text/plain'],
    ])('415 for %s', async (_name, type) => {
      const answer = await ops.document(document, '', { 'content-type': type });
      expect(answer.refusal).toEqual({ status: 415, errors: [['unsupported_media_type', 'Content-Type']] });
    });

    it.each([
      ATOMIC_TYPE,
      MEDIA_TYPE,
      '*/*',
      `${MEDIA_TYPE}; ext="https://x.example/none", ${ATOMIC_TYPE}`,
      `${ATOMIC_TYPE}; profile="https://x.example/any"`,
      `${ATOMIC_TYPE}; q=0.5`,
    ])('and answers in it to Accept: %s', async (accept) => {
      const answer = await ops.document(document, '', { accept });
      expect([answer.status, answer.header('content-type')]).toEqual([200, ATOMIC_TYPE]);
    });

    it.each([`${MEDIA_TYPE}; ext="https://x.example/none"`, `${ATOMIC_TYPE}; charset=utf-8`, 'text/html'])(
      'but 406 to Accept: %s',
      async (accept) => {
        expect((await ops.document(document, '', { accept })).refusal.status).toBe(406);
      },
    );

    it('here alone: 415 and 406 elsewhere', async () => {
      const body = { data: { type: 'group', attributes: { name: 'x' } } };
      expect((await c.ada.api.post('/groups', body, { 'content-type': ATOMIC_TYPE })).status).toBe(415);
      expect((await c.ada.api.get('/groups', { accept: ATOMIC_TYPE })).status).toBe(406);
    });

    it('by POST alone: 405', async () => {
      for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
        const answer = await c.ada.api.send({ method, path: '/operations' });
        expect([method, answer.status, answer.header('allow')]).toEqual([method, 405, 'POST']);
      }
    });
  });

  it('refuses parameters that mean nothing here', async () => {
    for (const [parameters, name] of [
      ['?include=groups', 'include'],
      ['?unknown=1', 'unknown'],
      ['?dry_run=perhaps', 'dry_run'],
      // Of the creation of people, of whom none is made here.
      ['?conflicting_ref=never', 'conflicting_ref'],
      ['?name_guard=1', 'name_guard'],
    ])
      expect((await ops.send([group({ name: 'x' })], parameters)).refusal).toEqual({
        status: 400,
        errors: [['invalid_parameter', name]],
      });
  });

  it('is tried out by dry_run: the same answer, but for what would be made, and nothing written', async () => {
    const id = await below('Tried');
    const operations = [
      group({ name: 'New' }, { lid: 'new' }),
      { op: 'update', data: { type: 'group', lid: 'new', attributes: { name: 'Newer' } } },
      { op: 'update', data: { type: 'group', id, attributes: { phone_region: 'SE' } } },
      { op: 'remove', ref: { type: 'group', id } },
    ];
    const before = await c.world.everything();
    const answer = await ops.send(operations, '?dry_run=true');
    expect(answer.status).toBe(200);
    expect(resultsOf(answer)).toEqual([
      {},
      {},
      { data: expect.objectContaining({ id, attributes: expect.objectContaining({ phone_region: 'SE' }) }) },
      {},
    ]);
    const refused = await ops.send([...operations, operations[3]], '?dry_run=true');
    expect(refused.refusal).toEqual({ status: 404, errors: [['not_found', '/atomic:operations/4']] });
    expect(await c.world.everything()).toBe(before);
    expect((await ops.send(operations, '?dry_run=false')).status).toBe(200);
  });

  it('is done once under an Idempotency-Key, and answered again as it was', async () => {
    const key = { 'idempotency-key': 'operations-1' };
    const first = await ops.send([group({ name: 'Once' })], '', key);
    const again = await ops.send([group({ name: 'Once' })], '', key);
    expect([again.status, again.text, again.header('content-type')]).toEqual([200, first.text, ATOMIC_TYPE]);
    expect([again.header('idempotency-replayed'), await groupsCalled('Once')]).toEqual(['true', 1]);
    const tried = { 'idempotency-key': 'operations-2' };
    for (const replayed of [undefined, 'true']) {
      const answer = await ops.send([group({ name: 'Tried' })], '?dry_run=true', tried);
      expect([answer.status, answer.header('idempotency-replayed')]).toEqual([200, replayed]);
    }
  });

  it('gives what it makes its rights at once: a group is usable by the operations after it', async () => {
    const founder = await c.world.caller('Founder');
    const answer = await new OperationsClient(founder.api).send([
      group({ name: 'Above' }, { lid: 'above' }),
      group({ name: 'Below' }, { lid: 'below', relationships: { parent: end('group', 'above') } }),
      person(
        { first_name: 'Member' },
        { relationships: { groups: { data: [{ type: 'group', lid: 'below' }] } } },
      ),
      person({ first_name: 'Of all my own', external_ref: 'own-1' }),
    ]);
    expect(answer.status).toBe(200);
    const [above, beneath, member, own] = resultsOf(answer);
    expect([member?.meta, own?.meta]).toMatchObject([
      { match: { groups_added: [beneath?.data?.id] } },
      { match: { groups_added: [above?.data?.id, beneath?.data?.id] } },
    ]);
  });
});
