import { MEDIA_TYPE } from '../../src/jsonapi/index.js';
import { JSON_TYPE } from '../support/api-client.js';
import { ConformanceWorld, CREATABLE, TYPES, UPDATABLE } from './conformance-world.js';
import { brokenResource } from './toy/toy.resources.js';
import { namesOf } from './walk-document.js';

const NOWHERE = 'https://x.example/none';
const ATOMIC = 'https://jsonapi.org/ext/atomic';
const CURSOR = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';
const withExt = (uri: string) => `${MEDIA_TYPE};ext="${uri}"`;
const withProfile = (uri: string) => `${MEDIA_TYPE};profile="${uri}"`;

describe('Media types', () => {
  let c: ConformanceWorld;
  beforeAll(async () => {
    c = await ConformanceWorld.boot({ BODY_LIMIT: '64kb' }, [brokenResource]);
  });
  afterAll(() => c.close());

  const wrongBody = (type: string, contentType: string) =>
    c.api.post(c.path(type), { data: { type } }, { 'content-type': contentType });

  it.each(TYPES)('[1] every answer with a body is application/vnd.api+json: %s', async (type) => {
    const path = c.path(type);
    for (const answer of [
      await c.get(path),
      await c.get(await c.fresh(type)),
      await c.get(`${path}/999999`),
      await c.get(`${path}?unknown=1`),
      await c.get(`${path}/1/unknown`),
      await c.api.post(path, '{'),
      await c.api.patch(path, '{}'),
      await c.choir.world.nobody.get(path),
    ])
      expect(answer.header('content-type')).toBe(MEDIA_TYPE);
  });

  it('[1] so do refusals of every layer: 400, 401, 404, 405, 406, 413, 415, 500', async () => {
    const answers = [
      await c.get('/%'),
      await c.choir.world.nobody.get('/people'),
      await c.get('/nowhere'),
      await c.api.delete('/people'),
      await c.get('/people', { accept: 'text/html' }),
      await c.api.post('/people', `"${'x'.repeat(65 * 1024)}"`),
      await c.api.post('/people', 'x', { 'content-type': 'text/plain' }),
      await c.get('/toy_wrecks'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 401, 404, 405, 406, 413, 415, 500]);
    for (const answer of answers) expect(answer.header('content-type')).toBe(MEDIA_TYPE);
  });

  it('[2] the media type has no charset, whatever text is in the document', async () => {
    await c.choir.world.group('Åse — 音楽 🎶');
    const answer = await c.get('/groups?filter[name][prefix]=%C3%85');
    expect(answer.text).toContain('音楽 🎶');
    expect(answer.header('content-type')).toBe(MEDIA_TYPE);
  });

  it.each(CREATABLE)('[3] ext and profile are lists of URIs: %s', async (type) => {
    const list = withProfile(`${NOWHERE} ${NOWHERE}/other`);
    expect((await c.get(c.path(type), { accept: list })).status).toBe(200);
    const document = await c.document(type);
    expect((await c.api.post(c.path(type), document, { 'content-type': list })).status).toBe(201);
    expect((await wrongBody(type, withExt(`${ATOMIC} ${NOWHERE}`))).status).toBe(415);
  });

  it.each(TYPES)('[3] of a list of profiles the known one is applied: %s', async (type) => {
    const answer = await c.get(c.path(type), { accept: withProfile(`${NOWHERE} ${CURSOR}`) });
    expect(answer.header('content-type')).toBe(`${MEDIA_TYPE}; profile="${CURSOR}"`);
  });

  it('[4] the URI of a profile leads to its documentation', async () => {
    const reply = await c.choir.world.app.inject({ method: 'GET', url: '/profiles/people' });
    expect([reply.statusCode, reply.payload.length > 200]).toEqual([200, true]);
  });

  it('[5] applied extensions are named in the answer’s media type', async () => {
    const body = { 'atomic:operations': [{ op: 'add', data: (await c.document('toy_right')).data }] };
    const answer = await c.api.post('/operations', body, {
      'content-type': withExt(ATOMIC),
      accept: withExt(ATOMIC),
    });
    expect([answer.status, answer.header('content-type')]).toEqual([
      200,
      expect.stringMatching(/;\s*ext="https:\/\/jsonapi\.org\/ext\/atomic"$/),
    ]);
    expect((await c.get('/toy_rights')).header('content-type')).toBe(MEDIA_TYPE);
  });

  it.each(TYPES)('[6] applied profiles are named in the answer’s media type: %s', async (type) => {
    const named = `${MEDIA_TYPE}; profile="${CURSOR}"`;
    const page = await c.get(c.path(type), { accept: withProfile(CURSOR) });
    expect(page.header('content-type')).toBe(named);
    const next = await c.get((page.document.links?.['next'] ?? c.path(type)) as string, {
      accept: withProfile(CURSOR),
    });
    expect(next.header('content-type')).toBe(named);
    expect((await c.get(c.path(type))).header('content-type')).toBe(MEDIA_TYPE);
  });

  it.each(TYPES)('[7] a body with another media type parameter is 415: %s', async (type) => {
    await c.unchanged(async () => {
      for (const parameter of ['charset=utf-8', 'charset="utf-8"', 'q=1', 'version=1.1'])
        expect((await wrongBody(type, `${MEDIA_TYPE}; ${parameter}`)).refusal).toEqual({
          status: 415,
          errors: [['unsupported_media_type', 'Content-Type']],
        });
    });
  });

  it.each(TYPES)('[8] a body with an unsupported extension is 415: %s', async (type) => {
    await c.unchanged(async () => {
      for (const uri of [NOWHERE, ATOMIC, ''])
        expect((await wrongBody(type, withExt(uri))).refusal.status).toBe(415);
    });
  });

  it.each(CREATABLE)(
    '[9] a body of another type is 415; application/json is the lenient way: %s',
    async (type) => {
      for (const other of [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/*',
      ])
        expect((await wrongBody(type, other)).refusal.status).toBe(415);
      const lenient = await c.api.lenient.post(c.path(type), await c.document(type));
      expect(lenient.status).toBe(201);
      expect(lenient.header('content-type')).toBe(MEDIA_TYPE);
    },
  );

  it.each(TYPES)('[10] elements of Accept with other parameters are passed over: %s', async (type) => {
    const accept = `${MEDIA_TYPE};charset=utf-8, ${MEDIA_TYPE}`;
    expect((await c.get(c.path(type), { accept })).status).toBe(200);
  });

  it.each(TYPES)('[11] Accept with nothing but such elements is 406: %s', async (type) => {
    for (const accept of [`${MEDIA_TYPE};charset=utf-8`, `${MEDIA_TYPE};a=b, ${MEDIA_TYPE};version="1"`])
      expect((await c.get(c.path(type), { accept })).refusal).toEqual({
        status: 406,
        errors: [['not_acceptable', 'Accept']],
      });
  });

  it.each(TYPES)('[12] Accept with nothing but unsupported extensions is 406: %s', async (type) => {
    for (const accept of [withExt(NOWHERE), `${withExt(NOWHERE)}, ${withExt(`${NOWHERE} ${NOWHERE}/other`)}`])
      expect((await c.get(c.path(type), { accept })).refusal.status).toBe(406);
    expect((await c.get(c.path(type), { accept: `${withExt(NOWHERE)}, ${MEDIA_TYPE}` })).status).toBe(200);
  });

  it.each(TYPES)('[13] q is a weight; no Accept and */* are fine: %s', async (type) => {
    for (const accept of [`${MEDIA_TYPE};q=0.5`, '*/*', 'application/*;q=0.1', ''])
      expect((await c.get(c.path(type), { accept })).status).toBe(200);
  });

  it.each(TYPES)('[14] a requested profile is applied where it can be: %s', async (type) => {
    const applied = await c.get(c.path(type), { accept: withProfile(CURSOR) });
    expect(applied.many[0]?.meta).toEqual({ page: { cursor: expect.any(String) } });
    // One resource has no pages.
    const one = await c.get(await c.fresh(type), { accept: withProfile(CURSOR) });
    expect([one.status, one.header('content-type')]).toEqual([200, MEDIA_TYPE]);
  });

  it.each(TYPES)('[14] so is that of our filters and pages, named only when asked for: %s', async (type) => {
    const ours = '/profiles/people';
    const get = (accept: string) => c.get(c.path(type), { accept, host: 'kith.example' });
    for (const uri of [ours, `http://kith.example${ours}`, `https://kith.example${ours}`]) {
      const named = `${MEDIA_TYPE}; profile="${uri}"`;
      const answer = await get(withProfile(uri));
      expect(answer.header('content-type')).toBe(named);
      expect(answer.document.links?.['self']).toMatchObject({ type: named });
    }
    const both = await get(withProfile(`${ours} ${CURSOR}`));
    expect(both.header('content-type')).toBe(`${MEDIA_TYPE}; profile="${CURSOR} ${ours}"`);
    for (const other of [MEDIA_TYPE, withProfile(`https://other.example${ours}`)])
      expect((await get(other)).header('content-type')).toBe(MEDIA_TYPE);
  });

  it.each(TYPES)('[15] unknown profiles are ignored, and not named: %s', async (type) => {
    const { headers } = await c.get(c.path(type), { accept: withProfile(NOWHERE) });
    expect(headers['content-type']).toBe(MEDIA_TYPE);
    if (!CREATABLE.includes(type)) return;
    const sent = { 'content-type': withProfile(NOWHERE) };
    const created = await c.api.post(c.path(type), await c.document(type), sent);
    expect([created.status, created.header('content-type')]).toEqual([201, MEDIA_TYPE]);
  });

  it.each(TYPES)('[16] Vary names Accept on every answer: %s', async (type) => {
    for (const answer of [
      await c.get(c.path(type)),
      await c.get(`${c.path(type)}/0`),
      await c.api.post(c.path(type), '{}'),
      await c.api.send({ method: 'HEAD', path: c.path(type) }),
      await c.get(c.path(type), { accept: 'text/html' }),
    ])
      expect(answer.header('vary')?.split(/\s*,\s*/)).toContain('Accept');
  });

  it.each(UPDATABLE)('[17] members of `jsonapi` take no part in the negotiation: %s', async (type) => {
    const path = await c.fresh(type);
    const jsonapi = { version: '9.9', ext: [NOWHERE], profile: [NOWHERE] };
    const answer = await c.api.patch(path, { jsonapi, ...c.change(path, type) });
    expect(answer.status).toBe(200);
    expect(answer.document.jsonapi).toEqual({ version: '1.1' });
  });

  it.each(TYPES)('[18] there is no extension of our own, nor members of one: %s', async (type) => {
    const answer = await c.get(c.path(type));
    expect(answer.header('content-type')).not.toContain('ext=');
    expect(namesOf(answer.document).filter((name) => name.includes(':'))).toEqual([]);
    const { attributes, relationships, createParameters = [] } = c.resource(type);
    const ours = [...Object.keys(attributes), ...Object.keys(relationships), ...createParameters];
    expect(ours.filter((name) => name.includes(':'))).toEqual([]);
  });

  it.each(TYPES)('[19] parameters of our own are implementation-specific by their names: %s', (type) => {
    for (const name of c.resource(type).createParameters ?? []) {
      expect(name).toMatch(/^[a-zA-Z0-9][\w-]*[a-zA-Z0-9]$/);
      expect(name).toMatch(/[^a-z]/);
    }
  });

  it('speaks to lenient clients in the same type', async () => {
    const answer = await c.api.lenient.get('/people', { accept: JSON_TYPE });
    expect(answer.header('content-type')).toBe(MEDIA_TYPE);
  });
});
