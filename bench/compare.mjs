import { ask } from './load.mjs';

/** When rows were written differs between the sides, and the ids of those that earlier cases made; nothing else may. */
const OWN = /"(created_at|updated_at|identifier)":"[^"]*"/g;

/**
 * Both sides have to answer the same, member by member, and as many bytes, before it means anything which is faster. In
 * which order the members of an object stand is the affair of whoever writes it.
 */
export async function requireSameAnswer(name, sides, bytes, { writes = false } = {}) {
  const [kith, other] = await Promise.all(sides.map(({ server }) => ask(server, bytes)));
  const shown = ({ body }) => inOrder(writes ? body.replaceAll(OWN, '"$1":""') : body);
  const [one, two] = [shown(kith), shown(other)];
  const same = kith.status === other.status && kith.status < 300 && one === two;
  if (same && (writes || kith.body.length === other.body.length)) return;
  const at = [...one].findIndex((letter, i) => letter !== two[i]);
  const around = (text) => text.slice(Math.max(0, at - 200), at + 300);
  throw new Error(
    `The sides do not agree about "${name}":\n${bytes.toString().slice(0, 300)}\n\n` +
      `Kith ${kith.status}: ${around(one)}\n\nother ${other.status}: ${around(two)}`,
  );
}

const inOrder = (body) =>
  JSON.stringify(JSON.parse(body), (_key, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
