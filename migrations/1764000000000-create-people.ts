import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table people (
  id bigint generated always as identity constraint people_pkey primary key,
  first_name text,
  middle_name text,
  last_name text,
  gender text,
  birth_date date,
  -- The reference of a person without a group; in a group it stands with the membership.
  external_ref text,
  created_by_id bigint constraint people_created_by_fkey references people on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index people_created_by_idx on people (created_by_id) where created_by_id is not null;
create index people_external_ref_idx on people (external_ref) where external_ref is not null;

create table email_addresses (
  id bigint generated always as identity constraint email_addresses_pkey primary key,
  person_id bigint not null constraint email_addresses_person_fkey references people on delete cascade,
  email text not null,
  normal_form text not null,
  is_primary boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint email_addresses_once_per_person unique (person_id, normal_form)
);
create index email_addresses_normal_form_idx on email_addresses (normal_form);
create unique index email_addresses_one_primary on email_addresses (person_id) where is_primary;

create table phone_numbers (
  id bigint generated always as identity constraint phone_numbers_pkey primary key,
  person_id bigint not null constraint phone_numbers_person_fkey references people on delete cascade,
  number text not null,
  e164 text,
  normal_form text not null,
  location text,
  extension text,
  is_primary boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint phone_numbers_once_per_person unique (person_id, normal_form)
);
create index phone_numbers_normal_form_idx on phone_numbers (normal_form);
create unique index phone_numbers_one_primary on phone_numbers (person_id) where is_primary;

create table groups (
  id bigint generated always as identity constraint groups_pkey primary key,
  name text not null,
  external_ref text constraint groups_external_ref_once unique,
  phone_region text,
  match_conflicting_ref text
    constraint groups_match_conflicting_ref_known check (match_conflicting_ref in ('by_name', 'match', 'separate')),
  match_name_guard boolean,
  parent_id bigint constraint groups_parent_fkey references groups on delete restrict,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint groups_not_own_parent check (parent_id <> id)
);
create index groups_parent_idx on groups (parent_id);

create table group_memberships (
  id bigint generated always as identity constraint group_memberships_pkey primary key,
  person_id bigint not null constraint group_memberships_person_fkey references people on delete cascade,
  group_id bigint not null constraint group_memberships_group_fkey references groups on delete cascade,
  role text not null default 'contact'
    constraint group_memberships_role_known check (role in ('owner', 'admin', 'user', 'contact')),
  external_ref text,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint group_memberships_once_per_person unique (person_id, group_id)
);
create index group_memberships_group_idx on group_memberships (group_id, person_id);
create unique index group_memberships_external_ref_once on group_memberships (group_id, external_ref)
  where external_ref is not null and archived_at is null;
create index group_memberships_external_ref_idx on group_memberships (external_ref) where external_ref is not null;

create table contact_assignments (
  id bigint generated always as identity constraint contact_assignments_pkey primary key,
  assigned_to_id bigint not null constraint contact_assignments_assigned_to_fkey references people on delete cascade,
  person_id bigint not null constraint contact_assignments_person_fkey references people on delete cascade,
  group_id bigint constraint contact_assignments_group_fkey references groups on delete cascade,
  note text,
  assigned_by_id bigint constraint contact_assignments_assigned_by_fkey references people on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint contact_assignments_not_to_oneself check (assigned_to_id <> person_id),
  constraint contact_assignments_once unique nulls not distinct (person_id, assigned_to_id, group_id)
);
create index contact_assignments_assigned_to_idx on contact_assignments (assigned_to_id);
create index contact_assignments_group_idx on contact_assignments (group_id);

create table users (
  id bigint generated always as identity constraint users_pkey primary key,
  person_id bigint not null constraint users_person_fkey references people on delete restrict
    constraint users_once_per_person unique,
  email text not null,
  normal_form text not null constraint users_email_once unique,
  password_hash text not null,
  super_admin boolean not null default false,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table sessions (
  id bigint generated always as identity constraint sessions_pkey primary key,
  user_id bigint not null constraint sessions_user_fkey references users on delete cascade,
  user_agent text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_user_idx on sessions (user_id);

create table person_changes (
  id bigint generated always as identity constraint person_changes_pkey primary key,
  person_id bigint not null constraint person_changes_person_fkey references people on delete cascade,
  actor_id bigint constraint person_changes_actor_fkey references people on delete set null,
  action text not null,
  before jsonb not null,
  after jsonb not null,
  request_id text,
  created_at timestamptz not null default now()
);
create index person_changes_person_idx on person_changes (person_id, id);

create table person_duplicates (
  id bigint generated always as identity constraint person_duplicates_pkey primary key,
  kind text not null constraint person_duplicates_kind_known check (kind in ('pair', 'cross_group', 'held_entry')),
  status text not null default 'open' constraint person_duplicates_status_known check (status in ('open', 'resolved')),
  -- One per pair ("12:34", ids ascending) and one per held entry (a digest of it), ever.
  fingerprint text not null constraint person_duplicates_once unique,
  person_id bigint constraint person_duplicates_person_fkey references people on delete cascade,
  candidate_ids bigint[] not null,
  group_id bigint constraint person_duplicates_group_fkey references groups on delete set null,
  evidence jsonb not null,
  times_seen integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table settings (
  name text constraint settings_pkey primary key,
  value text not null
);
`;

const DOWN = `
drop table settings, person_duplicates, person_changes, sessions, users, contact_assignments, group_memberships,
  groups, phone_numbers, email_addresses, people;
`;

/** People, their contact points, groups, memberships, assignments, sign-in, history and the duplicate queue. */
export class CreatePeople1764000000000 implements MigrationInterface {
  name = 'CreatePeople1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
