import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import sql from 'sql-template-tag';
import { resources } from '../../src/app.module.js';
import { defineResource } from '../../src/jsonapi/index.js';
import type { ApiClient, ApiRequest } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

/** Songs that groups sing: a to-many relationship that is nothing but rows of a table between. */
@Entity('songs')
class Song {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}

const songResource = defineResource({
  type: 'song',
  path: 'songs',
  entity: Song,
  attributes: { updated_at: { type: 'timestamp' } },
  relationships: {
    singers: {
      kind: 'to-many',
      type: 'group',
      through: { table: 'song_singers', from: 'song_id', to: 'group_id' },
      write: true,
    },
  },
  policy: {
    readable: () => sql`true`,
    create: () => undefined,
    update: () => undefined,
  },
});

const TABLES = `
  create table songs (id bigint generated always as identity primary key, updated_at timestamptz not null default now());
  select keep_version('songs');
  create table song_singers (song_id bigint references songs on delete cascade, group_id bigint references groups)`;

describe('The URLs of relationships', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir({}, [songResource]);
    await c.world.database.dataSource.query(TABLES);
  });
  afterAll(() => c.world.close());

  const groups = (...ids: string[]) => ({ data: ids.map((id) => ({ type: 'group', id })) });
  const group = (id: string | null) => ({ data: id === null ? null : { type: 'group', id } });

  /** Sends it both ways, in strict and in lenient, and holds both refusals to be the same, with nothing written. */
  async function refused(request: ApiRequest, status: number, ...errors: unknown[]) {
    const before = await c.world.everything();
    for (const api of [c.ada.api, c.ada.api.lenient])
      expect((await api.send(request)).refusal).toEqual({ status, errors });
    expect(await c.world.everything()).toBe(before);
  }

  describe('of a to-one', () => {
    const path = (): string => `/groups/${c.altos}/relationships/parent`;

    afterEach(() => c.ada.api.patch(path(), group(c.choir)));

    it('set and clear it, and answer with the linkage', async () => {
      for (const api of [c.ada.api, c.ada.api.lenient]) {
        const cleared = await api.patch(path(), group(null));
        expect([cleared.status, cleared.document.data]).toEqual([200, null]);
        expect(cleared.document.links).toEqual({
          self: `/apis/v4${path()}`,
          related: `/apis/v4/groups/${c.altos}/parent`,
        });
        expect(await c.world.row('groups', c.altos)).toMatchObject({ parent_id: null });
        const owner = await c.world.member(c.ada.personId, c.altos, 'owner');
        const set = await api.patch(path(), group(c.choir));
        expect([set.status, set.document.data]).toEqual([200, { type: 'group', id: c.choir }]);
        expect(await c.world.row('groups', c.altos)).toMatchObject({ parent_id: c.choir });
        await c.world.database.query(sql`delete from group_memberships where id = ${owner}`);
      }
    });

    it('write nothing when it is so already', async () => {
      const before = await c.world.everything();
      expect((await c.ada.api.patch(path(), group(c.choir))).status).toBe(200);
      expect(await c.world.everything()).toBe(before);
    });

    it('follow the rules of its resource, with pointers into what was sent', async () => {
      await refused({ method: 'PATCH', path: path(), body: group(c.altos) }, 422, ['contradiction', '/data']);
      await refused({ method: 'PATCH', path: path(), body: group('999999') }, 404, ['not_found', '/data']);
      const assignment = `/contact_assignments/${c.assignments.carlToAda}/relationships/assigned_to`;
      await refused({ method: 'PATCH', path: assignment, body: { data: null } }, 422, [
        'invalid_assignment',
        '/data',
      ]);
      // Who does not see the parent is shown null; sent back it takes nothing away.
      const below = await c.world.caller('Below', { [c.altos]: 'owner' });
      expect((await below.api.patch(path(), group(null))).status).toBe(200);
      expect(await c.world.row('groups', c.altos)).toMatchObject({ parent_id: c.choir });
      const admin = await c.world.caller('Admin', { [c.choir]: 'admin' });
      expect((await admin.api.patch(path(), group(null))).refusal).toEqual({
        status: 403,
        errors: [['forbidden', undefined]],
      });
    });

    it('cannot add to it, nor take from it: 405 with what is possible', async () => {
      for (const method of ['POST', 'DELETE'] as const) {
        const answer = await c.ada.api.send({ method, path: path(), body: groups(c.choir) });
        expect(answer.refusal).toEqual({ status: 405, errors: [['method_not_allowed', undefined]] });
        expect(answer.header('allow')).toBe('GET, HEAD, PATCH');
      }
    });

    it.each([
      ['no body', undefined, ''],
      ['nothing', {}, ''],
      ['a list', [], ''],
      ['a list of ends', { data: [{ type: 'group', id: '1' }] }, '/data'],
      ['a text', { data: '1' }, '/data'],
      ['an end without type', { data: { id: '1' } }, '/data'],
      ['a lid', { data: { type: 'group', lid: 'x' } }, '/data/lid'],
      ['a number as meta', { data: null, meta: 1 }, '/meta'],
    ])('say 400 to %s', async (_what, body, pointer) => {
      const before = await c.world.everything();
      const errors = [['malformed_document', body === undefined ? undefined : pointer]];
      expect((await c.ada.api.patch(path(), body)).refusal).toEqual({ status: 400, errors });
      expect(await c.world.everything()).toBe(before);
    });

    it('say 409 to another type', () =>
      refused({ method: 'PATCH', path: path(), body: { data: { type: 'person', id: c.carl } } }, 409, [
        'type_conflict',
        '/data/type',
      ]));
  });

  describe('of a to-many', () => {
    let id: string;
    const path = (): string => `/songs/${id}/relationships/singers`;
    const singers = async (): Promise<string[]> =>
      (
        await c.world.database.query<{ group_id: string }>(
          sql`select group_id from song_singers where song_id = ${id} order by group_id`,
        )
      ).map((row) => row.group_id);

    beforeEach(async () => {
      const body = { data: { type: 'song', relationships: { singers: groups(c.choir) } } };
      id = (await c.ada.api.post('/songs', body)).one.id;
    });

    const sent = (api: ApiClient, method: ApiRequest['method'], ...ids: string[]) =>
      api.send({ method, path: path(), body: groups(...ids) });

    it('add what is not there yet, once', async () => {
      for (const api of [c.ada.api, c.ada.api.lenient]) {
        const answer = await sent(api, 'POST', c.altos, c.choir, c.altos);
        expect([answer.status, answer.document.data]).toEqual([200, groups(c.choir, c.altos).data]);
      }
      expect(await singers()).toEqual([c.choir, c.altos]);
    });

    it('take out what is there; what is not, or does not exist, is no fault', async () => {
      const answer = await sent(c.ada.api, 'DELETE', c.choir, c.altos, '999999', 'nobody');
      expect([answer.status, answer.document.data]).toEqual([200, []]);
      expect((await sent(c.ada.api.lenient, 'DELETE', c.choir)).status).toBe(200);
      expect(await singers()).toEqual([]);
    });

    it('replace all, or with nothing, and change the resource only when they do', async () => {
      const version = () => c.world.value(sql`select updated_at from songs where id = ${id}`);
      const first = await version();
      expect((await sent(c.ada.api, 'PATCH', c.altos)).document.data).toEqual(groups(c.altos).data);
      const second = await version();
      expect(second).not.toEqual(first);
      expect((await sent(c.ada.api.lenient, 'PUT', c.altos)).document.data).toEqual(groups(c.altos).data);
      expect(await version()).toEqual(second);
      expect((await sent(c.ada.api, 'PATCH')).document.data).toEqual([]);
      expect(await singers()).toEqual([]);
      expect((await sent(c.ada.api, 'PUT', c.altos)).refusal.status).toBe(405);
    });

    it('leave everything as it was when one of the ends cannot be read', async () => {
      const foreign = await c.world.group('Foreign');
      for (const method of ['POST', 'PATCH'] as const)
        for (const end of [foreign, '999999', '9'.repeat(30), "1'--"])
          await refused({ method, path: path(), body: groups(c.altos, end) }, 404, ['not_found', '/data/1']);
      expect(await singers()).toEqual([c.choir]);
    });

    it('leave alone what the caller does not see', async () => {
      const foreign = await c.world.group('Foreign');
      await c.world.database.query(sql`insert into song_singers values (${id}, ${foreign})`);
      expect((await sent(c.ada.api, 'PATCH', c.altos)).document.data).toEqual(groups(c.altos).data);
      expect((await sent(c.ada.api, 'DELETE', foreign, c.altos)).document.data).toEqual([]);
      expect(await singers()).toEqual([foreign]);
    });

    it('let two clients add the same end, and keep it once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => sent(c.ada.api, 'POST', c.altos)));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(await singers()).toEqual([c.choir, c.altos]);
    });

    it('are held against If-Match: of several that read the same song one changes it', async () => {
      const tag = (await c.ada.api.get(`/songs/${id}`)).header('etag') as string;
      const answers = await Promise.all(
        (['POST', 'DELETE', 'PATCH'] as const).map((method) =>
          c.ada.api.send({
            method,
            path: path(),
            body: groups(method === 'DELETE' ? c.choir : c.altos),
            headers: { 'if-match': tag },
          }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
      expect((await c.ada.api.get(`/songs/${id}`)).header('etag')).not.toBe(tag);
    });

    it('are reached by PATCH of the resource as well', async () => {
      const body = { data: { type: 'song', id, relationships: { singers: groups(c.altos) } } };
      expect((await c.ada.api.patch(`/songs/${id}`, body)).status).toBe(200);
      expect(await singers()).toEqual([c.altos]);
      const wrong = { data: { type: 'song', id, relationships: { singers: groups('999999') } } };
      await refused({ method: 'PATCH', path: `/songs/${id}`, body: wrong }, 404, [
        'not_found',
        '/data/relationships/singers/data/0',
      ]);
    });

    it.each([
      ['null', { data: null }, '/data'],
      ['one end', { data: { type: 'group', id: '1' } }, '/data'],
      ['an end that is null', { data: [null] }, '/data/0'],
      ['an end without id', { data: [{ type: 'group', id: '1' }, { type: 'group' }] }, '/data/1'],
    ])('say 400 to %s', (_what, body, pointer) =>
      refused({ method: 'POST', path: path(), body }, 400, ['malformed_document', pointer]),
    );

    it('say 409 to another type, and 400 to parameters that mean nothing here', async () => {
      const body = { data: [{ type: 'person', id: c.carl }] };
      await refused({ method: 'DELETE', path: path(), body }, 409, ['type_conflict', '/data/0/type']);
      const { refusal } = await c.ada.api.post(`${path()}?sort=name`, groups(c.altos));
      expect(refusal).toEqual({ status: 400, errors: [['invalid_parameter', 'sort']] });
    });

    it('say 404 where there is no resource, and no such relationship', async () => {
      for (const at of ['/songs/999999/relationships/singers', `/songs/${id}/relationships/authors`])
        await refused({ method: 'PATCH', path: at, body: groups(c.choir) }, 404, ['not_found', undefined]);
    });
  });

  const readOnly = resources.flatMap(({ type, path, relationships = {} }) =>
    Object.entries(relationships)
      .filter(([, { write }]) => write !== true)
      .map(([name, { kind }]) => [`${type}.${name}`, { path, name, kind }] as const),
  );

  it.each(readOnly)('of what is not written there say 403: %s', async (_name, { path, name, kind }) => {
    const [id] = (await c.ada.api.get(`/${path}`)).ids;
    for (const method of kind === 'to-many' ? (['PATCH', 'POST', 'DELETE'] as const) : (['PATCH'] as const))
      for (const body of [undefined, { data: kind === 'to-many' ? [] : null }]) {
        const before = await c.world.everything();
        const at = (resource: string) => `/${path}/${resource}/relationships/${name}`;
        if (id !== undefined)
          expect((await c.ada.api.send({ method, path: at(id), body })).refusal).toEqual({
            status: 403,
            errors: [['read_only', undefined]],
          });
        expect((await c.ada.api.send({ method, path: at('999999'), body })).status).toBe(404);
        expect(await c.world.everything()).toBe(before);
      }
  });
});
