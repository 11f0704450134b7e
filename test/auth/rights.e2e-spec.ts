import { resources } from '../../src/app.module.js';
import { RIGHTS, ROLES, type Verb } from '../../src/auth/index.js';
import type { ApiAnswer, ApiRequest } from '../support/api-client.js';
import { World } from '../support/factories/world.factory.js';
import { OperationsClient } from '../support/operations-client.js';
import { ASKING, MATRIX, place, TARGETS, type Place } from './rights-matrix.js';

const VERBS = ['read', 'create', 'update', 'remove'] as const;
const METHODS = { read: 'GET', create: 'POST', update: 'PATCH', remove: 'DELETE' } as const;
const TYPES = resources.map(({ type }) => type);
const pathOf = (type: string): string => `/${resources.find((one) => one.type === type)?.path}`;
const wellDone = (status: number): boolean => status < 300;

describe('Who may do what', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());

  const target = (type: string) => {
    const its = TARGETS[type];
    if (!its) throw new Error(`Give "${type}" a line in test/auth/rights-matrix.ts`);
    return its;
  };

  it('has a line for every type that is served', () => {
    expect(Object.keys(MATRIX).sort()).toEqual([...TYPES].sort());
  });

  /** What is sent to do it; `data` is that of an operation too. */
  async function ask(type: string, verb: Verb, where: Place): Promise<ApiRequest & { data?: object }> {
    const method = METHODS[verb];
    const { create, update, row } = target(type);
    if (verb === 'create') {
      const data = { type, ...(await create(where)) };
      return { method, path: pathOf(type), body: { data }, data };
    }
    const id = await row(where);
    const data = { type, id, ...(verb === 'update' && { attributes: update }) };
    return { method, path: `${pathOf(type)}/${id}`, ...(verb === 'update' && { body: { data } }), data };
  }

  const asOperation = (verb: Verb, data: object | undefined) => ({
    op: { create: 'add', update: 'update', remove: 'remove', read: '' }[verb],
    ...(verb === 'remove' ? { ref: data } : { data }),
  });

  /** What is refused leaves every row of every table as it was. */
  async function expectUnwritten(status: number, send: () => Promise<ApiAnswer>): Promise<void> {
    const before = await world.everything();
    const answer = await send();
    expect([answer.request.path, answer.status]).toEqual([answer.request.path, status]);
    expect(await world.everything()).toBe(before);
  }

  describe.each(TYPES)('%s', (type) => {
    it.each(VERBS)('%s: by every role, and what is refused writes nothing, by no door', async (verb) => {
      const statuses: number[] = [];
      for (const [i, asking] of ASKING.entries()) {
        const where = await place(world, asking);
        const { data, ...request } = await ask(type, verb, where);
        const expected = MATRIX[type]?.[verb][i] as number;
        if (wellDone(expected)) {
          statuses.push((await where.api.send(request)).status);
          continue;
        }
        await expectUnwritten(expected, () => where.api.send(request));
        statuses.push(expected);
        if (verb === 'read') continue;
        const operations = new OperationsClient(where.api);
        await expectUnwritten(expected, () => operations.send([asOperation(verb, data)]));
      }
      expect(statuses).toEqual(MATRIX[type]?.[verb]);
    });
  });

  it('is as the table says', () => {
    const said = Object.entries(RIGHTS).flatMap(([type, rights]) =>
      Object.entries(rights).map(([verb, { role }]) => [type, verb, role]),
    );
    const tried = Object.entries(MATRIX).flatMap(([type, lines]) =>
      VERBS.flatMap((verb) => {
        const least = ROLES.findLast((role) => wellDone(lines[verb][ROLES.indexOf(role)] as number));
        const any = lines[verb].some(wellDone);
        return any ? [[type, verb, least ?? 'super_admin']] : [];
      }),
    );
    expect(said.sort()).toEqual(tried.sort());
  });
});
