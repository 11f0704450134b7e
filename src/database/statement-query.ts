import pg, { type PoolClient, type Submittable } from 'pg';

export type Row = Record<string, unknown>;

/** A statement with its values; with a name PostgreSQL keeps it on the connection. */
export interface BoundStatement {
  readonly name?: string | undefined;
  readonly text: string;
  readonly values: unknown[];
}

interface Column {
  readonly name: string;
  /** Undefined: the text is the value. */
  readonly parse: ((text: string) => unknown) | undefined;
}

/** What pg's connections and queries do, as far as it is used here; their typings do not say. */
interface Connection {
  bind(message: { statement: string; values: unknown[]; valueMapper(value: unknown): unknown }): void;
  execute(message: object): void;
  sync(): void;
}
interface PgQuery {
  name: string | undefined;
  values: unknown[];
  readonly text: string;
  callback: (error: Error | null) => void;
  submit: Submittable['submit'];
  prepare(connection: Connection): void;
}
const PgQuery = pg.Query as unknown as new (text: string) => PgQuery;
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils;

const INT8 = 20;
const TEXT = 25;
const TIMESTAMPTZ = 1184;

/** The columns of the statements that a connection has prepared. */
const described = new WeakMap<Connection, Map<string, readonly Column[]>>();

/**
 * A query of pg that asks for the columns of a named statement once for each connection, which cannot change there, and
 * makes of each row an object with these members and nothing else. Times are texts as JSON has them.
 */
export class StatementQuery extends PgQuery {
  readonly found: Row[] = [];
  private columns: readonly Column[] | undefined;
  private connection: Connection | undefined;

  constructor({ name, text, values }: BoundStatement) {
    super(text);
    this.name = name;
    this.values = values.map((value) => (Array.isArray(value) ? arrayText(value) : value));
  }

  /** Where no pool does it. @throws with the stack of who asks, not that of the socket */
  async runOn(client: PoolClient): Promise<Row[]> {
    try {
      await new Promise<void>((done, fail) => {
        this.callback = (error) => (error ? fail(error) : done());
        client.query(this);
      });
      return this.found;
    } catch (error) {
      Error.captureStackTrace(error as Error);
      throw error;
    }
  }

  override prepare(connection: Connection): void {
    const { name, values } = this;
    this.connection = connection;
    this.columns = name === undefined ? undefined : described.get(connection)?.get(name);
    if (name === undefined || this.columns === undefined) return super.prepare(connection);
    connection.bind({ statement: name, values, valueMapper: prepareValue });
    connection.execute({});
    return connection.sync();
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.describe(fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) })));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const columns = this.columns as readonly Column[];
    const row: Row = {};
    for (let i = 0; i < columns.length; i += 1) {
      const { name, parse } = columns[i] as Column;
      const text = fields[i] as string | null;
      row[name] = text === null || parse === undefined ? text : parse(text);
    }
    this.found.push(row);
  }

  /** What gives no rows is not described. */
  handleCommandComplete(): void {
    if (this.columns === undefined) this.describe([]);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  private describe(columns: readonly Column[]): void {
    const { name, connection } = this;
    this.columns = columns;
    if (name === undefined || connection === undefined) return;
    const known = described.get(connection) ?? new Map<string, readonly Column[]>();
    described.set(connection, known.set(name, columns));
  }
}

const isPlain = (item: unknown): boolean =>
  item === null || typeof item === 'string' || typeof item === 'boolean' || Number.isSafeInteger(item);
const OTHER_ESCAPE = /\\[^"\\]/;

/**
 * A list as PostgreSQL reads it: as JSON, in other brackets, which takes a tenth of the time of pg's own way. Where JSON says
 * a character in letters, such as a line's end, PostgreSQL would take the letters: then pg does it.
 */
function arrayText(list: readonly unknown[]): unknown {
  if (!list.every(isPlain)) return list;
  const json = JSON.stringify(list);
  return OTHER_ESCAPE.test(json) ? list : `{${json.slice(1, -1)}}`;
}

function parserOf(type: number): Column['parse'] {
  if (type === INT8 || type === TEXT) return undefined;
  return type === TIMESTAMPTZ ? isoTime : pg.types.getTypeParser(type);
}

const parseTime = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date | number;

/** `2026-01-31 12:00:00.123456+00` as `Date` would tell it, which takes ten times as long. */
export function isoTime(text: string): string | null {
  const seconds = text.length - 3;
  if (text.charAt(4) === '-' && text.charAt(seconds) === '+' && text.endsWith('00') && seconds >= 19)
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, Math.min(23, seconds)).padEnd(3, '0')}Z`;
  const time = parseTime(text);
  return time instanceof Date ? time.toISOString() : null;
}
