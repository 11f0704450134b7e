import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table addresses (
  id bigint generated always as identity constraint addresses_pkey primary key,
  person_id bigint not null constraint addresses_person_fkey references people on delete cascade,
  address_type text not null constraint addresses_type_known
    check (address_type in ('current', 'permanent', 'emergency1', 'emergency2')),
  address1 text,
  address2 text,
  address3 text,
  address4 text,
  city text,
  state text,
  zip text,
  country text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint addresses_once_per_type unique (person_id, address_type)
);
select keep_version('addresses');
select part_of_people('addresses', 'person_id');
`;

/** Postal addresses of people, one of each type. */
export class KeepAddresses1764002000000 implements MigrationInterface {
  name = 'KeepAddresses1764002000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table addresses');
  }
}
