import pg from 'pg';
import { INBOX } from './world.mjs';

/** `copy … from stdin` of ready bytes, as pg runs what it does not know itself. */
class CopyIn {
  constructor(text, bytes, done) {
    Object.assign(this, { text, bytes, done });
  }

  submit(connection) {
    this.connection = connection;
    connection.query(this.text);
  }

  handleCopyInResponse(connection) {
    connection.sendCopyFromChunk(this.bytes);
    connection.endCopyFrom();
  }

  handleRowDescription() {}
  handleDataRow() {}
  handleCommandComplete() {}

  handleError(error) {
    this.done(error);
  }

  handleReadyForQuery() {
    this.done(undefined);
  }
}

const copy = (client, text, lines) =>
  new Promise((done, fail) => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    client.query(new CopyIn(text, bytes, (error) => (error ? fail(error) : done())));
  });

/**
 * The yardstick of batches: as many new people, with an e-mail, a phone, a membership and a line of history each, by COPY
 * into the same tables with the same indexes, keys and triggers, in one transaction. Nobody is looked for.
 */
export class CopyYardstick {
  static async on(url) {
    const yardstick = new CopyYardstick();
    yardstick.client = new pg.Client({ connectionString: url });
    await yardstick.client.connect();
    return yardstick;
  }

  /** @returns seconds */
  async run(size, round) {
    const { rows } = await this.client.query('select max(id) as id from people');
    const ids = Array.from({ length: size }, (_, i) => Number(rows[0].id) + 1 + i);
    const unique = (id) => `c${id}`;
    const tables = [
      ['people (id, first_name, last_name, created_by_id)', (id) => `${id}\tNew\tComer ${id % 5000}\t1`],
      [
        'email_addresses (person_id, email, normal_form, is_primary)',
        (id) => `${id}\t${unique(id)}@example.net\t${unique(id)}@example.net\tt`,
      ],
      [
        'phone_numbers (person_id, number, e164, normal_form, is_primary)',
        (id) => [id, ...Array(3).fill(`+1707${2_000_000 + id}`), 't'].join('\t'),
      ],
      ['group_memberships (person_id, group_id, external_ref)', (id) => `${id}\t${INBOX}\tC-${id}`],
      [
        'person_changes (person_id, actor_id, action, before, after, request_id)',
        (id) => `${id}\t1\tcreated\t${BEFORE}\t${afterOf(id)}\tround-${round}`,
      ],
    ].map(([table, line]) => [`copy ${table} from stdin`, ids.map(line)]);
    const began = performance.now();
    await this.client.query('begin');
    for (const [text, lines] of tables) await copy(this.client, text, lines);
    await this.client.query('commit');
    const took = (performance.now() - began) / 1000;
    await this.client.query(`select setval('people_id_seq', $1)`, [ids.at(-1)]);
    return took;
  }

  end() {
    return this.client.end();
  }
}

const BEFORE =
  '{"first_name":null,"last_name":null,"email_addresses":[],"phone_numbers":[],"group_memberships":[]}';
const afterOf = (id) =>
  JSON.stringify({
    ...{ first_name: 'New', last_name: `Comer ${id % 5000}` },
    email_addresses: [
      { id: `${id}`, email: `c${id}@example.net`, normal_form: `c${id}@example.net`, primary: true },
    ],
    phone_numbers: [
      { id: `${id}`, number: `+1707${2_000_000 + id}`, e164: `+1707${2_000_000 + id}`, primary: true },
    ],
    group_memberships: [{ id: `${id}`, group_id: `${INBOX}`, role: 'contact', external_ref: `C-${id}` }],
  });
