import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table api_clients (
  id bigint generated always as identity constraint api_clients_pkey primary key,
  name text not null,
  client_id text not null constraint api_clients_client_id_once unique,
  secret_hash text not null,
  created_by_id bigint constraint api_clients_created_by_fkey references people on delete set null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
select keep_version('api_clients');

create table api_client_memberships (
  api_client_id bigint not null constraint api_client_memberships_client_fkey references api_clients on delete cascade,
  group_membership_id bigint not null
    constraint api_client_memberships_membership_fkey references group_memberships on delete cascade,
  constraint api_client_memberships_pkey primary key (api_client_id, group_membership_id)
);
create index api_client_memberships_membership_idx on api_client_memberships (group_membership_id);

alter table sessions alter column user_id drop not null;
alter table sessions add column api_client_id bigint constraint sessions_api_client_fkey references api_clients on delete cascade;
alter table sessions add constraint sessions_of_one_kind check (num_nonnulls(user_id, api_client_id) = 1);
create index sessions_api_client_idx on sessions (api_client_id) where api_client_id is not null;

-- Who made a row is a person or a client.
alter table people add column created_by_client_id bigint
  constraint people_created_by_client_fkey references api_clients;
alter table people add constraint people_created_by_one check (num_nonnulls(created_by_id, created_by_client_id) <= 1);
create index people_created_by_client_idx on people (created_by_client_id) where created_by_client_id is not null;
alter table contact_assignments add column assigned_by_client_id bigint
  constraint contact_assignments_assigned_by_client_fkey references api_clients;
alter table person_changes add column actor_client_id bigint
  constraint person_changes_actor_client_fkey references api_clients;
`;

const DOWN = `
alter table person_changes drop column actor_client_id;
alter table contact_assignments drop column assigned_by_client_id;
alter table people drop column created_by_client_id;
delete from sessions where user_id is null;
alter table sessions drop column api_client_id;
alter table sessions alter column user_id set not null;
drop table api_client_memberships, api_clients;
`;

/** Programs that act by themselves, with memberships that they were given. */
export class KnowApiClients1764000520000 implements MigrationInterface {
  name = 'KnowApiClients1764000520000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
