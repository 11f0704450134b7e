import { raw } from 'sql-template-tag';
import type { SqlRunner } from '../../../src/database/index.js';

const TABLES = `
  create table toy_animals (id bigint generated always as identity primary key, name text not null, kind text not null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create table toy_nodes (id bigint generated always as identity primary key, name text not null,
    parent_id bigint references toy_nodes on delete set null, twin_id bigint unique references toy_nodes on delete set null,
    animal_id bigint references toy_animals on delete set null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create index on toy_nodes (parent_id);
  create table toy_friendships (from_id bigint not null references toy_nodes on delete cascade,
    to_id bigint not null references toy_nodes on delete cascade, primary key (from_id, to_id));
  create table toy_tags (id bigint generated always as identity primary key,
    label text not null constraint toy_tags_label_once unique, color text, kept boolean not null default false,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create table toy_node_tags (node_id bigint not null references toy_nodes on delete cascade,
    tag_id bigint not null references toy_tags on delete cascade, hidden boolean not null default false,
    primary key (node_id, tag_id));
  create table toy_rights (id bigint generated always as identity primary key, name text not null, left_id bigint,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create table toy_lefts (id bigint generated always as identity primary key, name text not null,
    right_id bigint not null references toy_rights on delete cascade,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  alter table toy_rights add foreign key (left_id) references toy_lefts on delete set null;
  create table toy_values (id bigint generated always as identity primary key, text text, whole integer, flag boolean,
    day date, moment timestamptz, node_id bigint references toy_nodes on delete set null, extra jsonb, secret text,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create table toy_notes (id bigint generated always as identity primary key, text text not null,
    node_id bigint not null references toy_nodes on delete cascade, owner_id bigint not null references users,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  select keep_version(name::regclass) from unnest(array['toy_animals', 'toy_nodes', 'toy_tags', 'toy_lefts', 'toy_rights',
    'toy_values', 'toy_notes']) name;
`;

/** The tables of the toys; there is no migration of them. */
export async function makeToyTables(database: SqlRunner): Promise<void> {
  for (const statement of TABLES.split(/;\s*/).filter(Boolean)) await database.query(raw(statement));
}
