import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- What was sent into a group goes with the group: where it was found is lost then, and with it who may read the evidence.
create function forget_evidence() returns trigger language plpgsql as $$
begin
  new.evidence := '{}';
  return new;
end $$;
create trigger forget_evidence before update of group_id on person_duplicates for each row
  when (old.group_id is not null and new.group_id is null) execute function forget_evidence();
`;

const DOWN = `
drop trigger forget_evidence on person_duplicates;
drop function forget_evidence();
`;

/** Evidence does not outlive the group where it was found. */
export class ForgetEvidenceOfGoneGroups1764002400000 implements MigrationInterface {
  name = 'ForgetEvidenceOfGoneGroups1764002400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
