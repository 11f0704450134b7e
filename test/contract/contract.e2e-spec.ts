import { readFileSync, writeFileSync } from 'node:fs';
import type { OpenApiDocument } from '../../src/jsonapi/openapi/index.js';
import { bootApp, type TestApp } from '../support/boot-app.js';
import { breakingChanges } from './breaking-changes.js';

const FILE = 'test/contract/openapi.json';

/**
 * `npm run contract` writes the file anew; where that would break a client it fails and says what would, and
 * `npm run contract:break` writes it all the same.
 */
const RENEW = process.env['RENEW_CONTRACT'];

describe('The contract, as it was last agreed on', () => {
  let server: TestApp;
  let made: OpenApiDocument;
  beforeAll(async () => {
    server = await bootApp();
    made = (await server.app.inject({ method: 'GET', url: '/openapi.json' })).json();
  });
  afterAll(() => server.close());

  const agreed = (): OpenApiDocument => JSON.parse(readFileSync(FILE, 'utf8')) as OpenApiDocument;

  it('is not broken', () => {
    if (RENEW !== 'break') expect(breakingChanges(agreed(), made)).toEqual([]);
  });

  it('is what the server says of itself; `npm run contract` renews it', () => {
    if (RENEW && (RENEW === 'break' || breakingChanges(agreed(), made).length === 0))
      writeFileSync(FILE, `${JSON.stringify(made, null, 1)}\n`);
    expect(differences(agreed(), made)).toEqual([]);
  });
});

/** Where two documents differ: members of the whole, paths, components. */
function differences(one: OpenApiDocument, other: OpenApiDocument): string[] {
  const [old, now] = [placesOf(one), placesOf(other)];
  const places = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return places.filter((place) => JSON.stringify(old[place]) !== JSON.stringify(now[place]));
}

const placesOf = ({ paths, components, ...rest }: OpenApiDocument): Record<string, unknown> => ({
  ...rest,
  ...paths,
  ...Object.fromEntries(
    Object.entries(components).flatMap(([kind, named]) =>
      Object.entries(named as object).map(([name, component]) => [`${kind}/${name}`, component as unknown]),
    ),
  ),
});
