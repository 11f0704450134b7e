import { raw } from 'sql-template-tag';
import { resources } from '../../src/app.module.js';
import { Registry, type ResourceDefinition } from '../../src/jsonapi/index.js';
import type { Resource } from '../../src/jsonapi/resource/registry.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { bootChoir, type Choir } from '../support/factories/choir.factory.js';
import type { Caller } from '../support/factories/world.factory.js';
import { SAMPLES, type Sample } from './samples.js';
import { toyResources } from './toy/toy.resources.js';
import { fillToys, TOY_SAMPLES } from './toy/toy.samples.js';
import { makeToyTables } from './toy/toy.tables.js';

const definitions: readonly ResourceDefinition[] = [...resources, ...toyResources];
const samples = { ...SAMPLES, ...TOY_SAMPLES };

/** Every type that is served in these tests: the product's, and the toys. */
export const TYPES = definitions.map(({ type }) => type);
const having = (verb: 'create' | 'update' | 'remove') => TYPES.filter((type) => samples[type]?.[verb]);
export const CREATABLE = having('create');
export const UPDATABLE = having('update');
export const REMOVABLE = having('remove');

/** Every relationship of every type; printed as `type.name`. */
export const RELATIONSHIPS = definitions.flatMap(({ type, relationships = {} }) =>
  Object.entries(relationships).map(([name, { kind, type: target, ...rest }]) => ({
    type,
    name,
    kind,
    target,
    write: 'write' in rest ? rest.write : undefined,
  })),
);

type Fields = Readonly<Record<string, unknown>>;
export type NewDocument = { data: { type: string; attributes?: Fields; relationships?: Fields } };

/** The real server with people and toys, spoken to by somebody who may do everything. */
export class ConformanceWorld {
  private count = 0;
  private tables: readonly string[] | undefined;

  private constructor(
    readonly choir: Choir,
    readonly root: Caller,
    readonly registry: Registry,
  ) {}

  static async boot(
    settings: NodeJS.ProcessEnv = {},
    further: readonly ResourceDefinition[] = [],
  ): Promise<ConformanceWorld> {
    const choir = await bootChoir(settings, [...toyResources, ...further]);
    const { world } = choir;
    await makeToyTables(world.database);
    const root = await world.caller('Root', { [choir.choir]: 'owner' }, { superAdmin: true });
    await fillToys({ ...choir, root });
    const made = new ConformanceWorld(choir, root, world.app.get(Registry));
    for (const type of [...TYPES, ...TYPES]) await made.freshId(type);
    return made;
  }

  close(): Promise<void> {
    return this.choir.world.close();
  }

  get api(): ApiClient {
    return this.root.api;
  }

  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer> {
    return this.api.get(path, headers);
  }

  resource(type: string): Resource {
    return this.registry.get(type);
  }

  /** `/people` */
  path(type: string): string {
    return `/${this.resource(type).path}`;
  }

  sample(type: string): Sample {
    const sample = samples[type];
    if (!sample) throw new Error(`Give the type "${type}" a sample in test/conformance/samples.ts`);
    return sample;
  }

  /** The URL of a new row of the type. */
  async fresh(type: string): Promise<string> {
    return `${this.path(type)}/${await this.freshId(type)}`;
  }

  freshId(type: string): Promise<string> {
    return this.sample(type).row({ ...this.choir, root: this.root }, this.next());
  }

  /** A document that POST takes. */
  async document(type: string): Promise<NewDocument> {
    const sample = await this.sample(type).create?.({ ...this.choir, root: this.root }, this.next());
    return { data: { type, ...sample } };
  }

  /** The same with further members of `data`. */
  async documentWith(type: string, more: Fields): Promise<NewDocument> {
    const { data } = await this.document(type);
    return { data: { ...data, ...more } };
  }

  /** A document that PATCH takes for the resource of `path`. */
  change(path: string, type: string): { data: { type: string; id: string; attributes: Fields } } {
    const attributes = this.sample(type).update?.(this.next()) ?? {};
    return { data: { type, id: idIn(path), attributes } };
  }

  create(type: string, document: unknown): Promise<ApiAnswer> {
    return this.api.post(this.path(type), document);
  }

  /** Of every table the number of rows and the last transaction that wrote one: another after every write. */
  async written(): Promise<string> {
    const { world } = this.choir;
    this.tables ??= await world.tables();
    const each = this.tables.map(
      (name) => `select '${name}' as name, count(*), max(xmin::text::bigint) from "${name}"`,
    );
    const rows = await world.database.query(raw(each.join(' union all ')));
    return rows.map((row) => Object.values(row).join(' ')).join('\n');
  }

  /** Does `work`, which must not write anything. */
  async unchanged<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.written();
    const result = await work();
    expect(await this.written()).toBe(before);
    return result;
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }
}

/** The id at the end of a path. */
export const idIn = (path: string): string => path.split('/').pop() as string;
