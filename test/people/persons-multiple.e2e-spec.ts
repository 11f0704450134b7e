import sql from 'sql-template-tag';
import { World, type Caller } from '../support/factories/world.factory.js';
import { PlainClient, type PlainAnswer } from './plain-client.js';

type Json = Record<string, unknown>;

describe('POST /persons/multiple', () => {
  let world: World;
  let north: string;
  let south: string;
  let foreign: string;
  let ada: Caller;
  let client: PlainClient;

  beforeAll(async () => {
    world = await World.boot();
    north = await world.group('North', { external_ref: 'north', phone_region: 'DE' });
    south = await world.group('South', { external_ref: 'south' });
    foreign = await world.group('Foreign', { external_ref: 'foreign' });
    ada = await world.caller('Ada', { [north]: 'user', [south]: 'user' });
    client = new PlainClient(world.app, ada.token);
  });
  afterAll(() => world.close());

  const sync = (persons: unknown[], beside: Json = {}): Promise<PlainAnswer> =>
    client.post('/persons/multiple', { persons, ...beside });
  const syncOne = async (person: Json, beside?: Json): Promise<Json> => {
    const { status, persons } = await sync([person], beside);
    expect(status).toBe(200);
    expect(persons).toHaveLength(1);
    return persons[0] as Json;
  };
  const groupsOf = async (id: unknown): Promise<string[]> =>
    (
      await world.database.query<{ group_id: string }>(
        sql`select group_id from group_memberships where person_id = ${id} order by group_id`,
      )
    ).map(({ group_id }) => group_id);

  it.each([
    '/persons/multiple',
    '/persons/multiple/',
    '/apis/v4/persons/multiple',
    '/apis/v4/persons/multiple/',
  ])('answers at %s, with a fresh token', async (path) => {
    const answer = await client.post(path, { persons: [] });
    expect([answer.status, answer.body]).toEqual([200, { success: true, persons: [] }]);
    expect(answer.headers['x-mh-session']).toEqual(expect.any(String));
  });

  it('makes a person, puts it into the named groups, and answers with the entry as stored and why', async () => {
    const person = await syncOne({
      external_ref: 'A-1',
      email_address: ' Ada@Example.ORG ',
      phone_number: '030 901820',
      first_name: '  Ada ',
      last_name: 'Love  lace',
      group_ids: [north],
    });
    const id = person['identifier'];
    expect(person).toEqual({
      identifier: expect.stringMatching(/^\d+$/),
      ...{ first_name: 'Ada', middle_name: null, last_name: 'Love lace', gender: null, birth_date: null },
      ...{
        external_ref: 'A-1',
        email_address: 'Ada@Example.ORG',
        phone_number: '030 901820',
        group_ids: [north],
      },
      ...{ success: true, failure_reason: '', failure_code: null, outcome: 'created', matched_by: null },
      keys: { external_ref: 'A-1', email_addresses: ['ada@example.org'], phone_numbers: ['+4930901820'] },
      candidates: [],
      changes: {
        ...{ first_name: [null, 'Ada'], last_name: [null, 'Love lace'], external_ref: [null, 'A-1'] },
        ...{ email_addresses: [[], ['Ada@Example.ORG']], phone_numbers: [[], ['030 901820']] },
        group_memberships: [{}, { [north]: 'contact' }],
      },
      ...{ groups_added: [north], skipped_groups: [], warnings: [] },
      policy: { conflicting_ref: 'by_name', name_guard: false },
    });
    expect(await world.row('people', id as string)).toMatchObject({
      ...{ first_name: 'Ada', last_name: 'Love lace', created_by_id: ada.personId },
    });
    expect(
      await world.database.query(
        sql`select group_id, role, external_ref from group_memberships where person_id = ${id}`,
      ),
    ).toEqual([{ group_id: north, role: 'contact', external_ref: 'A-1' }]);
    expect(
      await world.database.query(sql`select action, actor_id from person_changes where person_id = ${id}`),
    ).toEqual([{ action: 'created', actor_id: ada.personId }]);
  });

  it('finds the person again, updates it, and says by what', async () => {
    const made = await syncOne({ external_ref: 'B-1', email_address: 'b@x.org', first_name: 'Bo' });
    const found = await syncOne({ email_address: 'B@X.org', last_name: 'Berg' });
    expect(found).toMatchObject({
      ...{ identifier: made['identifier'], outcome: 'updated', matched_by: 'email_address', success: true },
      ...{ first_name: 'Bo', last_name: 'Berg', external_ref: 'B-1', email_address: 'b@x.org' },
      candidates: [{ id: made['identifier'], matched_by: ['email_address'], taken: true, reason: null }],
      changes: { last_name: [null, 'Berg'] },
    });
    expect(await world.value(sql`select last_name from people where id = ${made['identifier']}`)).toBe(
      'Berg',
    );
  });

  it('shows each thing that the entry named, if it was stored, else what the person shows', async () => {
    await syncOne({ external_ref: 'C-1', email_address: 'c1@x.org', first_name: 'Cy' });
    await syncOne({ external_ref: 'C-1', email_address: 'c2@x.org' });
    expect(await syncOne({ external_ref: 'C-1' })).toMatchObject({ email_address: 'c2@x.org' });
    expect(await syncOne({ email_address: 'C1@x.org' })).toMatchObject({
      ...{ email_address: 'c1@x.org', external_ref: 'C-1', outcome: 'unchanged' },
    });
  });

  it('leaves everything as it is when its own answer is sent to it', async () => {
    const entries = [
      {
        external_ref: 'D-1',
        email_address: 'd@x.org',
        first_name: 'Di',
        groups_external_refs: ['south', 'nowhere'],
      },
      { phone_number: '(0)30 55 55 55', first_name: 'Do', group_id: north },
    ];
    const { persons } = await sync(entries);
    expect(persons.map((one) => [one['groups_external_refs'], one['group_ids']])).toEqual([
      [['south'], undefined],
      [undefined, [north]],
    ]);
    const before = await world.everything();
    const again = await sync(persons, { success: true });
    expect(again.persons.map(({ outcome, warnings }) => [outcome, warnings])).toEqual([
      ['unchanged', []],
      ['unchanged', []],
    ]);
    expect(again.body).not.toHaveProperty('warnings');
    expect(await world.everything()).toBe(before);
  });

  it('has the reference of the named groups, and none where it differs, so that nothing replaces it', async () => {
    const one = { email_address: 'd4@x.org' };
    await syncOne({ ...one, external_ref: 'D-4', first_name: 'Dee', group_ids: [north] });
    const east = await world.group('East');
    const dan = await world.caller('Dan', { [north]: 'user', [south]: 'user', [east]: 'user' });
    const both = new PlainClient(world.app, dan.token);
    const { persons: made } = await both.post('/persons/multiple', {
      persons: [{ ...one, group_ids: [north, east] }],
    });
    const id = made[0]?.['identifier'];
    await world.database.query(sql`
      update group_memberships set external_ref = case when group_id = ${east}::bigint then 'E-4' else 'D-4' end
      where person_id = ${id}`);
    await world.member(id as string, south, 'contact');
    const entries = [
      { ...one, group_ids: [north, east] },
      { ...one, group_ids: [east] },
      { ...one, group_ids: [south] },
      { ...one, group_ids: [north, south] },
      { ...one, external_ref: 'E-4', group_ids: [east] },
      one,
    ];
    const before = await world.everything();
    const { persons } = await both.post('/persons/multiple', { persons: entries, dry_run: true });
    const refs = [undefined, 'E-4', null, 'D-4', 'E-4', undefined];
    expect(persons.map((person) => person['external_ref'])).toEqual(refs);
    const sent = persons.filter((_, i) => i !== 3);
    const again = await both.post('/persons/multiple', { persons: sent });
    expect(again.persons.map(({ outcome, external_ref }) => [outcome, external_ref])).toEqual(
      refs.filter((_, i) => i !== 3).map((ref) => ['unchanged', ref]),
    );
    expect(await world.everything()).toBe(before);
  });

  it('finds nobody by the `identifier` of an answer, which says nothing when it comes back', async () => {
    const made = await syncOne({ external_ref: 'D-2', first_name: 'Dan' });
    const other = await syncOne({ external_ref: 'D-3', first_name: 'Dot', identifier: made['identifier'] });
    expect(other).toMatchObject({ outcome: 'created', warnings: [] });
    expect(other['identifier']).not.toBe(made['identifier']);
  });

  describe('groups', () => {
    it.each<[string, () => Json]>([
      ['group_ids', () => ({ group_ids: [south] })],
      ['group_ids with numbers', () => ({ group_ids: [Number(south)] })],
      ['group_id', () => ({ group_id: south })],
      ['group_id with a list', () => ({ group_id: [south] })],
      ['groups_external_refs', () => ({ groups_external_refs: ['south'] })],
      ['group_external_ref', () => ({ group_external_ref: 'south' })],
      ['group_external_ref with a list', () => ({ group_external_ref: ['south'] })],
      ['one of them beside null', () => ({ group_ids: [south], group_external_ref: null })],
    ])('are named by %s', async (name, groups) => {
      const person = await syncOne({ external_ref: `named ${name}`, ...groups() });
      expect(person).toMatchObject({ outcome: 'created', groups_added: [south] });
      expect(await groupsOf(person['identifier'])).toEqual([south]);
    });

    it('that are not named mean all of one’s own', async () => {
      for (const groups of [{}, { group_ids: null }]) {
        const person = await syncOne({ external_ref: 'E-1', ...groups });
        expect(await groupsOf(person['identifier'])).toEqual([north, south]);
      }
    });

    it('that are unknown and those out of reach are skipped alike, as they were sent', async () => {
      const person = await syncOne({ external_ref: 'F-1', group_ids: [south, foreign, '999999', 'x'] });
      expect(person).toMatchObject({
        success: true,
        skipped_groups: [foreign, '999999', 'x'],
        group_ids: [south],
      });
      expect(await groupsOf(person['identifier'])).toEqual([south]);
    });

    it('are shown but for those from which a reference of somebody else keeps the person', async () => {
      await syncOne({ external_ref: 'GC-1', first_name: 'Gus', group_ids: [south] });
      const other = { external_ref: 'GC-1', email_address: 'g1@x.org', first_name: 'Gil' };
      await syncOne({ ...other, group_ids: [north] });
      const named = { email_address: 'g1@x.org', groups_external_refs: ['south', 'north'] };
      const answer = await syncOne(named);
      expect(answer).toMatchObject({
        ...{ outcome: 'unchanged', groups_added: [], groups_external_refs: ['north'] },
        warnings: [{ code: 'membership_conflict' }],
      });
      expect(answer['queued_with']).toHaveLength(1);
      expect(await groupsOf(answer['identifier'])).toEqual([north]);
      const { warnings } = await syncOne({ email_address: 'g1@x.org', group_ids: [north, '999999'] });
      expect(warnings).toEqual([
        {
          code: 'skipped_groups',
          detail: expect.stringContaining('999999'),
          pointer: '/persons/0/group_ids/1',
        },
      ]);
    });

    it.each([[[]], [['999999']], [['']]])('%j are none: the entry fails', async (group_ids) => {
      expect(await syncOne({ external_ref: 'G-1', group_ids })).toMatchObject({
        ...{ success: false, failure_code: 'no_accessible_group', failure_reason: expect.any(String) },
        ...{ outcome: 'failed', skipped_groups: group_ids },
        errors: [{ source: { pointer: '/persons/0/group_ids' } }],
      });
      expect(
        await world.value(sql`select count(*)::int from group_memberships where external_ref = 'G-1'`),
      ).toBe(0);
    });
  });

  describe('an entry that fails', () => {
    it('is answered with what could be read of it, with a code, a sentence and a pointer; the others go on', async () => {
      const { status, body, persons } = await sync([
        { external_ref: 'H-1', first_name: 'Hal' },
        { first_name: 'Nobody', group_ids: [north] },
        { external_ref: 'H-2' },
      ]);
      expect([status, body['success']]).toEqual([200, false]);
      expect(persons.map(({ success, outcome }) => [success, outcome])).toEqual([
        ...[
          [true, 'created'],
          [false, 'failed'],
          [true, 'created'],
        ],
      ]);
      const text =
        'Insufficient information to create a new person record. Please provide either an external reference or a ' +
        'combination of phone number OR email address AND first name OR last name.';
      expect(persons[1]).toMatchObject({
        ...{ first_name: 'Nobody', group_ids: [north], failure_reason: text },
        ...{ failure_code: 'insufficient_information', matched_by: null, warnings: [], skipped_groups: [] },
        errors: [{ code: 'insufficient_information', detail: text, source: { pointer: '/persons/1' } }],
      });
      expect(persons[1]).not.toHaveProperty('identifier');
    });

    it('because several may be meant is kept in the queue, and names the candidates', async () => {
      const { persons } = await sync([
        { external_ref: 'I-1', email_address: 'i@x.org', first_name: 'Ida' },
        { external_ref: 'I-2', email_address: 'i@x.org', first_name: 'Ivo' },
      ]);
      const ids = persons.map(({ identifier }) => identifier);
      const failed = await syncOne({ email_address: 'i@x.org', first_name: 'Ike' });
      expect(failed).toMatchObject({
        failure_code: 'ambiguous_match',
        errors: [{ meta: { candidate_ids: ids } }],
      });
      const [{ meta }] = failed['errors'] as [{ meta: { duplicate_id: string } }];
      expect(await world.row('person_duplicates', meta.duplicate_id)).toMatchObject({
        ...{ kind: 'held_entry', status: 'open', candidate_ids: ids },
      });
    });
  });

  describe('atomic', () => {
    it('undoes all when one fails, and says so of the others', async () => {
      const before = await world.everything();
      const { body, persons } = await sync([{ external_ref: 'J-1' }, { first_name: 'x' }], { atomic: true });
      expect(body['success']).toBe(false);
      expect(persons[0]).toMatchObject({
        ...{ external_ref: 'J-1', success: false, outcome: 'rolled_back', failure_code: 'rolled_back' },
        failure_reason: expect.stringMatching(/^The entry \/persons\/1 failed.*atomic/),
      });
      expect(persons[0]).not.toHaveProperty('identifier');
      expect(persons[1]).toMatchObject({ outcome: 'failed', failure_code: 'insufficient_information' });
      expect(await world.everything()).toBe(before);
    });

    it('says how many failed, where several did', async () => {
      const { persons } = await sync([{ last_name: 'x' }, { external_ref: 'J-4' }, {}, {}], { atomic: true });
      expect(persons[1]?.['failure_reason']).toMatch(
        /^The entry \/persons\/0 and 2 more failed, and `atomic` undid/,
      );
    });

    it('writes all when none fails', async () => {
      const { body, persons } = await sync([{ external_ref: 'J-2' }, { external_ref: 'J-3' }], {
        atomic: true,
      });
      expect(body['success']).toBe(true);
      expect(persons.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
    });
  });

  describe('dry_run', () => {
    it('answers the same, writes nothing, and gives nobody an identifier who is not made', async () => {
      const entries = [
        { external_ref: 'K-1', email_address: 'k@x.org', first_name: 'Kay' },
        { email_address: 'K@x.org', last_name: 'Kern' },
        { first_name: 'x' },
      ];
      const before = await world.everything();
      const { body: tried } = await sync(entries, { dry_run: true });
      expect(await world.everything()).toBe(before);
      const { body: done } = await sync(entries);
      const withoutIds = ({ persons }: Json): Json[] =>
        (persons as Json[]).map(({ identifier: _, candidates: __, ...person }) => person);
      expect(withoutIds(tried)).toEqual(withoutIds(done));
      expect((tried['persons'] as Json[])[1]).toMatchObject({ duplicate_of_index: 0, outcome: 'updated' });
      expect((tried['persons'] as Json[]).some((person) => 'identifier' in person)).toBe(false);
    });
  });

  describe('policies', () => {
    it('tighten what group and deployment say, and are echoed', async () => {
      await syncOne({ external_ref: 'L-1', email_address: 'l@x.org', first_name: 'Leo' });
      const entry = { external_ref: 'L-2', email_address: 'l@x.org', first_name: 'Leo' };
      const separate = await syncOne(entry, { conflicting_ref: 'separate', dry_run: true });
      expect(separate).toMatchObject({ outcome: 'created', policy: { conflicting_ref: 'separate' } });
      const loose = await syncOne(entry, { conflicting_ref: 'match', dry_run: true });
      expect(loose).toMatchObject({ outcome: 'updated', policy: { conflicting_ref: 'by_name' } });
      const guarded = await syncOne({ email_address: 'l@x.org', first_name: 'Lea' }, { name_guard: true });
      expect(guarded).toMatchObject({ failure_code: 'ambiguous_match', policy: { name_guard: true } });
    });

    it('of a group hold against a request that is looser', async () => {
      const strict = await world.group('Strict', {
        match_conflicting_ref: 'separate',
        match_name_guard: true,
      });
      const bea = await world.caller('Bea', { [strict]: 'user' });
      const body = { persons: [{ external_ref: 'M-1' }], conflicting_ref: 'match', name_guard: false };
      const { persons } = await new PlainClient(world.app, bea.token).post('/persons/multiple', body);
      expect(persons[0]).toMatchObject({ policy: { conflicting_ref: 'separate', name_guard: true } });
      expect(persons[0]?.['warnings']).toEqual([
        {
          code: 'policy_overruled',
          detail: expect.stringContaining('`conflicting_ref` is separate, not match'),
        },
        { code: 'policy_overruled', detail: expect.stringContaining('`name_guard` is true, not false') },
      ]);
    });
  });

  describe('somebody of another group', () => {
    it('meets nobody of ours, and cannot tell that there is anybody', async () => {
      const ours = await syncOne({
        ...{ external_ref: 'N-1', email_address: 'n@x.org', phone_number: '+4930111111', first_name: 'Nia' },
      });
      const eve = await world.caller('Eve', { [foreign]: 'user' });
      const hers = new PlainClient(world.app, eve.token);
      const ask = async (known: boolean): Promise<string> => {
        const [a, b] = known ? ['n@x.org', 'N-1'] : ['q@x.org', 'Q-1'];
        const persons = [
          { external_ref: b, email_address: a, phone_number: '+4930111111', first_name: 'Eve' },
          { email_address: a },
          { external_ref: b, group_ids: [known ? north : '999999'] },
        ];
        const answer = await hers.post('/persons/multiple', { persons, dry_run: true });
        return JSON.stringify(answer.body)
          .replaceAll(a, 'E')
          .replaceAll(b, 'R')
          .replaceAll(`"${north}"`, '"999999"')
          .replaceAll(new RegExp(`group ${north}\\b`, 'g'), 'group 999999');
      };
      expect(await ask(true)).toBe(await ask(false));
      const before = await world.row('people', ours['identifier'] as string);
      const { persons } = await hers.post('/persons/multiple', {
        persons: [{ external_ref: 'N-1', email_address: 'n@x.org', first_name: 'Eve' }],
      });
      expect(persons[0]).toMatchObject({ outcome: 'created', candidates: [], warnings: [] });
      expect(persons[0]?.['identifier']).not.toBe(ours['identifier']);
      expect(await world.row('people', ours['identifier'] as string)).toEqual(before);
    });
  });
});
