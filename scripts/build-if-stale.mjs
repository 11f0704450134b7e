/**
 * Builds `dist/` when a source is newer than the last build (or always, with --force): the modules, and of them one file
 * that is started. `npm start` and the tests begin with it. Several may run at the same time, and a server may be starting
 * from `dist/` meanwhile: each one builds into a folder of its own, and then moves file by file, so that every file is
 * always there and whole.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.built-at');
const COMPILER = join(ROOT, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
const COMPILED = ['src', 'migrations', 'ormconfig.ts'];
const BUNDLER = join(ROOT, 'scripts', 'bundle.mjs');
const SOURCES = [...COMPILED, '.swcrc', 'package.json', 'scripts/bundle.mjs'];

export function buildIfStale({ force = false } = {}) {
  if (!force && !isStale()) return;
  if (existsSync(COMPILER)) return build();
  // A production install has no compiler; it brings what was built elsewhere.
  if (!existsSync(join(DIST, 'kith.js'))) {
    throw new Error('There is no dist/, and no compiler to make it: run `npm ci` without --omit=dev.');
  }
}

function isStale() {
  const builtAt = existsSync(STAMP) ? Number(readFileSync(STAMP, 'utf8')) : 0;
  return SOURCES.some((source) => newest(join(ROOT, source)) > builtAt);
}

/** Folders count as well: theirs is the time that changes when a file is removed. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function build() {
  console.log('Building Kith ...');
  // Taken before: a file that is saved while the compiler runs is to count as newer.
  const startedAt = Date.now();
  removeLeftovers();
  const next = join(DIST, `.next-${process.pid}`);
  try {
    compileInto(next);
    const files = filesBelow(next);
    for (const file of files) install(join(next, file), join(DIST, file));
    removeOlder(new Set(files), startedAt);
    writeFileSync(join(next, '.built-at'), String(startedAt));
    renameSync(join(next, '.built-at'), STAMP);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

function compileInto(folder) {
  mkdirSync(folder, { recursive: true });
  const inputs = COMPILED.filter((name) => existsSync(join(ROOT, name)));
  const args = [COMPILER, ...inputs, '-d', folder, '--ignore', '**/*spec.ts', '--quiet'];
  run(args);
  run([BUNDLER, join(folder, 'src', 'main.js'), join(folder, 'kith.js')]);
}

const run = (args) =>
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });

function install(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

/**
 * What the sources no longer have must go: the migrations, for one, are found by looking into a folder. A file
 * that is younger than this build comes from another one, which saw more.
 */
function removeOlder(files, startedAt) {
  const gone = filesBelow(DIST).filter((file) => !files.has(file));
  for (const file of gone.map((each) => join(DIST, each))) {
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < startedAt) rmSync(file, { force: true });
  }
}

/** Paths from the folder, without the hidden entries that are ours. */
function filesBelow(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = join(prefix, entry.name);
    if (entry.name.startsWith('.')) return [];
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
}

function removeLeftovers() {
  const names = existsSync(DIST) ? readdirSync(DIST) : [];
  for (const name of names.filter((each) => each.startsWith('.next-'))) {
    if (!isAlive(Number(name.slice('.next-'.length))))
      rmSync(join(DIST, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  try {
    buildIfStale({ force: process.argv.includes('--force') });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
