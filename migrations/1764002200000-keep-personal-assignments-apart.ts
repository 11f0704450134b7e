import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Of an assignment without a group only its maker and its ends know: what others have made is in nobody's way.
alter table contact_assignments drop constraint contact_assignments_once;
alter table contact_assignments add constraint contact_assignments_once unique (person_id, assigned_to_id, group_id);
create unique index contact_assignments_once_per_maker
  on contact_assignments (person_id, assigned_to_id, assigned_by_id, assigned_by_client_id) nulls not distinct
  where group_id is null;
`;

const DOWN = `
delete from contact_assignments later using contact_assignments first
where later.group_id is null and first.group_id is null and later.person_id = first.person_id
  and later.assigned_to_id = first.assigned_to_id and later.id > first.id;
drop index contact_assignments_once_per_maker;
alter table contact_assignments drop constraint contact_assignments_once;
alter table contact_assignments
  add constraint contact_assignments_once unique nulls not distinct (person_id, assigned_to_id, group_id);
`;

/** One assignment for each assignee, person and group; without a group one for each maker. Back, the oldest one stays. */
export class KeepPersonalAssignmentsApart1764002200000 implements MigrationInterface {
  name = 'KeepPersonalAssignmentsApart1764002200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
