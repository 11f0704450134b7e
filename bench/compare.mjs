import { ask } from './load.mjs';

/** When rows were written differs between the sides, and the ids of those that earlier cases made; nothing else may. */
const OWN = /"(created_at|updated_at|identifier)":"[^"]*"/g;

/** Both sides have to answer the same, byte by byte, before it means anything which is faster. */
export async function requireSameAnswer(name, sides, bytes, { writes = false } = {}) {
  const [kith, other] = await Promise.all(sides.map(({ server }) => ask(server, bytes)));
  const shown = ({ body }) => (writes ? body.replaceAll(OWN, '"$1":""') : body);
  if (kith.status === other.status && kith.status < 300 && shown(kith) === shown(other)) return;
  const at = [...shown(kith)].findIndex((letter, i) => letter !== shown(other)[i]);
  const around = (answer) => shown(answer).slice(Math.max(0, at - 200), at + 300);
  throw new Error(
    `The sides do not agree about "${name}":\n${bytes.toString().slice(0, 300)}\n\n` +
      `Kith ${kith.status}: ${around(kith)}\n\nother ${other.status}: ${around(other)}`,
  );
}
