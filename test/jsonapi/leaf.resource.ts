import sql from 'sql-template-tag';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { defineResource } from '../../src/jsonapi/index.js';

/** A type that is nothing but read: every kind of value, null in each, a tree, and rows that nobody may read. */
@Entity('leaves')
export class Leaf {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text', { nullable: true }) name: string | null;
  @Column('integer', { nullable: true }) rank: number | null;
  @Column('boolean', { nullable: true }) green: boolean | null;
  @Column('date', { nullable: true }) born: string | null;
  @Column('timestamptz') madeAt: Date;
  @Column('bigint', { nullable: true }) parentId: string | null;
  @Column('boolean') hidden: boolean;
}

export const LEAVES = `
create table leaves (
  id bigint generated always as identity primary key,
  name text, rank integer, green boolean, born date, made_at timestamptz not null,
  parent_id bigint references leaves on delete set null, hidden boolean not null default false
);
create table leaf_neighbours (leaf_id bigint not null, neighbour_id bigint not null);
`;

const compared = { filter: true, sort: true } as const;

export const leafResource = defineResource({
  type: 'leaf',
  path: 'leaves',
  entity: Leaf,
  policy: { readable: (_actor, row) => sql`not ${row}.hidden` },
  attributes: {
    name: { type: 'string', ...compared },
    loud: { type: 'string', ...compared, sql: (row) => sql`upper(${row}.name) || '!'` },
    rank: { type: 'integer', ...compared },
    green: { type: 'boolean', ...compared },
    born: { type: 'date', ...compared },
    made_at: { type: 'timestamp', ...compared },
    hidden: { type: 'boolean' },
  },
  relationships: {
    parent: { kind: 'to-one', type: 'leaf', column: 'parent_id' },
    children: { kind: 'to-many', type: 'leaf', foreignKey: 'parent_id' },
    neighbours: {
      kind: 'to-many',
      type: 'leaf',
      through: { table: 'leaf_neighbours', from: 'leaf_id', to: 'neighbour_id' },
    },
  },
  search: [{ column: 'name' }, { of: 'children', column: 'name' }],
  filters: {
    since: { type: 'timestamp', sql: (row, [time]) => sql`${row}.made_at >= ${time}::timestamptz` },
    ranks: { type: 'integer', list: true, sql: (row, ranks) => sql`${row}.rank = any(${ranks}::int[])` },
  },
});
