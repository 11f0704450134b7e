import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** Where the time of a V8 profile went: `node bench/profile.mjs FILE [lines]`; natives count for whoever called them. */
const [file, most = 25] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));

const byId = new Map(nodes.map((node) => [node.id, node]));
for (const node of nodes) for (const child of node.children ?? []) byId.get(child).parent = node;

/** The server is one file; its map knows the files that this was made of. */
const maps = new Map();
const sourceOf = ({ url, lineNumber, columnNumber }) => {
  const path = url.replace(/^file:\/\//, '');
  if (!path.endsWith('/kith.js')) return path;
  if (!maps.has(path)) maps.set(path, new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8'))));
  const { originalSource = path } = maps.get(path).findEntry(lineNumber, columnNumber);
  return originalSource.replace(/^(?:\.\.\/)*(?:dist\/)?src\//, '/dist/src/');
};

const roomOf = (node) => {
  const { functionName } = node.callFrame;
  if (['(program)', '(idle)', '(garbage collector)'].includes(functionName)) return functionName;
  const path = sourceOf(node.callFrame);
  const module = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (module) return module;
  const own = /\/dist\/src\/((?:[^/]+\/){0,2})/.exec(path)?.[1];
  if (own !== undefined) return `kith ${own}`;
  if (path.startsWith('node:')) return path;
  return node.parent ? roomOf(node.parent) : '(root)';
};

const rooms = new Map();
const functions = new Map();
let busy = 0;
samples.forEach((id, i) => {
  const node = byId.get(id);
  const room = roomOf(node);
  if (room === '(idle)') return;
  busy += timeDeltas[i];
  rooms.set(room, (rooms.get(room) ?? 0) + timeDeltas[i]);
  const { functionName, lineNumber } = node.callFrame;
  const file = sourceOf(node.callFrame).split('/').slice(-2).join('/');
  const name = `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
  functions.set(name, (functions.get(name) ?? 0) + timeDeltas[i]);
});
for (const times of [rooms, functions]) {
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, Number(most));
  for (const [name, time] of sorted)
    console.log(`${((time / busy) * 100).toFixed(1).padStart(5)} %  ${name}`);
  console.log();
}
