import { IsString } from 'class-validator';
import sql from 'sql-template-tag';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { resources } from '../../src/app.module.js';
import { Group } from '../../src/groups/group.entity.js';
import { defineResource, Registry, type ResourceDefinition } from '../../src/jsonapi/index.js';
import { World } from '../support/factories/world.factory.js';

class Named {
  @IsString() name: string;
}

/** What is right, so that each case is wrong in one way. */
const right = defineResource({
  type: 'circle',
  path: 'circles',
  entity: Group,
  dto: Named,
  policy: { readable: () => sql`true` },
  attributes: { name: { type: 'string', write: true } },
  relationships: { parent: { kind: 'to-one', type: 'group', column: 'parent_id' } },
});

const text = { type: 'string' } as const;
const toMany = { kind: 'to-many', type: 'group' } as const;
const related = (relationships: ResourceDefinition['relationships']) => ({ relationships });

const FAULTS: [string, Partial<ResourceDefinition>][] = [
  ['there is no policy; say who may read it', { policy: {} as never }],
  ['its entity is no table that the server knows; list it in src/database/entities.ts', { entity: Named }],
  ['"Circle/x" is no path; write it as "postal_addresses"', { path: 'Circle/x' }],
  ['"firstName" is no snake_case member name', { attributes: { ...right.attributes, firstName: text } }],
  ['"id" is what JSON:API calls something else', { attributes: { ...right.attributes, id: text } }],
  ['the table has no column "nmae" for the attribute "nmae"', { attributes: { nmae: text } }],
  ['"parent" is an attribute and a relationship', { attributes: { ...right.attributes, parent: text } }],
  ['"name" can be written, but the dto has no rule for it', { dto: undefined }],
  ['the dto has a rule for "name", which cannot be written', { attributes: { name: text } }],
  [
    '"raw" is JSON and cannot be compared',
    { attributes: { ...right.attributes, raw: { type: 'json', sql: (row) => row, filter: true } } },
  ],
  ['the relationship "head" names the unknown type "persn"', related({ head: { ...toMany, type: 'persn' } })],
  [
    'the table has no column "head_id" for the relationship "head"',
    related({ head: { kind: 'to-one', type: 'person', column: 'head_id' } }),
  ],
  [
    'the target of "below" has no column "above_id"',
    related({ below: { ...toMany, foreignKey: 'above_id' } }),
  ],
  ['"below" leads there by "through" or by "foreignKey"; name one', related({ below: toMany })],
  [
    '"above" leads there by "column" or by "foreignKey"; name one',
    related({ above: { kind: 'to-one', type: 'group', column: 'parent_id', foreignKey: 'parent_id' } }),
  ],
  [
    '"parent" means the same as "parent_ident", which is no attribute',
    related({ parent: { kind: 'to-one', type: 'group', column: 'parent_id', idAttribute: 'parent_ident' } }),
  ],
  [
    '"below" can be written, but neither a plain table between nor an operation says how',
    related({ below: { ...toMany, foreignKey: 'parent_id', write: true } }),
  ],
  ['it cannot be part of "elders": that is no column', { partOf: ['elders'] }],
  ['a whole has one of each "kind", which is no attribute', { onceByWhole: ['kind'] }],
  ['"person" may come along, but no to-one relationship of it leads here', { takes: ['person'] }],
  [
    'the conflict "circles_once" points at "nmae", which is no attribute or relationship',
    { conflicts: { circles_once: { field: 'nmae', code: 'conflict', detail: 'Once.' } } },
  ],
  [
    'the filter "name" needs a snake_case name that nothing else has',
    { filters: { name: { type: 'string', sql: (row) => row } } },
  ],
  ['the search names the column "nmae", which is not there', { search: [{ column: 'nmae' }] }],
  [
    'the search names "parent", which is no to-many relationship by a foreign key',
    { search: [{ of: 'parent', column: 'name' }] },
  ],
];

describe('A declaration that cannot be served', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.boot();
  });
  afterAll(() => world.close());

  const registry = (...more: ResourceDefinition[]) =>
    new Registry([...resources, ...more], world.database.dataSource);

  it('is not this one', () => {
    expect(() => registry(right)).not.toThrow();
  });

  it.each(FAULTS)('does not start, and is told: %s', (fault, wrong) => {
    expect(() => registry({ ...right, ...wrong })).toThrow(`  - circle: ${fault}`);
  });

  it('is told all of its faults at once, and those of others', () => {
    const twice = { ...right, attributes: { nmae: text } };
    expect(() => registry(twice, { ...right, policy: {} as never })).toThrow(
      /^The resources cannot be served:\n( {2}- .+\n){3} {2}- The type "circle" is declared twice\n {2}- The path "circles" is declared twice$/,
    );
  });
});

@Entity('circles')
class Circle {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text') name: string;
  @Column('integer') version: number;
}

@Entity('squares')
class Square {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
}

describe('Tables that are not as declared', () => {
  const people = (table: string) =>
    ({ kind: 'to-many', type: 'person', through: { table, from: 'circle_id', to: 'person_id' } }) as const;
  const circle = {
    ...right,
    entity: Circle,
    relationships: { guests: people('circle_guests'), hosts: people('circle_hosts') },
  };
  const square = defineResource({
    type: 'square',
    path: 'squares',
    entity: Square,
    policy: { readable: () => sql`true` },
    attributes: {},
  });
  let world: World;
  beforeAll(async () => {
    world = await World.boot({}, [circle, square]);
    await world.database.dataSource.query(`
      create table circles (id bigint generated always as identity primary key, name text not null);
      create table circle_guests (circle_id bigint, persn_id bigint)`);
  });
  afterAll(() => world.close());

  it('are told all at once, with what to do, when the server starts', async () => {
    await expect(world.app.get(Registry).requireTables(world.database)).rejects.toThrow(
      [
        'The tables are not those of the resources:',
        `  - circle: the table "circles" has no column "version"; let its migration call keep_version('circles')`,
        '  - circle: "guests": the table "circle_guests" has no column "person_id"; add it in its migration',
        '  - circle: "hosts": there is no table "circle_hosts"; list its migration in src/database/migrations.ts',
        '  - square: there is no table "squares"; list its migration in src/database/migrations.ts',
      ].join('\n'),
    );
  });

  it('are fine once the migrations have made them', async () => {
    await world.database.dataSource.query(`
      select keep_version('circles');
      alter table circle_guests rename persn_id to person_id;
      create table circle_hosts (circle_id bigint, person_id bigint);
      create table squares (id bigint generated always as identity primary key)`);
    await world.app.get(Registry).requireTables(world.database);
  });
});
