import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import type { Caller } from '../support/factories/world.factory.js';
import { planOf, statementsOf } from '../support/statements.js';

describe('Paths over relationships', () => {
  let c: Choir;
  let band: string;
  /** A user of the band, in which Carl is too; of the choir she reads nothing. */
  let fay: Caller;
  let inBand: string;

  beforeAll(async () => {
    c = await bootChoir();
    band = await c.world.group('Band', { parent_id: c.altos });
    fay = await c.world.caller('Fay', { [band]: 'user' });
    await c.world.member(c.carl, band);
    inBand = await c.world.assignment(c.ada.personId, c.carl, { group_id: band, assigned_by_id: c.dora });
  });
  afterAll(() => c.world.close());

  const get = (path: string) => c.ada.api.get(path);

  describe('in filter', () => {
    it.each([
      [
        'to-one',
        '/email_addresses?filter[person.first_name]=Carl',
        () => [c.emails.carl, c.emails.carlAtWork],
      ],
      [
        'to-one, by an operator',
        '/email_addresses?filter[person.last_name][prefix]=pej',
        () => [c.emails.dora],
      ],
      ['to-one by the target’s column', '/people?filter[user.email][like]=ada', () => [c.ada.personId]],
      ['to-many', '/people?filter[email_addresses.email]=carl@work.example', () => [c.carl]],
      ['to-many by a list', '/people?filter[email_addresses.email][in]=x@y,dora@example.org', () => [c.dora]],
      [
        'to-many through a table',
        '/people?filter[groups.name]=Altos&filter[groups.parent.name]=Choir',
        () => [c.dora],
      ],
      ['to-many of to-manies', '/groups?filter[people.email_addresses.email][like]=dora', () => [c.altos]],
      ['several steps', '/email_addresses?filter[person.groups.parent]=CHOIR', () => [c.emails.dora]],
      [
        'an id at the end',
        '/email_addresses?filter[person.id]=CARL',
        () => [c.emails.carl, c.emails.carlAtWork],
      ],
      ['a relationship at the end', '/phone_numbers?filter[person.groups]=CHOIR,999', () => [c.phones.carl]],
      ['me at the end', '/people?filter[contact_assignments.person]=me', () => [c.dora]],
      ['no such end', '/people?filter[contact_assignments.person.first_name]=Nobody', () => []],
    ])('%s: %s', async (_name, path, expected) => {
      const at = path.replace('CHOIR', c.choir).replace('CARL', c.carl);
      expect((await get(at)).ids).toEqual(expected());
    });

    it('mean by `ne`, `nin` and `null` that nothing at the end is so', async () => {
      const people = async (filter: string) => (await get(`/people?${filter}&sort=id`)).ids;
      const { personId } = c.ada;
      const all = (await get('/people?sort=id')).ids;
      const without = (...gone: string[]) => all.filter((id) => !gone.includes(id));
      expect(await people('filter[email_addresses.email][ne]=carl@work.example')).toEqual(without(c.carl));
      expect(await people('filter[email_addresses.email][nin]=carl@work.example,dora@example.org')).toEqual(
        without(c.carl, c.dora),
      );
      expect(await people(`filter[groups][ne]=${c.choir},${c.altos}`)).toEqual(
        without(c.carl, c.dora, personId),
      );
      expect(await people('filter[created_by.first_name][ne]=Ada')).toEqual(without(c.carl));
      expect(await people('filter[created_by.first_name][null]=true')).toEqual(without(c.carl));
      expect(await people('filter[created_by][ne]=me')).toEqual(without(c.carl));
      expect(await people('filter[created_by][null]=true')).toEqual(without(c.carl));
      expect(await people('filter[groups.external_ref][null]=true')).toEqual(all);
      expect(await people('filter[phone_numbers.e164][null]=false')).toEqual([c.carl]);
    });

    it.each(['[ne]=Nobody', '[nin]=Nobody,None', '[null]=true'])(
      'are joins, not asked again for every row, when they deny: %s',
      async (denied) => {
        const statements = await statementsOf(() =>
          get(`/people?filter[groups.people.groups.people.first_name]${denied}`),
        );
        const plans = await Promise.all(
          statements
            .filter(({ text }) => text.includes('not exists'))
            .map((statement) => planOf(c.world.database.dataSource, statement)),
        );
        expect(plans).toEqual([expect.stringContaining('Anti Join')]);
      },
    );

    it('go through the policy of every type on the way', async () => {
      const found = async (path: string) => (await fay.api.get(path)).ids;
      for (const path of [
        `/people?filter[groups.name]=Choir`,
        `/people?filter[groups.parent.name]=Altos`,
        `/people?filter[created_by.first_name]=Ada`,
        `/contact_assignments?filter[assigned_to.first_name]=Ada`,
        `/contact_assignments?filter[assigned_by.first_name][null]=false`,
        `/contact_assignments?filter[assigned_to.groups.name]=Choir`,
        `/contact_assignments?filter[assigned_to.q]=ada`,
        `/groups?filter[parent.parent.name]=Choir`,
        `/people?filter[reverse_contact_assignments.assigned_to]=${c.ada.personId}`,
        `/people?filter[reverse_contact_assignments.assigned_to.email_addresses.id][gt]=0`,
      ])
        expect([path, await found(path)]).toEqual([path, []]);
      expect(await found('/contact_assignments?filter[assigned_to.first_name][null]=true')).toEqual([inBand]);
      expect(await found('/contact_assignments?filter[assigned_to.first_name][ne]=Ada')).toEqual([inBand]);
      expect(await found('/people?filter[groups.name]=Band&filter[first_name]=Carl')).toEqual([c.carl]);
    });
  });

  describe('in sort', () => {
    it('order by what stands at the end of to-ones, nulls last', async () => {
      const emails = await get('/email_addresses?sort=-person.last_name,email');
      expect(emails.ids).toEqual([c.emails.dora, c.emails.carl, c.emails.carlAtWork]);
      const groups = await get('/groups?sort=parent.name,-name');
      expect(groups.ids).toEqual([band, c.altos, c.choir]);
      expect((await get('/groups?sort=-parent.parent.name,id')).ids).toEqual([c.choir, c.altos, band]);
    });

    it('hold an end for null that may not be read', async () => {
      const own = await c.world.assignment(fay.personId, c.carl, { group_id: band });
      for (const [sort, expected] of [
        ['assigned_to.first_name', [own, inBand]],
        ['-assigned_to.first_name', [inBand, own]],
        ['assigned_to.last_name,id', [inBand, own]],
        ['assigned_to.id', [own, inBand]],
      ] as const)
        expect((await fay.api.get(`/contact_assignments?sort=${sort}`)).ids).toEqual(expected);
    });

    it.each([
      'people.first_name',
      'parent.people.first_name',
      'parent.',
      '.name',
      'parent..name',
      'parent.parent.parent.parent.parent.parent.name',
      'parent.constructor',
      '__proto__.name',
      'parent.phone_region',
      Array.from({ length: 11 }, (_, i) => `${'parent.'.repeat(i % 5)}name`).join(','),
    ])('do not lead to %s', async (value) => {
      const { status, errors } = (await get(`/groups?sort=${value}`)).refusal;
      expect([status, ...new Set(errors.map(String))]).toEqual([400, 'invalid_parameter,sort']);
    });
  });

  it.each([
    ['/people?filter[frist_name]=x', 'Did you mean "first_name"?'],
    ['/people?filter[groups.nmae]=x', 'Did you mean "name"?'],
    ['/people?filter[group.name]=x', 'Did you mean "groups"?'],
    ['/people?filter[first_name][prefxi]=x', 'Did you mean "prefix"?'],
    ['/people?filter[first_name][ilike]=x', 'Known: eq, ne, lt, le, gt, ge, in, nin, like, prefix, null.'],
    ['/people?filter[created_at][gte]=2026-01-01', 'Did you mean "ge"?'],
    ['/people?filter[created_at][lte]=2026-01-01', 'Did you mean "le"?'],
    ['/people?sort=lastname', 'Did you mean "last_name"?'],
    ['/email_addresses?sort=persn.last_name', 'Did you mean "person"?'],
    ['/people?include=email_adresses', 'Did you mean "email_addresses"?'],
    ['/people?include=groups.parnet', 'Did you mean "parent"?'],
    ['/people?fields[person]=firstname', 'Did you mean "first_name"?'],
    ['/people?fields[people]=first_name', 'Known: person, email_address,'],
    ['/people?page[sise]=1', 'Did you mean "page[size]"?'],
    ['/people?filters[name]=x', 'Did you mean "filter"?'],
    ['/people?pgae=1', 'Did you mean "page"?'],
    ['/groups?filter[id]=me', 'an id (a decimal number) is wanted'],
    ['/people?filter[id]=you', 'an id (a decimal number), or me, is wanted'],
  ])('%s is refused with what would be possible: %s', async (path, help) => {
    const answer = await get(path);
    expect(answer.status).toBe(400);
    expect(answer.document.errors?.[0]?.detail).toContain(help);
  });

  it('and names that are wrong in any length are refused in few words', async () => {
    const long = 'x'.repeat(5000);
    for (const query of [
      `filter[${long}]=1`,
      `sort=${long}`,
      `include=${long}`,
      `fields[person]=${long}`,
      `${long}=1`,
    ]) {
      const answer = await get(`/people?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.document.errors?.[0]?.detail.length).toBeLessThan(600);
    }
    const many = Array.from({ length: 900 }, (_, i) => `n${i}`).join(',');
    expect((await get(`/people?fields[person]=${many}`)).document.errors).toHaveLength(100);
  });

  it.each([
    ['filters', `${Array.from({ length: 51 }, (_, i) => `filter[x${i}]=1`).join('&')}`, 'filter'],
    ['elements of a list', `filter[id]=${Array.from({ length: 1001 }, () => 1).join(',')}`, 'filter[id]'],
    ['steps', `filter[${'created_by.'.repeat(6)}id]=1`, `filter[${'created_by.'.repeat(6)}id]`],
    [
      'steps to a relationship',
      `filter[${'created_by.'.repeat(5)}groups]=1`,
      `filter[${'created_by.'.repeat(5)}groups]`,
    ],
    ['relationships to include', `include=${paths()}`, 'include'],
  ])('are taken up to a limit: %s', async (_name, query, parameter) => {
    expect((await get(`/people?${query}`)).refusal).toEqual({
      status: 400,
      errors: [['invalid_parameter', parameter]],
    });
  });

  it('are taken up to that limit', async () => {
    const thousand = Array.from({ length: 1000 }, (_, i) => i).join(',');
    expect((await get(`/people?filter[id]=${thousand}`)).status).toBe(200);
    expect((await get(`/people?filter[${'created_by.'.repeat(5)}id]=1`)).status).toBe(200);
    expect((await get(`/people?sort=${'created_by.'.repeat(5)}last_name`)).status).toBe(200);
  });
});

/** 50 paths of five relationships each, 106 different ones in all. */
function paths(): string {
  const steps = ['contact_assignments', 'reverse_contact_assignments'].flatMap((name) =>
    ['person', 'assigned_to', 'assigned_by'].map((end) => `${name}.${end}`),
  );
  const path = (i: number) =>
    [steps[i % 6], steps[Math.floor(i / 6) % 6], i < 36 ? 'groups' : 'user'].join('.');
  return Array.from({ length: 50 }, (_, i) => path(i)).join(',');
}
