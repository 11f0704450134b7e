import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';

/** Of these come the most files, and nothing that each request runs. */
const WITHIN = new Set(['typeorm', 'class-validator', 'nodemailer']);

/**
 * Other packages stay where they are, for what is bundled runs slower: a page takes a tenth more of the processor when all
 * are in. What is not installed, such as TypeORM's other databases, is looked for when it is asked for.
 */
const leaveOutside = {
  name: 'leave-outside',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === leaveOutside) return undefined;
      const outside = { path, external: true };
      const ofPackage = from.importer.includes('node_modules');
      if (path === 'reflect-metadata' || !(ofPackage || WITHIN.has(path))) return outside;
      const found = await resolve(path, { ...from, pluginData: leaveOutside });
      return found.errors.length > 0 ? outside : found;
    });
  },
};

/** Of packages no more than the file: the map is read at each start. */
const withoutMaps = {
  name: 'without-maps',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.[cm]?js$/ }, async ({ path }) => {
      const map = JSON.stringify({ version: 3, sources: [basename(path)], mappings: 'AAAA' });
      const url = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
      return { contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=${url}`, loader: 'default' };
    });
  },
};

/**
 * `node scripts/bundle.mjs <compiled server> <bundle>`: one file of the server and of the packages with the most files.
 * Node looks for, reads and links some two thousand otherwise, which is more than half of a start.
 */
const [entry, outfile] = process.argv.slice(2);
const { outputFiles } = await build({
  write: false,
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // NestJS and TypeORM tell classes by their names.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  // It is made one folder deeper than it will lie.
  sourceRoot: '.next',
  legalComments: 'none',
  logLevel: 'error',
  // Packages that are CommonJS ask for what is left outside, and for Node's own modules.
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);`,
  },
  plugins: [leaveOutside, withoutMaps],
});

// Names are put back on what lost them in the bundle; not on each closure whenever it is made, which hot code does by thousands.
const NAMING = 'var __name = (target, value) => __defProp';
for (const { path, text } of outputFiles) {
  if (path === outfile && !text.includes(NAMING))
    throw new Error(`esbuild names functions in another way: ${NAMING}`);
  await writeFile(
    path,
    text.replace(
      NAMING,
      'var __name = (target, value) => target.name === value || !target.prototype ? target : __defProp',
    ),
  );
}
