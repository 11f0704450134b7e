import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { World } from '../support/factories/world.factory.js';

const run = promisify(execFile);

/** What somebody writes who has `/openapi.json` and two packages, and nothing of Kith. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { argv: string[]; stdout: { write(text: string): void } };
const [, , baseUrl = '', token = '', groupId = ''] = process.argv;

const client = createClient<paths>({
  baseUrl,
  headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/vnd.api+json' },
  querySerializer: { array: { style: 'form', explode: false }, object: { style: 'deepObject', explode: true } },
});

const email: components['schemas']['NewEmailAddressAlong'] = {
  type: 'email_address',
  attributes: { email: 'ada@example.org' },
};

const made = await client.POST('/apis/v4/people', {
  params: { query: { include: ['email_addresses'], 'fields[person]': ['first_name'] } },
  body: {
    data: { type: 'person', attributes: { first_name: 'Ada' } },
    included: [email, { type: 'group_membership', attributes: { group_id: groupId, role: 'user' } }],
  },
});
if (!made.data?.data) throw new Error(JSON.stringify(made.error));
const outcome: 'created' | 'updated' | 'unchanged' | 'failed' | 'rolled_back' | undefined = made.data.meta?.match.outcome;

const read = await client.GET('/apis/v4/people', {
  params: {
    query: {
      'filter[first_name]': { prefix: 'ad' },
      'fields[group]': ['name'],
      include: ['email_addresses', 'group_memberships.group'],
      sort: ['-created_at'],
      'page[size]': 5,
    },
  },
});
if (!read.data) throw new Error(JSON.stringify(read.error));
const found: string[] = [];
for (const one of read.data.included ?? []) {
  switch (one.type) {
    case 'email_address': {
      const text: string | undefined = one.attributes?.email;
      found.push('e-mail ' + text);
      break;
    }
    case 'group_membership': {
      const role: 'owner' | 'admin' | 'user' | 'contact' | undefined = one.attributes?.role;
      found.push('role ' + role);
      break;
    }
    case 'group':
      found.push('group ' + one.attributes?.name);
      // @ts-expect-error only e-mail addresses have one
      one.attributes?.email;
  }
}

const refused = await client.PATCH('/apis/v4/groups/{id}', {
  params: { path: { id: groupId } },
  // @ts-expect-error a name is a text
  body: { data: { type: 'group', id: groupId, attributes: { name: 1 } } },
});
const code: string | undefined = refused.error?.errors[0]?.code;

// @ts-expect-error users are not made here
await client.POST('/apis/v4/users', {}).catch(() => undefined);

process.stdout.write(JSON.stringify({ outcome, found: found.sort(), code }));
`;

const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'ES2022', module: 'nodenext', strict: true, noUncheckedIndexedAccess: true },
    ...{ exactOptionalPropertyTypes: true, lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [] },
  },
  files: ['program.ts'],
};

describe('A typed client, made from /openapi.json by openapi-typescript', () => {
  // Below the packages, so that the program finds its own.
  const folder = resolve(`node_modules/.cache/kith-typed-client-${process.pid}`);
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
    mkdirSync(folder, { recursive: true });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.close();
  });

  const node = (...args: string[]): Promise<{ stdout: string }> =>
    run(process.execPath, args, { cwd: folder }).catch((error: { stdout: string; stderr: string }) => {
      throw new Error(`${error.stdout}${error.stderr}`);
    });

  it('compiles, and writes and reads through the real server', async () => {
    const document = await world.app.inject({ method: 'GET', url: '/openapi.json' });
    writeFileSync(join(folder, 'openapi.json'), document.body);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    await node(resolve('node_modules/openapi-typescript/bin/cli.js'), 'openapi.json', '-o', 'api.ts');
    await node(resolve('node_modules/typescript/bin/tsc'), '-p', '.');

    const group = await world.group('Choir');
    const { token } = await world.caller('Clara', { [group]: 'owner' });
    await world.app.listen(0, '127.0.0.1');
    const { port } = world.app.getHttpServer().address() as AddressInfo;
    const { stdout } = await node('program.js', `http://127.0.0.1:${port}`, token, group);
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'created',
      found: ['e-mail ada@example.org', 'group Choir', 'role user'],
      code: 'invalid_attribute',
    });
  }, 120_000);
});
