import sql, { raw } from 'sql-template-tag';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';

describe('The version of a row', () => {
  let c: Choir;
  beforeAll(async () => {
    c = await bootChoir();
  });
  afterAll(() => c.world.close());

  const version = (id: string, table = 'people'): Promise<number> =>
    c.world.value(sql`select version from ${raw(table)} where id = ${id}::bigint`);

  /** By how much the versions of people grow. */
  const growth = async (ids: readonly string[], work: () => Promise<unknown>): Promise<number[]> => {
    const before = await Promise.all(ids.map((id) => version(id)));
    await work();
    return Promise.all(ids.map(async (id, i) => (await version(id)) - (before[i] as number)));
  };

  const run = (statement: string) => (): Promise<unknown> => c.world.database.query(sql`${raw(statement)}`);

  it('is one more after every update, and `updated_at` is later, whatever the table', async () => {
    const rows = await c.world.database.query<{ name: string }>(sql`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'version'`);
    const tables = rows.map(({ name }) => name);
    expect(tables).toEqual(expect.arrayContaining(['people', 'email_addresses', 'phone_numbers', 'groups']));
    expect(tables).toEqual(expect.arrayContaining(['group_memberships', 'contact_assignments', 'users']));
    for (const table of tables) {
      const [before] = await c.world.database.query<{ id: string; version: number; time: string }>(
        sql`select id, version, updated_at::text as time from ${raw(table)} order by id limit 1`,
      );
      if (!before) continue;
      const after = await c.world.database.query(sql`
        update ${raw(table)} set created_at = created_at where id = ${before.id}::bigint
        returning version, updated_at > ${before.time}::timestamptz as later`);
      expect([table, after]).toEqual([table, [{ version: before.version + 1, later: true }]]);
    }
  });

  it('does not take away an `updated_at` that is written on purpose', async () => {
    await run(`update people set updated_at = '2001-02-03Z' where id = ${c.dora}`)();
    expect(await c.world.row('people', c.dora)).toMatchObject({ updated_at: '2001-02-03T00:00:00.000Z' });
  });

  it.each([
    ['email_addresses', 'email, normal_form', `'new@example.org', 'new@example.org'`, 'email'],
    ['phone_numbers', 'number, normal_form', `'123', '123'`, 'number'],
  ])('of a person grows with every row of %s', async (table, columns, values, text) => {
    const { carl, dora } = c;
    const insert = `insert into ${table} (person_id, ${columns}) values (${carl}, ${values})`;
    expect(await growth([carl, dora], run(insert))).toEqual([1, 0]);
    const at = `where person_id = ${carl} and normal_form in ('new@example.org', '123')`;
    expect(await growth([carl, dora], run(`update ${table} set ${text} = 'New' ${at}`))).toEqual([1, 0]);
    expect(await growth([carl, dora], run(`update ${table} set person_id = ${dora} ${at}`))).toEqual([1, 1]);
    const gone = `delete from ${table} where person_id = ${dora} and normal_form in ('new@example.org', '123')`;
    expect(await growth([carl, dora], run(gone))).toEqual([0, 1]);
  });

  it('of a person grows with a membership, that of the group does not', async () => {
    const { carl, altos } = c;
    const groupBefore = await version(altos, 'groups');
    const join = `insert into group_memberships (person_id, group_id) values (${carl}, ${altos})`;
    expect(await growth([carl, c.dora], run(join))).toEqual([1, 0]);
    const leave = `delete from group_memberships where person_id = ${carl} and group_id = ${altos}`;
    expect(await growth([carl, c.dora], run(leave))).toEqual([1, 0]);
    expect(await version(altos, 'groups')).toBe(groupBefore);
  });

  it('grows at both ends of an assignment, and for whoever had it', async () => {
    const [a, b, other] = [
      await c.world.person('A'),
      await c.world.person('B'),
      await c.world.person('C'),
    ] as [string, string, string];
    const assign = `insert into contact_assignments (person_id, assigned_to_id) values (${a}, ${b})`;
    expect(await growth([a, b, other], run(assign))).toEqual([1, 1, 0]);
    const hand = `update contact_assignments set assigned_to_id = ${other} where person_id = ${a}`;
    expect(await growth([a, b, other], run(hand))).toEqual([1, 1, 1]);
    const end = `delete from contact_assignments where person_id = ${a}`;
    expect(await growth([a, b, other], run(end))).toEqual([1, 0, 1]);
  });

  it('grows for everybody whom the end of a group takes something from', async () => {
    const group = await c.world.group('Short');
    const [member, assignee, other] = [
      await c.world.contact('Member', group),
      await c.world.person('Assignee'),
      await c.world.contact('Other', c.altos),
    ];
    await c.world.assignment(assignee, member, { group_id: group });
    const end = run(`delete from groups where id = ${group}`);
    const [byOne, ofAssignee, ofOther] = await growth([member, assignee, other], end);
    expect([(byOne as number) > 0, ofAssignee, ofOther]).toEqual([true, 1, 0]);
  });

  it('grows once for a transaction, however much of a person it writes, and not for one it makes', async () => {
    const { database } = c.world;
    const [grown] = await growth([c.carl], () =>
      database.transaction(async (tx) => {
        for (const form of ['x', 'y', 'z'])
          await tx.query(
            sql`insert into email_addresses (person_id, email, normal_form) values (${c.carl}, ${form}, ${form})`,
          );
        const [made] = await tx.query<{ id: string }>(
          sql`insert into people (first_name) values ('New') returning id`,
        );
        await tx.query(
          sql`insert into phone_numbers (person_id, number, normal_form) values (${made?.id}, '1', '1')`,
        );
        expect(await tx.query(sql`select version from people where id = ${made?.id}`)).toEqual([
          { version: 1 },
        ]);
      }),
    );
    expect(grown).toBe(1);
  });
});
