import sql from 'sql-template-tag';
import { insert } from '../../support/factories/insert.factory.js';
import type { Sample, SampleWorld } from '../samples.js';

const row = ({ world }: SampleWorld, table: string, values: Record<string, unknown>): Promise<string> =>
  insert(world.database, table, values);

const node = (w: SampleWorld, name: string, values: Record<string, unknown> = {}): Promise<string> =>
  row(w, 'toy_nodes', { name, ...values });

const to = (type: string, id: string) => ({ data: { type, id } });

export const TOY_SAMPLES: Readonly<Record<string, Sample>> = {
  toy_node: {
    row: (w, n) => node(w, `Node ${n}`),
    create: async (w, n) => ({
      attributes: { name: `New ${n}` },
      relationships: {
        parent: to('toy_node', await node(w, `Parent ${n}`)),
        twin: { data: null },
        friends: { data: [{ type: 'toy_node', id: await node(w, `Friend ${n}`) }] },
      },
    }),
    update: (n) => ({ name: `Changed ${n}` }),
    wrong: { name: '' },
    remove: true,
  },
  toy_tag: {
    row: (w, n) => row(w, 'toy_tags', { label: `Tag ${n}` }),
    create: (_w, n) => ({ attributes: { label: `New ${n}`, color: 'red', kept: false } }),
    update: (n) => ({ color: `c${n}` }),
    wrong: { color: 1 },
    remove: true,
  },
  toy_animal: { row: (w, n) => row(w, 'toy_animals', { name: `Dog ${n}`, kind: 'dog' }) },
  toy_cat: { row: (w, n) => row(w, 'toy_animals', { name: `Cat ${n}`, kind: 'cat' }) },
  toy_left: {
    row: async (w, n) => row(w, 'toy_lefts', { name: `Left ${n}`, right_id: await right(w, n) }),
    create: async (w, n) => ({
      attributes: { name: `New ${n}` },
      relationships: { right: to('toy_right', await right(w, n)) },
    }),
    update: (n) => ({ name: `Changed ${n}` }),
    wrong: { name: null },
    keeps: ['right'],
    remove: true,
  },
  toy_right: {
    row: (w, n) => right(w, n),
    create: (_w, n) => ({ attributes: { name: `New ${n}` }, relationships: { left: { data: null } } }),
    update: (n) => ({ name: `Changed ${n}` }),
    wrong: { name: 'x'.repeat(101) },
    remove: true,
  },
  toy_value: {
    row: (w, n) => row(w, 'toy_values', { text: `Value ${n}` }),
    create: async (w, n) => ({
      attributes: {
        text: `New ${n}`,
        whole: n,
        flag: true,
        day: '2024-02-29',
        moment: '2024-02-29T12:00:00Z',
        secret: 'hidden',
      },
      relationships: { node: to('toy_node', await node(w, `Of a value ${n}`)) },
    }),
    update: (n) => ({ text: `Changed ${n}`, whole: -n }),
    wrong: { whole: 1.5, flag: 'yes', day: '2023-02-29', moment: 'now' },
    remove: true,
  },
  toy_note: {
    row: async (w, n) =>
      row(w, 'toy_notes', {
        text: `Note ${n}`,
        node_id: await node(w, `Noted ${n}`),
        owner_id: w.root.userId,
      }),
  },
};

const right = (w: SampleWorld, n: number): Promise<string> => row(w, 'toy_rights', { name: `Right ${n}` });

/** Circles and loops of every kind, ends that nobody has, and ends that only others may read. */
export async function fillToys(w: SampleWorld): Promise<void> {
  const { database } = w.world;
  const [cat, dog] = [
    await row(w, 'toy_animals', { name: 'Tom', kind: 'cat' }),
    await row(w, 'toy_animals', { name: 'Rex', kind: 'dog' }),
  ];
  const a = await node(w, 'a', { animal_id: cat });
  const b = await node(w, 'b', { parent_id: a, animal_id: dog });
  const c = await node(w, 'c', { parent_id: b, animal_id: cat });
  const loop = await node(w, 'loop');
  await node(w, 'leaf', { parent_id: loop });
  // A circle of three, a circle of one, twins that are each other's, and one that is its own.
  await database.query(sql`update toy_nodes set parent_id = ${c}, twin_id = ${b} where id = ${a}`);
  await database.query(sql`update toy_nodes set twin_id = ${a} where id = ${b}`);
  await database.query(sql`update toy_nodes set parent_id = ${loop}, twin_id = ${loop} where id = ${loop}`);
  await database.query(sql`
    insert into toy_friendships values (${a}, ${a}), (${a}, ${b}), (${a}, ${c}), (${b}, ${a}), (${c}, ${loop})`);
  const [hidden, shared] = [
    await row(w, 'toy_tags', { label: 'hidden', kept: true }),
    await row(w, 'toy_tags', { label: 'shared', color: 'blue' }),
  ];
  await database.query(sql`
    insert into toy_node_tags values
      (${a}, ${shared}, false), (${b}, ${shared}, false), (${a}, ${hidden}, true), (${c}, ${hidden}, false)`);
  const r = await right(w, 1);
  const left = await row(w, 'toy_lefts', { name: 'Left of 1', right_id: r });
  await row(w, 'toy_lefts', { name: 'Another left of 1', right_id: r });
  await database.query(sql`update toy_rights set left_id = ${left} where id = ${r}`);
  await row(w, 'toy_values', { text: 'of a', whole: 1, flag: true, node_id: a });
  await row(w, 'toy_values', {
    text: 'of nobody',
    day: '2000-01-01',
    moment: new Date(0),
    extra: '{"a": [1]}',
    secret: 'x',
  });
  await row(w, 'toy_notes', { text: 'mine', node_id: a, owner_id: w.root.userId });
  await row(w, 'toy_notes', { text: 'not mine', node_id: a, owner_id: w.ada.userId });
}
