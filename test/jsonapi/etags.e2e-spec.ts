import sql from 'sql-template-tag';
import { JSON_TYPE, type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { countQueries } from '../support/count-queries.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import type { Caller } from '../support/factories/world.factory.js';

const STRONG = /^"\d+-[\w-]+"$/;
const WEAK = /^W\/"[\w-]+"$/;

describe('ETag', () => {
  let c: Choir;
  let bert: Caller;
  beforeAll(async () => {
    c = await bootChoir();
    bert = await c.world.caller('Bert', { [c.choir]: 'user' });
  });
  afterAll(() => c.world.close());

  const tagOf = async (path: string, api: ApiClient = c.ada.api): Promise<string> =>
    (await api.get(path)).header('etag') as string;

  const body = (type: string, id: string, attributes: Record<string, unknown>) => ({
    data: { type, id, attributes },
  });

  const rename = (
    id: string,
    name: string,
    ifMatch: string,
    api: ApiClient = c.ada.api,
  ): Promise<ApiAnswer> => api.patch(`/groups/${id}`, body('group', id, { name }), { 'if-match': ifMatch });

  const contact = (): Promise<string> => c.world.contact('Somebody', c.choir);

  describe('of a resource', () => {
    it('is strong, with its version, on GET and HEAD of one without parameters, for every type', async () => {
      const paths = [
        `/people/${c.carl}`,
        `/email_addresses/${c.emails.carl}`,
        `/phone_numbers/${c.phones.carl}`,
        `/groups/${c.choir}`,
        `/group_memberships/${c.memberships.carl}`,
        `/contact_assignments/${c.assignments.carlToAda}`,
        '/users/me',
      ];
      for (const path of paths) {
        const answer = await c.ada.api.get(path);
        expect([path, answer.header('etag')]).toEqual([path, expect.stringMatching(STRONG)]);
        const [type, word] = path.slice(1).split('/') as [string, string];
        const id = word === 'me' ? c.ada.userId : word;
        const stored = await c.world.row(type as 'people', id);
        expect(answer.header('etag')).toMatch(new RegExp(`^"${String(stored?.['version'])}-`));
        expect((await c.ada.api.send({ method: 'HEAD', path })).header('etag')).toBe(answer.header('etag'));
      }
    });

    it('is the same by every address of it, and in both ways of speaking for whoever keeps to one', async () => {
      expect(await tagOf('/people/me')).toBe(await tagOf(`/people/${c.ada.personId}`));
      expect(await tagOf('/people/me', c.ada.api.lenient)).toBe(await tagOf('/people/me', c.ada.api.lenient));
    });

    it('is answered to POST and PATCH, as GET would', async () => {
      const made = await c.ada.api.post('/groups', {
        data: { type: 'group', attributes: { name: 'Tagged' } },
      });
      expect(made.header('etag')).toBe(await tagOf(made.one.links.self));
      const changed = await rename(made.one.id, 'Tagged again', '*');
      expect(changed.header('etag')).toBe(await tagOf(made.one.links.self));
      expect(changed.header('etag')).not.toBe(made.header('etag'));
      const person = await c.ada.api.post('/people', {
        data: { type: 'person', attributes: { first_name: 'New', external_ref: 'etag-1' } },
      });
      expect(person.header('etag')).toBe(await tagOf(person.one.links.self));
    });

    it('is weak, of the bytes, on every other document', async () => {
      const id = await contact();
      for (const answer of [
        await c.ada.api.get('/people'),
        await c.ada.api.get(`/people/${id}?include=groups`),
        await c.ada.api.get(`/people/${id}?include=`),
        await c.ada.api.get(`/people/${id}?fields[person]=first_name`),
        await c.ada.api.get(`/people/${id}/groups`),
        await c.ada.api.get(`/people/${id}/user`),
        await c.ada.api.get(`/people/${id}/relationships/groups`),
        await c.ada.api.get('/sessions'),
        await c.ada.api.patch(`/people/${id}?include=groups`, body('person', id, { gender: 'x' })),
        await c.ada.api.post('/groups?fields[group]=name', {
          data: { type: 'group', attributes: { name: 'Weak' } },
        }),
      ])
        expect([answer.request.path, answer.header('etag')]).toEqual([
          answer.request.path,
          expect.stringMatching(WEAK),
        ]);
    });

    it('is another for every caller, and after a change of what the caller may see of it', async () => {
      const mine = await tagOf(`/groups/${c.choir}`);
      expect(await tagOf(`/groups/${c.choir}`, bert.api)).not.toBe(mine);
      const id = await c.world.person({ first_name: 'Made', created_by_id: c.carl });
      await c.world.member(id, c.choir);
      const before = await tagOf(`/people/${id}`, bert.api);
      await c.world.database.query(
        sql`update group_memberships set archived_at = now() where id = ${c.memberships.carl}::bigint`,
      );
      expect((await bert.api.get(`/people/${id}`)).one.relationships?.['created_by']?.data).toBeNull();
      expect(await tagOf(`/people/${id}`, bert.api)).not.toBe(before);
      await c.world.database.query(
        sql`update group_memberships set archived_at = null where id = ${c.memberships.carl}::bigint`,
      );
    });

    it('of a person changes with what stands in other tables, of nobody else', async () => {
      const id = await contact();
      const other = await tagOf(`/people/${c.dora}`);
      const before = await c.ada.api.get(`/people/${id}`);
      await c.world.email(id, 'second@example.org');
      const after = await c.ada.api.get(`/people/${id}`);
      expect({ ...after.one.attributes, updated_at: 0 }).toEqual({ ...before.one.attributes, updated_at: 0 });
      expect(after.header('etag')).not.toBe(before.header('etag'));
      expect(await tagOf(`/people/${c.dora}`)).toBe(other);
    });

    it('stays when nothing changes: a PATCH with what there is, a match that brings nothing', async () => {
      const id = await contact();
      const before = await tagOf(`/people/${id}`);
      await c.ada.api.patch(`/people/${id}`, body('person', id, { first_name: 'Somebody' }));
      expect(await tagOf(`/people/${id}`)).toBe(before);
      const group = await tagOf(`/groups/${c.choir}`);
      await c.ada.api.patch(`/groups/${c.choir}`, body('group', c.choir, { name: 'Choir' }));
      expect(await tagOf(`/groups/${c.choir}`)).toBe(group);
    });
  });

  describe('If-None-Match', () => {
    it('is 304 without a body on GET and HEAD, strong or weakened on the way, alone or in a list', async () => {
      for (const path of [`/people/${c.carl}`, '/people', `/people/${c.carl}?include=groups`]) {
        const tag = await tagOf(path);
        const weakened = tag.replace(/^(?:W\/)?/, 'W/');
        for (const header of [tag, weakened, `"a", ${tag}`, `${tag},"b"`, '*', ' * '])
          for (const method of ['GET', 'HEAD'] as const) {
            const answer = await c.ada.api.send({ method, path, headers: { 'if-none-match': header } });
            expect([path, header, answer.status]).toEqual([path, header, 304]);
            expect([answer.bytes.length, answer.header('etag')]).toEqual([0, tag]);
          }
        for (const header of ['"a"', '', 'no tag', tag.replaceAll('"', '')])
          expect((await c.ada.api.get(path, { 'if-none-match': header })).status).toBe(200);
      }
    });

    it('of another caller is not mine', async () => {
      const tag = await tagOf(`/groups/${c.choir}`);
      expect((await bert.api.get(`/groups/${c.choir}`, { 'if-none-match': tag })).status).toBe(200);
    });
  });

  describe('If-Match', () => {
    const refused = { status: 412, errors: [['precondition_failed', 'If-Match']] };

    it('lets PATCH and DELETE pass with the tag of what there is, in a list, or for whatever there is', async () => {
      const id = await c.world.group('Mine', { parent_id: c.choir });
      expect((await rename(id, 'One', await tagOf(`/groups/${id}`))).status).toBe(200);
      expect((await rename(id, 'Two', `"1-x", ${await tagOf(`/groups/${id}`)}, W/"y"`)).status).toBe(200);
      expect((await rename(id, 'Three', '*')).status).toBe(200);
      expect(await c.world.row('groups', id)).toMatchObject({ name: 'Three', version: 4 });
      const headers = { 'if-match': await tagOf(`/groups/${id}`) };
      expect((await c.ada.api.delete(`/groups/${id}`, undefined, headers)).status).toBe(204);
      expect(await c.world.row('groups', id)).toBeUndefined();
    });

    it('refuses a stale tag, a weak one, that of another caller or resource, and what is no tag; nothing is written', async () => {
      const id = await c.world.group('Kept', { parent_id: c.choir });
      const stale = await tagOf(`/groups/${id}`);
      await rename(id, 'Kept still', '*');
      const now = await tagOf(`/groups/${id}`);
      const before = await c.world.everything();
      for (const header of [
        stale,
        `W/${now}`,
        await tagOf(`/groups/${id}`, bert.api),
        await tagOf(`/groups/${c.choir}`),
        await tagOf(`/groups/${id}?include=parent`),
        now.replaceAll('"', ''),
        `"${stale}`,
        '',
        '""',
        `'; drop table groups; --`,
      ]) {
        expect((await rename(id, 'Lost', header)).refusal).toEqual(refused);
        const gone = await c.ada.api.delete(`/groups/${id}`, undefined, { 'if-match': header });
        expect(gone.refusal).toEqual(refused);
      }
      expect(await c.world.everything()).toBe(before);
      expect((await rename(id, 'Kept well', now)).status).toBe(200);
    });

    it('holds for every type that can be changed or deleted', async () => {
      const person = await contact();
      const assignment = await c.world.assignment(c.ada.personId, person, { group_id: c.choir });
      const [first, phone] = [
        await c.world.email(person, 'first@example.org', true),
        await c.world.phone(person, '+14155550100', true),
      ];
      await c.world.email(person, 'second@example.org');
      const joined = await c.world.member(person, c.altos);
      const changes = [
        ['email_addresses', 'email_address', first, { email: 'First@example.org' }],
        ['phone_numbers', 'phone_number', phone, { location: 'home' }],
        ['group_memberships', 'group_membership', joined, { role: 'user' }],
        ['contact_assignments', 'contact_assignment', assignment, { note: 'x' }],
        ['people', 'person', person, { gender: 'x' }],
        ['groups', 'group', await c.world.group('Any', { parent_id: c.choir }), { name: 'x' }],
      ] as const;
      for (const [path, type, id, attributes] of changes) {
        const at = `/${path}/${id}`;
        const tag = await tagOf(at);
        const patch = (value: string): Promise<ApiAnswer> =>
          c.ada.api.patch(at, body(type, id, attributes), { 'if-match': value });
        expect([path, (await patch('"1-old"')).refusal]).toEqual([path, refused]);
        expect([path, (await patch(tag)).status]).toEqual([path, 200]);
        const remove = (value: string): Promise<ApiAnswer> =>
          c.ada.api.delete(at, undefined, { 'if-match': value });
        expect([path, (await remove(tag)).refusal]).toEqual([path, refused]);
        expect([path, (await remove(await tagOf(at))).status]).toEqual([path, 204]);
      }
    });

    it('of a relationship is the tag of the resource that has it', async () => {
      const id = await c.world.group('Linked', { parent_id: c.choir });
      const path = `/groups/${id}/relationships/parent`;
      const patch = (value: string): Promise<ApiAnswer> =>
        c.ada.api.patch(path, { data: { type: 'group', id: c.altos } }, { 'if-match': value });
      expect((await patch(await tagOf(path))).refusal).toEqual(refused);
      const tag = await tagOf(`/groups/${id}`);
      expect((await patch(tag)).status).toBe(200);
      expect((await patch(tag)).refusal).toEqual(refused);
    });

    it('takes the tag of either way of speaking', async () => {
      const id = await contact();
      const lenient = c.ada.api.lenient;
      const patch = (api: ApiClient, tag: string): Promise<ApiAnswer> =>
        api.patch(`/people/${id}`, body('person', id, { gender: `${Math.random()}` }), { 'if-match': tag });
      expect((await patch(c.ada.api, await tagOf(`/people/${id}`, lenient))).status).toBe(200);
      expect((await patch(lenient, await tagOf(`/people/${id}`))).status).toBe(200);
      expect((await patch(lenient, await tagOf(`/people/${id}`, lenient))).status).toBe(200);
      const answer = await c.ada.api.patch(
        `/people/${id}`,
        JSON.stringify(body('person', id, { gender: 'json' })),
        { 'content-type': JSON_TYPE, 'if-match': await tagOf(`/people/${id}`) },
      );
      expect(answer.status).toBe(200);
    });

    it('says that the resource has changed to whoever sends all of it back as it was', async () => {
      const id = await c.world.group('Whole', { parent_id: c.choir });
      const read = await c.ada.api.get(`/groups/${id}`);
      await rename(id, 'Changed', '*');
      const { type, attributes } = read.one;
      const sent = body(type, id, { ...attributes, phone_region: 'DK' });
      const answer = await c.ada.api.patch(`/groups/${id}`, sent, {
        'if-match': read.header('etag') as string,
      });
      expect(answer.refusal).toEqual(refused);
    });

    it('is 404 where there is nothing, or nothing that the caller may read', async () => {
      const hidden = await c.world.group('Hidden');
      for (const id of ['999999', hidden]) {
        expect((await rename(id, 'x', '*')).status).toBe(404);
        expect((await rename(id, 'x', '"1-a"')).status).toBe(404);
        expect((await c.ada.api.delete(`/groups/${id}`, undefined, { 'if-match': '"1-a"' })).status).toBe(
          404,
        );
      }
    });

    it('comes after the rights: 403 for whoever may only read', async () => {
      expect((await rename(c.choir, 'x', '"1-a"', bert.api)).status).toBe(403);
    });

    it('makes nothing conditional that has no tag yet', async () => {
      const data = { type: 'group', attributes: { name: 'Posted' } };
      expect((await c.ada.api.post('/groups', { data }, { 'if-match': '"1-a"' })).status).toBe(201);
    });

    it('lets exactly one of several that read the same pass, and the others see it', async () => {
      const group = await c.world.group('Raced', { parent_id: c.choir });
      const person = await contact();
      for (const [path, type, id, attribute] of [
        ['groups', 'group', group, 'name'],
        ['people', 'person', person, 'last_name'],
      ] as const) {
        const tag = await tagOf(`/${path}/${id}`);
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, i) =>
            c.ada.api.patch(`/${path}/${id}`, body(type, id, { [attribute]: `Name ${i}` }), {
              'if-match': tag,
            }),
          ),
        );
        expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
        const won = answers.find(({ status }) => status === 200) as ApiAnswer;
        expect((await c.ada.api.get(`/${path}/${id}`)).one).toEqual(won.one);
      }
    });

    it('meets changes of another kind: a match that adds an e-mail, a deletion', async () => {
      const id = await contact();
      await c.world.email(id, 'met@example.org', true);
      const tag = await tagOf(`/people/${id}`);
      const answers = await Promise.all([
        ...Array.from({ length: 3 }, (_, i) =>
          c.ada.api.patch(`/people/${id}`, body('person', id, { gender: `${i}` }), { 'if-match': tag }),
        ),
        c.ada.api.post('/people', {
          data: { type: 'person', attributes: { first_name: 'Somebody' } },
          included: ['met@example.org', 'met.too@example.org'].map((email) => ({
            type: 'email_address',
            attributes: { email },
          })),
        }),
      ]);
      expect(answers[3]?.one.id).toBe(id);
      const won = answers.filter(({ status }, i) => i < 3 && status === 200).length;
      const stored = await c.world.row('people', id);
      // Whoever came after the match read a tag of before.
      expect(won <= 1 && Number(stored?.['version']) === 4 + won).toBe(true);
      const last = await tagOf(`/people/${id}`);
      const gone = await Promise.all(
        [1, 2].map(() => c.ada.api.delete(`/people/${id}`, undefined, { 'if-match': last })),
      );
      expect(gone.map(({ status }) => status).sort()).toEqual([204, 404]);
    });
  });

  it('costs nothing to give, and one statement to hold a PATCH against', async () => {
    const id = await c.world.group('Counted', { parent_id: c.choir });
    const statements = async (headers: Record<string, string>): Promise<number> => {
      const sent = body('group', id, { name: `${Math.random()}` });
      const { result, statements: all } = await countQueries(() =>
        c.ada.api.patch(`/groups/${id}`, sent, headers),
      );
      expect(result.status).toBe(200);
      return all.length;
    };
    const plain = await statements({});
    expect(plain).toBe(6); // the caller, begin, lock, update, read, commit
    expect(await statements({ 'if-match': await tagOf(`/groups/${id}`) })).toBe(plain + 1);
    expect(await statements({ 'if-match': '*' })).toBe(plain);
    const read = await countQueries(() => c.ada.api.get(`/groups/${id}`));
    expect(read.statements).toHaveLength(2);
  });
});
