import fc from 'fast-check';
import type { Method } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('A body that is not what it should be', () => {
  let c: Choir;
  let before: string;
  beforeAll(async () => {
    c = await bootChoir();
  });
  beforeEach(async () => {
    before = await c.world.everything();
  });
  /** Whatever is refused here must have written nothing. */
  afterEach(async () => {
    expect(await c.world.everything()).toBe(before);
  });
  afterAll(() => c.world.close());

  const write = (method: Method, path: string, body: unknown) => c.ada.api.send({ method, path, body });
  const post = (body: unknown) => write('POST', '/groups', body);
  const patch = (body: unknown) => write('PATCH', `/groups/${c.choir}`, body);
  const person = (id: string) => ({ data: { type: 'person', id } });
  const group = (more: object) => ({ data: { type: 'group', attributes: { name: 'New' }, ...more } });

  describe('as JSON', () => {
    it.each([
      ['nothing', ''],
      ['a bracket', '{'],
      ['two values', '{} {}'],
      ['a comma too many', '{"data": {"type": "group",}}'],
      ['single quotes', "{'data': null}"],
      ['a comment', '{"data": null /* none */}'],
      ['NaN', '{"data": NaN}'],
      ['a NUL between', '{"data":\u0000 null}'],
      ['a form', 'data[type]=group'],
      ['XML', '<data/>'],
      ['100,000 open brackets', '['.repeat(100_000)],
      ['100,000 open braces', '{"data":'.repeat(100_000)],
      ['half a text', '{"data":"'],
      ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
      ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
      ['UTF-16', Buffer.from('{"data":null}', 'utf16le')],
      ['nothing but bytes', Buffer.from([0, 1, 2, 3])],
    ])('is 400 when it is %s', async (_name, body) => {
      for (const [method, path] of [
        ['POST', '/groups'],
        ['PATCH', `/groups/${c.choir}`],
        ['POST', '/contact_assignments'],
      ] as const) {
        const answer = await write(method, path, body);
        expect(answer).toBeJsonApiDocument();
        expect(answer.status).toBe(400);
        expect(['malformed_json', 'malformed_document']).toContain(answer.document.errors?.[0]?.code);
      }
    });
  });

  describe('as a document', () => {
    it.each([
      ['an array', [], ''],
      ['a text', '"x"', ''],
      ['a number', 1, ''],
      ['null', 'null', ''],
      ['true', true, ''],
      ['100,000 arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, ''],
      ['an empty object', {}, ''],
      ['without data', { included: [] }, ''],
      ['with data in another case', { Data: { type: 'group' } }, ''],
      ['with data only in its prototype', '{"__proto__": {"data": {"type": "group"}}}', ''],
      ['with data null', { data: null }, '/data'],
      ['with data a text', { data: 'group' }, '/data'],
      ['with data a number', { data: 0 }, '/data'],
      ['with an array of resources', { data: [{ type: 'group' }] }, '/data'],
      ['with an empty array', { data: [] }, '/data'],
      ['without a type', { data: { attributes: { name: 'x' } } }, '/data'],
      ['with a number as type', group({ type: 1 }), '/data/type'],
      ['with null as type', group({ type: null }), '/data/type'],
      ['with an array as type', group({ type: ['group'] }), '/data/type'],
      ['with a number as lid', group({ lid: 1 }), '/data/lid'],
      ['with null as lid', group({ lid: null }), '/data/lid'],
      ['with a number as id', group({ id: 1 }), '/data/id'],
      ['with null as id', group({ id: null }), '/data/id'],
      ['with an object as id', group({ id: {} }), '/data/id'],
      ['with attributes an array', group({ attributes: [] }), '/data/attributes'],
      ['with attributes null', group({ attributes: null }), '/data/attributes'],
      ['with attributes a text', group({ attributes: 'name' }), '/data/attributes'],
      ['with relationships an array', group({ relationships: [] }), '/data/relationships'],
      ['with relationships null', group({ relationships: null }), '/data/relationships'],
      ['with included an object', { ...group({}), included: {} }, '/included'],
      ['with included null', { ...group({}), included: null }, '/included'],
      ['with included a text', { ...group({}), included: 'x' }, '/included'],
      ['with included null in an array', { ...group({}), included: [null] }, '/included/0'],
      ['with included arrays in an array', { ...group({}), included: [[]] }, '/included/0'],
      ['with included without type', { ...group({}), included: [{ id: '1' }] }, '/included/0'],
      ['with meta a number', { ...group({}), meta: 1 }, '/meta'],
      ['with meta of the resource a text', group({ meta: 'x' }), '/data/meta'],
    ])('is 400 when it is %s', async (_name, body, pointer) => {
      const answer = await post(body);
      expect(answer).toBeJsonApiDocument();
      expect(answer.refusal).toEqual({ status: 400, errors: [['malformed_document', pointer]] });
    });

    it('is 400 on an update without identity, 409 with another', async () => {
      const at = (data: object) =>
        patch({ data: { type: 'group', id: c.choir, attributes: { name: 'x' }, ...data } });
      expect((await patch({ data: { type: 'group', attributes: {} } })).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', '/data']],
      });
      expect((await patch({ data: { id: c.choir, attributes: {} } })).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', '/data']],
      });
      expect((await at({ id: c.altos })).refusal).toEqual({
        status: 409,
        errors: [['id_conflict', '/data/id']],
      });
      expect((await at({ id: `0${c.choir}` })).refusal.status).toBe(409);
      expect((await at({ type: 'person' })).refusal).toEqual({
        status: 409,
        errors: [['type_conflict', '/data/type']],
      });
      expect((await at({ id: Number(c.choir) })).refusal.status).toBe(400);
    });

    it('is 409 when the type is not that of the collection, whatever it is', async () => {
      for (const type of [
        'groups',
        'Group',
        '',
        'person',
        '__proto__',
        'constructor',
        'toString',
        'group\u0000',
      ])
        expect((await post(group({ type }))).refusal).toEqual({
          status: 409,
          errors: [['type_conflict', '/data/type']],
        });
      const email = { data: { type: 'email', attributes: { email: 'a@b.example' } } };
      expect((await write('POST', '/email_addresses', email)).refusal).toEqual({
        status: 409,
        errors: [['type_conflict', '/data/type']],
      });
    });

    it('is 403 when the client makes the id', async () => {
      for (const id of ['1', 'abc', '', '99999999999999999999', '8f14e45f-ceea-467f-9575-1234567890ab'])
        expect((await post(group({ id }))).refusal).toEqual({
          status: 403,
          errors: [['client_id_not_allowed', '/data/id']],
        });
    });

    it('is 409 when included brings what cannot come along', async () => {
      for (const type of ['person', 'unknown', '__proto__', 'constructor'])
        expect((await post({ ...group({}), included: [{ type }] })).refusal).toEqual({
          status: 409,
          errors: [['type_conflict', '/included/0/type']],
        });
    });
  });

  describe('in its relationships', () => {
    const parent = (value: unknown) => post(group({ relationships: { parent: value } }));
    const at = '/data/relationships/parent';

    it.each([
      ['a text', 'x', at],
      ['null', null, at],
      ['an array', [], at],
      ['an identifier without data', { type: 'group', id: '1' }, at],
      ['links alone', { links: {} }, at],
      ['data an array', { data: [] }, `${at}/data`],
      ['data a text', { data: '1' }, `${at}/data`],
      ['data a number', { data: 1 }, `${at}/data`],
      ['data empty', { data: {} }, `${at}/data`],
      ['an id without type', { data: { id: '1' } }, `${at}/data`],
      ['a type without id', { data: { type: 'group' } }, `${at}/data`],
      ['a number as type', { data: { type: 1, id: '1' } }, `${at}/data/type`],
      ['a number as id', { data: { type: 'group', id: 1 } }, `${at}/data/id`],
      ['null as id', { data: { type: 'group', id: null } }, `${at}/data/id`],
      ['an object as id', { data: { type: 'group', id: { $gt: '' } } }, `${at}/data/id`],
      ['a number as lid', { data: { type: 'group', lid: 1 } }, `${at}/data/lid`],
      ['a lid of nobody', { data: { type: 'group', lid: 'x' } }, `${at}/data/lid`],
    ])('is 400 when one holds %s', async (_name, value, pointer) => {
      expect((await parent(value)).refusal).toEqual({
        status: 400,
        errors: [['malformed_document', pointer]],
      });
    });

    it.each([
      '',
      '0',
      '-1',
      '1e3',
      '0x1',
      '01x',
      '01',
      '@primary',
      ' 1',
      '9223372036854775808',
      '9'.repeat(400),
      'abc',
      'me',
      '\u0000',
      '\ud800',
      "1'--",
    ])('is 404 when one names the id "%s", which nobody has', async (id) => {
      expect((await parent({ data: { type: 'group', id } })).refusal).toEqual({
        status: 404,
        errors: [['not_found', `${at}/data`]],
      });
      const person = { data: { type: 'person', id } };
      const assignment = { type: 'contact_assignment', relationships: { person, assigned_to: person } };
      expect((await write('POST', '/contact_assignments', { data: assignment })).refusal.status).toBe(404);
    });

    it('is 409 when one names another type', async () => {
      for (const type of ['person', 'groups', '__proto__'])
        expect((await parent({ data: { type, id: '1' } })).refusal).toEqual({
          status: 409,
          errors: [['type_conflict', `${at}/data/type`]],
        });
    });

    it('is 422 when there is none of that name', async () => {
      for (const name of ['unknown', '__proto__', 'constructor', 'name', 'Parent', 'a/b~c']) {
        const body = `{"data":{"type":"group","attributes":{"name":"x"},"relationships":{${JSON.stringify(name)}:{"data":null}}}}`;
        const pointer = `/data/relationships/${name.replace('~', '~0').replace('/', '~1')}`;
        expect((await post(body)).refusal).toEqual({
          status: 422,
          errors: [['unknown_relationship', pointer]],
        });
      }
    });

    it('is 403 when one cannot be written, 400 when its linkage is none either way', async () => {
      const children = (data: unknown) =>
        patch({ data: { type: 'group', id: c.choir, relationships: { children: { data } } } });
      for (const data of [[], [{ type: 'group', id: c.altos }]])
        expect((await children(data)).refusal).toEqual({
          status: 403,
          errors: [['read_only', '/data/relationships/children']],
        });
      for (const [data, pointer] of [
        [null, ''],
        [{ type: 'group', id: c.altos }, ''],
        [[null], '/0'],
        [['1'], '/0'],
        [[{ type: 'group' }], '/0'],
        [[{ type: 'group', id: c.altos }, null], '/1'],
      ] as const)
        expect((await children(data)).refusal).toEqual({
          status: 400,
          errors: [['malformed_document', `/data/relationships/children/data${pointer}`]],
        });
    });
  });

  describe('in its attributes', () => {
    const attributes = (given: object) => post(group({ attributes: given }));

    it.each([
      ['a number', 1],
      ['null', null],
      ['true', true],
      ['an array', ['New']],
      ['an object', { toString: 'New' }],
      ['an empty text', ''],
      ['a text that is too long', 'x'.repeat(201)],
      ['a NUL', 'a\u0000b'],
      ['half a character', 'a\ud800b'],
      ['the other half', '\udc00'],
      ['halves in the wrong order', '\udc00\ud800'],
    ])('is 422 when a text is %s', async (_name, name) => {
      for (const answer of [
        await attributes({ name }),
        await patch({ data: { type: 'group', id: c.choir, attributes: { name } } }),
      ]) {
        expect(answer).toBeJsonApiDocument();
        expect(answer.refusal.status).toBe(422);
        expect(new Set(answer.refusal.errors.map(String))).toEqual(
          new Set(['invalid_attribute,/data/attributes/name']),
        );
      }
    });

    it.each(['a\u0000b@example.org', '\ud800@example.org', '\ud800'])(
      'is 422 once when a text that has to be of some form is %j',
      async (email) => {
        const user = { type: 'user', attributes: { email }, relationships: { person: person(c.carl) } };
        expect((await write('POST', '/users', { data: user })).refusal).toEqual({
          status: 422,
          errors: [['invalid_attribute', '/data/attributes/email']],
        });
      },
    );

    it('is 422 with a pointer to each that is wrong, and to the resource for what is missing', async () => {
      const answer = await attributes({
        phone_region: 'XX',
        match_name_guard: 'yes',
        match_conflicting_ref: 'maybe',
      });
      expect(answer.status).toBe(422);
      expect(answer.refusal.errors.map(([, pointer]) => pointer).sort()).toEqual([
        '/data',
        '/data/attributes/match_conflicting_ref',
        '/data/attributes/match_name_guard',
        '/data/attributes/phone_region',
      ]);
      expect((await post({ data: { type: 'group' } })).refusal).toEqual({
        status: 422,
        errors: [['invalid_attribute', '/data']],
      });
    });

    it('is 422 when there is none of that name', async () => {
      for (const name of [
        'unknown',
        'Name',
        '__proto__',
        'constructor',
        'toString',
        'parent',
        'id',
        'type',
        '',
        'a/b~c',
        'a.b',
        'name\u0000',
        "name'--",
      ]) {
        const body = `{"data":{"type":"group","attributes":{"name":"x",${JSON.stringify(name)}:"x"}}}`;
        const pointer = `/data/attributes/${name.replace('~', '~0').replace('/', '~1')}`;
        expect((await post(body)).refusal).toEqual({ status: 422, errors: [['unknown_attribute', pointer]] });
      }
    });

    it('is 422 when 100,000 arrays stand where a text should', async () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      const answer = await post(`{"data":{"type":"group","attributes":{"name":${deep}}}}`);
      expect(answer.refusal).toEqual({
        status: 422,
        errors: [['invalid_attribute', '/data/attributes/name']],
      });
      expect(answer.text.length).toBeLessThan(2000);
    });

    it('changes nothing in the program by `__proto__`', async () => {
      const body =
        '{"data":{"type":"group","__proto__":{"polluted":1},"attributes":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}';
      expect((await post(body)).status).toBe(422);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    });
  });

  it('is told with all its problems, as 400 when their statuses differ', async () => {
    const answer = await post({
      data: { type: 'person', id: '1', attributes: { unknown: 1 }, relationships: { parent: { data: 1 } } },
    });
    expect(answer.status).toBe(400);
    expect(answer.refusal.errors.map(([code]) => code).sort()).toEqual([
      'client_id_not_allowed',
      'malformed_document',
      'type_conflict',
      'unknown_attribute',
    ]);
  });

  it('never breaks the server, whatever JSON it is', async () => {
    const leaf = fc.oneof(
      fc.constantFrom(
        'group',
        'person',
        '1',
        'name',
        'parent',
        '__proto__',
        '\u0000',
        null,
        1,
        -1,
        1e308,
        true,
      ),
      fc.string({ unit: 'binary' }),
    );
    const names = fc.constantFrom(
      'data',
      'type',
      'id',
      'lid',
      'attributes',
      'relationships',
      'included',
      'meta',
      'links',
      'person',
      'group',
      'parent',
      'assigned_to',
      'person_id',
      'note',
      '__proto__',
      'constructor',
      '@x',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(names, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const document = fc.oneof(
      value,
      fc.record({ data: value, included: value }, { requiredKeys: [] }),
      fc.record({
        data: fc.record(
          {
            type: fc.constantFrom('user', 'contact_assignment'),
            id: value,
            attributes: value,
            relationships: value,
          },
          { requiredKeys: ['type'] },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(document, fc.boolean(), async (body, lenient) => {
        const api = lenient ? c.ada.api.lenient : c.ada.api;
        for (const [method, path] of [
          ['POST', '/contact_assignments'],
          ['PATCH', `/contact_assignments/${c.assignments.carlToAda}`],
          ['POST', '/users'],
        ] as const) {
          const answer = await api.send({ method, path, body: JSON.stringify(body) });
          expect(answer.status).toBeLessThan(500);
        }
      }),
      { numRuns: 300 },
    );
    before = await c.world.everything();
  });
});
