import fc from 'fast-check';
import sql from 'sql-template-tag';
import { createDataSource, Database } from '../../src/database/index.js';
import { createTestDatabase } from '../support/test-database.js';

describe('A list that is bound', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    database = new Database(await createDataSource(own.url).initialize());
  });
  afterAll(async () => {
    await database.dataSource.destroy();
    await own.drop();
  });

  /** One by one, so that nothing but PostgreSQL reads the list. */
  const texts = async (list: readonly (string | null)[]): Promise<unknown[]> =>
    (await database.query(sql`select item from unnest(${list}::text[]) as item`)).map(({ item }) => item);

  it.each([
    [[]],
    [['']],
    [[null, 'null', 'NULL', '']],
    [['"', '\\', '\\"', '\\\\', '\\n', 'a,b', '{}', '{"a":"b"}', ' a ']],
    [['line\nend', 'tab\t', '\u0001', '\u007f', '\u2028', 'ä', '😀']],
    [[JSON.stringify({ name: 'a "b" \\ c\nd' })]],
  ])('arrives as it is: %j', async (list) => {
    expect(await texts(list)).toEqual(list);
  });

  it('arrives as it is, whatever stands in it', async () => {
    const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', ''));
    const list = fc.array(
      fc.option(fc.oneof(text, fc.json(), fc.string({ unit: fc.constantFrom(...'"\\n{},') }))),
    );
    await fc.assert(
      fc.asyncProperty(list, async (given) => expect(await texts(given)).toEqual(given)),
      { numRuns: 300 },
    );
  });

  it('may be of numbers, truths and times', async () => {
    const [row] = await database.query(sql`
      select ${[1, null, -2]}::int[] as numbers, ${[true, false, null]}::boolean[] as truths,
        (${[new Date('2026-01-31T12:00:00Z')]}::timestamptz[])[1] = '2026-01-31T12:00:00Z' as same`);
    expect(row).toEqual({ numbers: [1, null, -2], truths: [true, false, null], same: true });
  });
});
