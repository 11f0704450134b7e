import {
  actor,
  left,
  person,
  plan,
  verdict,
  warningsOf,
  type EntryWords,
  type World,
} from './planning-world.js';

const EMAIL = 'ada@example.org';
const inBoth = { groups: { 1: null, 2: null } };
const errorsOf = (entry: EntryWords, world: World = {}) =>
  plan([entry], world).results[0]?.errors.map(({ code, pointer }) => [code, pointer]);

describe('groups', () => {
  const groupsOf = (entry: EntryWords, world: World = {}) => {
    const made = plan([entry], world);
    return Object.fromEntries(
      left(made).memberships.map(({ groupId, externalRef }) => [groupId, externalRef]),
    );
  };
  const named = { email: EMAIL, first: 'Ada' };

  it('that are named receive the person', () =>
    expect(groupsOf({ ...named, groups: ['2'] })).toEqual({ 2: null }));
  it('can be named by reference', () => {
    expect(groupsOf({ ...named, groupRefs: ['g3'] }, { groups: [{ id: '3', externalRef: 'g3' }] })).toEqual({
      3: null,
    });
  });
  it('that are not named are the actor’s own, not the descendants', () => {
    expect(groupsOf(named)).toEqual({ 1: null, 2: null });
  });
  it('that are not named stay none for a personal contact, who carries the reference itself', () => {
    const world = { options: { personalWithoutGroup: true } };
    expect(groupsOf({ ...named, ref: 'R1' }, world)).toEqual({});
    expect(left(plan([{ ...named, ref: 'R1' }], world)).externalRef).toBe('R1');
  });
  it('that the person has stay, and it gains the named ones', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: null } })];
    const made = plan([{ email: EMAIL, groups: ['1', '3'] }], { people });
    expect(left(made).memberships.map(({ groupId }) => groupId)).toEqual(['1', '3']);
    expect(made.results[0]?.match.groups_added).toEqual(['3']);
  });
  it('take the reference of a new person, wherever it is put', () => {
    expect(groupsOf({ ref: 'R1' })).toEqual({ 1: 'R1', 2: 'R1' });
  });
  it('that are not named keep the references that they have', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: null, 2: 'R2', 3: null } })];
    expect(groupsOf({ email: EMAIL, ref: 'R1', groups: ['1'] }, { people })).toEqual({
      ...{ 1: 'R1', 2: 'R2', 3: null },
    });
  });
  it('that are not named take a match’s reference wherever the person is within reach', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: null, 3: null, 77: null } })];
    expect(groupsOf({ email: EMAIL, ref: 'R1' }, { people })).toEqual({
      ...{ 1: 'R1', 2: 'R1', 3: 'R1', 77: null },
    });
  });
  it('lose the reference that is cleared, in the scope only', () => {
    const people = [person('10', { first: 'Ada', emails: [EMAIL], groups: { 1: 'R1', 2: 'R2' } })];
    expect(groupsOf({ email: EMAIL, ref: null, groups: ['1'] }, { people })).toEqual({ 1: null, 2: 'R2' });
  });
  it('take the reference along when the person gains one', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: 'R1' } })];
    expect(groupsOf({ email: EMAIL, groups: ['1', '2'] }, { people })).toEqual({ 1: 'R1', 2: 'R1' });
  });
  it('take over the reference of a person who had no group', () => {
    const people = [person('10', { emails: [EMAIL], ref: 'R1', mine: true })];
    const made = plan([{ email: EMAIL }], { people });
    expect(left(made)).toMatchObject({
      externalRef: null,
      memberships: [{ externalRef: 'R1' }, { externalRef: 'R1' }],
    });
  });
  it('in which somebody else holds the reference are left out, with a warning, and the pair is queued', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: 'R1' } })];
    const refHolders = [
      { membershipId: '5', groupId: '2', externalRef: 'R1', personId: '66', deleted: false },
    ];
    const made = plan([{ email: EMAIL, groups: ['1', '2'] }], { people, refHolders });
    expect(verdict(made)).toBe('unchanged email_address 10');
    expect(made.results[0]?.match.warnings).toMatchObject([
      {
        code: 'membership_conflict',
        detail: 'Somebody else in group 2 has the external reference R1, so this person was not added to it.',
      },
    ]);
    expect(made.pairs).toMatchObject([{ personId: '10', otherId: '66', groupId: '2' }]);
  });
  it('take the reference of a deleted person, whose membership is freed', () => {
    const refHolders = [
      { membershipId: '5', groupId: '1', externalRef: 'R1', personId: '66', deleted: true },
    ];
    const made = plan([{ ref: 'R1', groups: ['1'] }], { refHolders });
    expect(verdict(made)).toBe('created');
    expect(made.freedMembershipIds).toEqual(['5']);
  });
  it('out of reach in which somebody holds the new reference: queued silently', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: null, 2: null, 77: null } })];
    const refHolders = [
      { membershipId: '5', groupId: '77', externalRef: 'R1', personId: '66', deleted: false },
    ];
    const made = plan([{ ref: 'R1', email: EMAIL }], { people, refHolders });
    expect(made.pairs).toMatchObject([{ personId: '10', otherId: '66', groupId: '77' }]);
    expect(warningsOf(made)).toEqual([]);
    expect(JSON.stringify(made.results)).not.toMatch(/66|77/);
  });

  it('that cannot be reached and those that do not exist are skipped alike', () => {
    const made = plan([{ ...named, groups: ['1', '77', '78'], groupRefs: undefined }]);
    expect(verdict(made)).toBe('created');
    expect(made.results[0]?.match.skipped_groups).toEqual(['77', '78']);
  });
  it('that are skipped are warned of, each where it stands', () => {
    const [result] = plan([{ ref: 'R1', groups: ['1', '77'] }]).results;
    expect(result?.match.warnings).toEqual([
      { code: 'skipped_groups', detail: expect.stringContaining('group 77'), pointer: '/groups' },
    ]);
  });

  it.each([[['77']], [[]]])('none of which can be used (%j) fail the entry', (groups) => {
    expect(errorsOf({ ...named, groups })).toEqual([['no_accessible_group', '/groups']]);
  });
  it('that are unknown are refused by the strict door, each with its pointer', () => {
    const options = { unknownGroups: 'refuse' as const };
    expect(errorsOf({ ...named, groups: ['1', '77'] }, { options })).toEqual([['not_found', '/groups']]);
    expect(errorsOf({ ...named, groups: [] }, { options })).toEqual([['no_accessible_group', '/groups']]);
  });
  it('of an archived membership take it out of the archive, without its old rights', () => {
    const old = person('10', {
      emails: [EMAIL],
      groups: { 1: 'R1', 2: null },
      archived: ['1'],
      role: 'admin',
    });
    const made = plan([{ email: EMAIL }], { people: [old] });
    expect(left(made).memberships[0]).toMatchObject({ role: 'contact', archivedAt: null, externalRef: 'R1' });
  });
  it('of an archived membership give no role back, whoever asks', () => {
    const groups = { 1: null, 2: null };
    const old = person('10', { emails: [EMAIL], groups, archived: ['1'], role: 'admin' });
    const made = plan([{ email: EMAIL }], { people: [old], actor: actor({ 1: 'owner', 2: 'owner' }) });
    expect(left(made).memberships[0]).toMatchObject({ groupId: '1', role: 'contact', archivedAt: null });
  });
  it('bring the one reference by which the person is known, before that of the archive', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: 'R1', 2: 'R2' }, archived: ['2'] })];
    expect(groupsOf({ email: EMAIL, groups: ['2', '3', '1'] }, { people })).toEqual({
      ...{ 1: 'R1', 2: 'R1', 3: 'R1' },
    });
  });
  it('bring that of the archive to a person who has none, in whatever order they are named', () => {
    const people = [person('10', { emails: [EMAIL], groups: { 1: null, 2: 'R2' }, archived: ['2'] })];
    for (const groups of [
      ['1', '3', '2'],
      ['2', '3', '1'],
    ])
      expect(groupsOf({ email: EMAIL, groups }, { people })).toEqual({ 1: null, 2: 'R2', 3: 'R2' });
  });
  it('take the reference by which a person without a group is found, not the one of the archive', () => {
    const people = [person('900', { emails: [EMAIL], groups: { 1: 'R0' }, archived: ['1'], ref: 'R1' })];
    expect(groupsOf({ email: EMAIL }, { people })).toEqual({ 1: 'R1', 2: 'R1' });
  });

  describe('in `included`', () => {
    const withRole = (role: string | undefined, roles: Parameters<typeof actor>[0]): string => {
      const memberships = [{ groupId: '1', role, pointer: '/included/0' }];
      return verdict(plan([{ ...named, memberships }], { actor: actor(roles) }));
    };
    it.each([
      [undefined, { 1: 'user' }, 'created'],
      ['contact', { 1: 'user' }, 'created'],
      ['user', { 1: 'user' }, 'failed forbidden'],
      ['user', { 1: 'admin' }, 'created'],
      ['admin', { 1: 'admin' }, 'created'],
      ['owner', { 1: 'admin' }, 'failed forbidden'],
      ['owner', { 1: 'owner' }, 'created'],
    ] as const)('role %s by %j: %s', (role, roles, expected) => expect(withRole(role, roles)).toBe(expected));

    it('never change an owner', () => {
      const people = [person('10', { emails: [EMAIL], groups: { 1: null }, role: 'owner' })];
      const memberships = [{ groupId: '1', role: 'contact', pointer: '/included/0' }];
      expect(errorsOf({ email: EMAIL, memberships }, { people, actor: actor({ 1: 'owner' }) })).toEqual([
        ['forbidden', '/included/0'],
      ]);
    });
    it('contradict themselves with an id and a reference of two groups', () => {
      const memberships = [{ groupId: '1', groupExternalRef: 'other', pointer: '/included/0' }];
      expect(errorsOf({ ...named, memberships })).toEqual([['contradiction', '/included/0']]);
    });
  });
});

describe('a PATCH of the reference', () => {
  it('writes it to all memberships within reach, and to no other', () => {
    const people = [person('10', { first: 'Ada', groups: { 1: 'R1', 3: null, 77: 'R7' } })];
    const made = plan([{ person: '10', ref: 'R2' }], { people });
    expect(left(made).memberships.map(({ externalRef }) => externalRef)).toEqual(['R2', 'R2', 'R7']);
    expect(warningsOf(made)).toEqual([]);
  });
  it('is refused when somebody else of a group has it', () => {
    const people = [person('10', { first: 'Ada', ...inBoth }), person('11', { groups: { 2: 'R2' } })];
    expect(errorsOf({ person: '10', ref: 'R2' }, { people })).toEqual([['external_ref_taken', '/ref']]);
  });
  it('clears it', () => {
    const people = [person('10', { first: 'Ada', emails: [EMAIL], groups: { 1: 'R1', 2: 'R1' } })];
    const made = plan([{ person: '10', ref: null }], { people });
    expect(left(made).memberships.map(({ externalRef }) => externalRef)).toEqual([null, null]);
  });
  it('of a person without a group writes it to the person', () => {
    const made = plan([{ person: '10', ref: 'R1' }], {
      people: [person('10', { first: 'Ada', mine: true })],
    });
    expect(left(made).externalRef).toBe('R1');
  });
  it('is refused to somebody who only looks after the person', () => {
    const people = [person('10', { first: 'Ada', groups: { 77: null }, assignedToMe: true })];
    expect(errorsOf({ person: '10', ref: 'R1' }, { people })).toEqual([['forbidden', '/ref']]);
  });
  it('of nobody who can be read is not found', () => {
    expect(errorsOf({ person: '10', first: 'Ada' })).toEqual([['not_found', '/entry']]);
  });
});
