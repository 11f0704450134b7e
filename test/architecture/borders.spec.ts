import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
  .map((file) => join('src', file));

const textOf = (file: string): string => readFileSync(file, 'utf8');

/** `src/people/x.ts` -> people; files of the root are the house itself. */
const roomOf = (file: string): string => file.split('/')[1] as string;

/** `src/jsonapi/http/x.ts` -> http. */
const roomBelow = (file: string): string => file.split('/')[2] as string;

const imports = sources.flatMap((from) =>
  [...textOf(from).matchAll(/from '(\.[^']+)'/g)].map(([, path]) => ({
    from,
    to: normalize(join(dirname(from), path as string)),
  })),
);

const ORDER = ['addresses', 'people', 'contact-assignments', 'groups', 'auth'];
const GROUND = ['config', 'database', 'jsonapi'];

const between = imports.filter(
  ({ from, to }) => from.split('/').length > 2 && to.startsWith('src/') && roomOf(from) !== roomOf(to),
);

describe('The house', () => {
  test('has sources to look at', () => {
    expect(between.length).toBeGreaterThan(50);
  });

  test('lets nobody into a room but by its index', () => {
    const around = between.filter(({ to }) => !to.endsWith('/index.js') && !to.endsWith('.entity.js'));
    expect(around).toEqual([]);
  });

  test('declares types by seven values; what goes beyond has a door of its own', async () => {
    const values = async (door: string) => Object.keys((await import(door)) as object).sort();
    expect(await values('../../src/jsonapi/index.js')).toEqual(
      'BASE_PATH JsonApiError JsonApiModule MEDIA_TYPE Registry defineResource notFound'.split(' '),
    );
    const doors = sources.filter((file) => /^src\/jsonapi\/.*index\.ts$/.test(file)).map(roomBelow);
    expect(doors.sort()).toEqual(['http', 'index.ts', 'openapi', 'operations']);
  });

  test('keeps the ground free of the domain', () => {
    const up = between.filter(
      ({ from, to }) =>
        GROUND.includes(roomOf(from)) && ORDER.includes(roomOf(to)) && from !== 'src/database/entities.ts',
    );
    expect(up).toEqual([]);
  });

  test('has domain rooms that look in one direction only', () => {
    const rooms = between.filter(
      ({ from, to }) =>
        ORDER.includes(roomOf(from)) && ORDER.includes(roomOf(to)) && !to.endsWith('.entity.js'),
    );
    expect(rooms.filter(({ from, to }) => ORDER.indexOf(roomOf(from)) > ORDER.indexOf(roomOf(to)))).toEqual(
      [],
    );
  });

  test('reads the environment in one file', () => {
    expect(sources.filter((file) => textOf(file).includes('process.env'))).toEqual([
      'src/config/env.ts',
      // The PATH of PostgreSQL's own processes.
      'src/database/embedded-binaries.ts',
    ]);
  });

  test('has no default exports and no rooms for odds and ends', () => {
    expect(sources.filter((file) => /^export default/m.test(textOf(file)))).toEqual([]);
    expect(sources.filter((file) => /\/(utils|helpers|common|shared|base)\//.test(file))).toEqual([]);
  });

  test('keeps its files small', () => {
    expect(sources.filter((file) => textOf(file).split('\n').length > 275)).toEqual([]);
  });

  test('pins what it depends on, and the lock names no address', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      textOf('package.json'),
    ) as Record<string, Record<string, string>>;
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(textOf('package-lock.json')).not.toMatch(
      /"resolved"|https?:\/\/(?!opencollective|github|www\.|tidelift|paulmillr|feross|ko-fi|liberapay|dotenvx|polar|patreon|issuehunt)[^"]*registry/,
    );
  });
});
