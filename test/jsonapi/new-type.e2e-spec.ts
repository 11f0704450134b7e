import { IsInt, IsISO8601, IsOptional, IsString, Length, Min } from 'class-validator';
import sql, { type Sql } from 'sql-template-tag';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { resources } from '../../src/app.module.js';
import type { Actor } from '../../src/auth/index.js';
import { defineResource, Registry } from '../../src/jsonapi/index.js';
import { personPartPolicy } from '../../src/people/index.js';
import { World, type Caller } from '../support/factories/world.factory.js';

/** From here to the table it is what a room would hold: a type that the product does not know. */
@Entity('pets')
class Pet {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('bigint', { nullable: true }) friendId: string | null;
  @Column('text') name: string;
  @Column('integer', { nullable: true }) legs: number | null;
  @Column('timestamptz', { nullable: true }) fedAt: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}

class PetAttributes {
  @IsString() @Length(1, 50) name: string;
  @IsOptional() @IsInt() @Min(0) legs?: number | null;
  @IsOptional() @IsISO8601() fed_at?: string | null;
}

const petResource = defineResource({
  type: 'pet',
  path: 'pets',
  entity: Pet,
  dto: PetAttributes,
  policy: personPartPolicy,
  partOf: ['person'],
  attributes: {
    name: { type: 'string', write: true, filter: true, sort: true },
    legs: { type: 'integer', write: true, filter: true, sort: true },
    fed_at: { type: 'timestamp', write: true },
    greeting: {
      type: 'string',
      sql: (row: Sql, actor: Actor) => sql`${row}.name || ' greets ' || ${actor.userId}::text`,
    },
    created_at: { type: 'timestamp', sort: true },
  },
  relationships: {
    person: { kind: 'to-one', type: 'person', column: 'person_id', write: 'create', required: true },
    friend: { kind: 'to-one', type: 'pet', column: 'friend_id', write: true },
    friends: { kind: 'to-many', type: 'pet', foreignKey: 'friend_id' },
    visits: {
      kind: 'to-many',
      type: 'group',
      through: { table: 'pet_visits', from: 'pet_id', to: 'group_id' },
      write: true,
    },
  },
});

const TABLES = `
  create table pets (
    id bigint generated always as identity primary key,
    person_id bigint not null references people on delete cascade,
    friend_id bigint references pets on delete set null,
    name text not null,
    legs integer,
    fed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now());
  create table pet_visits (pet_id bigint references pets on delete cascade, group_id bigint references groups);
  select keep_version('pets');
  select part_of_people('pets', 'person_id')`;

describe('A type that is declared at run time', () => {
  let world: World;
  let north: string;
  let ada: Caller;
  let carl: string;
  let ids: string[];

  beforeAll(async () => {
    world = await World.boot({}, [petResource]);
    await world.database.dataSource.query(TABLES);
    north = await world.group('North');
    ada = await world.caller('Ada', { [north]: 'user' });
    carl = await world.contact('Carl', north);
    const pets = [{ name: 'Rex', legs: 4 }, { name: 'Polly', legs: 2 }, { name: 'Hisss' }];
    ids = [];
    for (const pet of pets) ids.push((await ada.api.post('/pets', document(pet))).one.id);
  });
  afterAll(() => world.close());

  const document = (attributes: object, relationships: object = {}) => ({
    data: {
      type: 'pet',
      attributes,
      relationships: { person: { data: { type: 'person', id: carl } }, ...relationships },
    },
  });

  it('is made, read, changed and deleted', async () => {
    const made = await ada.api.post('/pets', document({ name: 'Moby', legs: 0 }));
    expect([made.status, made.header('location')]).toEqual([201, `/apis/v4/pets/${made.one.id}`]);
    expect(made.one.attributes).toMatchObject({ name: 'Moby', greeting: `Moby greets ${ada.userId}` });
    const path = `/pets/${made.one.id}`;
    const changed = await ada.api.patch(path, {
      data: { type: 'pet', id: made.one.id, attributes: { legs: null } },
    });
    expect(changed.one.attributes).toMatchObject({ name: 'Moby', legs: null });
    expect((await ada.api.get(path)).one).toEqual(changed.one);
    expect((await ada.api.delete(path)).status).toBe(204);
    expect((await ada.api.get(path)).status).toBe(404);
  });

  it('has filters, sorting, pages, fields and totals', async () => {
    const page = await ada.api.get('/pets?sort=-legs&page[size]=2&page[total]=true&fields[pet]=name');
    expect(page.many.map(({ attributes }) => attributes)).toEqual([{ name: 'Hisss' }, { name: 'Rex' }]);
    expect(page.total).toBe(3);
    const next = await ada.api.get(page.document.links?.['next'] as string);
    expect(next.many.map(({ attributes }) => attributes)).toEqual([{ name: 'Polly' }]);
    expect((await ada.api.get('/pets?filter[legs][ge]=2&filter[name][prefix]=r')).ids).toEqual([ids[0]]);
    expect((await ada.api.get(`/pets?filter[person]=${carl}&filter[legs][null]=true`)).ids).toEqual([ids[2]]);
  });

  it('has relationships of every kind, included and at their own URLs', async () => {
    const [rex, polly] = ids;
    const pet = (id?: string) => ({ type: 'pet', id });
    const friend = await ada.api.patch(`/pets/${polly}/relationships/friend`, { data: pet(rex) });
    expect([friend.status, friend.document.data]).toEqual([200, pet(rex)]);
    const visits = await ada.api.post(`/pets/${rex}/relationships/visits`, {
      data: [{ type: 'group', id: north }],
    });
    expect(visits.document.data).toEqual([{ type: 'group', id: north }]);
    const answer = await ada.api.get(`/pets/${rex}?include=friends.friend,visits,person`);
    expect(answer.includedKeys).toEqual([`group:${north}`, `person:${carl}`, `pet:${polly}`].sort());
    expect((await ada.api.get(`/pets/${rex}/friends`)).ids).toEqual([polly]);
  });

  it('tells what is not known and what is wrong at once', async () => {
    const both = await ada.api.post('/pets', document({ name: '', tail: 'long' }));
    expect(both.refusal).toEqual({
      status: 422,
      errors: [
        ['unknown_attribute', '/data/attributes/tail'],
        ['invalid_attribute', '/data/attributes/name'],
      ],
    });
  });

  it('has its rules, its rights and its conflicts', async () => {
    const before = await world.everything();
    expect((await ada.api.post('/pets', document({ name: '', legs: -1 }))).refusal.errors.sort()).toEqual([
      ['invalid_attribute', '/data/attributes/legs'],
      ['invalid_attribute', '/data/attributes/name'],
    ]);
    const eve = await world.caller('Eve');
    expect((await eve.api.get('/pets')).ids).toEqual([]);
    expect((await eve.api.delete(`/pets/${ids[0]}`)).status).toBe(404);
    expect((await ada.api.post('/pets', { data: { type: 'pet', attributes: { name: 'X' } } })).status).toBe(
      422,
    );
    expect((await ada.api.patch('/pets/999999', { data: { type: 'pet', id: '999999' } })).status).toBe(404);
    await world.database.query(sql`delete from sessions where user_id = ${eve.userId}::bigint`);
    await world.database.query(sql`delete from users where id = ${eve.userId}::bigint`);
    await world.database.query(sql`delete from people where id = ${eve.personId}::bigint`);
    expect(await world.everything()).toBe(before);
  });

  it.each([
    [
      'attributes',
      'fed_at',
      '2026-02-30',
      '"fed_at" cannot be stored; a time such as 2026-01-31T12:00:00Z is wanted.',
    ],
    ['attributes', 'legs', 9_999_999_999, '"legs" cannot be stored; a smaller number is wanted.'],
    ['attributes', 'nmae', 'Rex', 'Known: name, legs, fed_at, greeting, created_at. Did you mean "name"?'],
    ['attributes', 'friend', '1', '"friend" stands in `relationships`.'],
    ['attributes', 'person_id', '1', '"person" stands in `relationships`.'],
    ['relationships', 'legs', { data: null }, '"legs" stands in `attributes`.'],
    ['relationships', 'freind', { data: null }, 'Did you mean "friend"?'],
  ])('says where it is and what to do instead of %s %s %j', async (kind, name, value, help) => {
    const body = document({ name: 'Rex' }, {});
    const wrong = { ...body.data, [kind]: { ...body.data[kind as 'attributes'], [name]: value } };
    const answer = await ada.api.post('/pets', { data: wrong });
    expect(answer.status).toBe(422);
    expect(answer.document.errors?.[0]).toMatchObject({
      detail: expect.stringContaining(help),
      source: { pointer: `/data/${kind}/${name}` },
    });
  });

  it('says why a relationship is not written at its URL, and which ones it has', async () => {
    const at = `/pets/${ids[0]}/relationships`;
    const told = async (name: string, data: unknown) => {
      const { status, document } = await ada.api.patch(`${at}/${name}`, { data });
      return [status, document.errors?.[0]?.detail];
    };
    expect(await told('person', { type: 'person', id: carl })).toEqual([
      403,
      '"person" of pet is given when it is created, and not changed.',
    ]);
    expect(await told('friends', [])).toEqual([
      403,
      '"friends" of pet is not written here; write each pet itself.',
    ]);
    expect(await told('visit', [])).toEqual([
      404,
      'pet has no relationship "visit". Known: person, friend, friends, visits. Did you mean "visits"?',
    ]);
  });

  it('has versions, ETags, conditions, and a place in the history of the person', async () => {
    const path = `/pets/${ids[2]}`;
    const etag = (await ada.api.get(path)).header('etag') ?? '';
    expect((await ada.api.get(path, { 'if-none-match': etag })).status).toBe(304);
    const body = { data: { type: 'pet', id: ids[2], attributes: { name: 'Hiss' } } };
    expect((await ada.api.patch(path, body, { 'if-match': etag })).status).toBe(200);
    expect((await ada.api.patch(path, body, { 'if-match': etag })).status).toBe(412);
    const change = await world.value(sql`
      select after from person_changes where person_id = ${carl}::bigint order by id desc limit 1`);
    expect(change).toMatchObject({ pets: [{ id: ids[2], name: 'Hiss' }] });
  });

  it('is described', async () => {
    const answer = await world.app.inject({ url: '/openapi.json' });
    const { paths, components } = answer.json<{ paths: object; components: { schemas: object } }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/apis/v4/pets', '/apis/v4/pets/{id}/relationships/visits']),
    );
    expect(components.schemas).toHaveProperty('Pet');
  });

  it('does not start when it and its table disagree', () => {
    const wrong = {
      ...petResource,
      attributes: { ...petResource.attributes, tail: { type: 'string' as const } },
      partOf: ['friends'],
    };
    const registry = () => new Registry([...resources, wrong], world.database.dataSource);
    expect(registry).toThrow('pet: the table has no column "tail" for the attribute "tail"');
    expect(registry).toThrow('pet: it cannot be part of "friends"');
  });
});
