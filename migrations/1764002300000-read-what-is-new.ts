import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Whoever keeps a copy asks for the people that changed since, in the order of time.
create index people_updated_at_idx on people (updated_at, id);
-- The history from its end: ranges of blocks find what came since a time, but give no order.
create index person_changes_created_at_idx on person_changes (created_at, id);
drop index person_changes_created_idx;
-- What waits in a group that is deleted.
create index person_duplicates_group_idx on person_duplicates (group_id) where group_id is not null;
`;

const DOWN = `
drop index person_duplicates_group_idx;
create index person_changes_created_idx on person_changes using brin (created_at);
drop index person_changes_created_at_idx;
drop index people_updated_at_idx;
`;

/** Indexes for those who ask what has changed. */
export class ReadWhatIsNew1764002300000 implements MigrationInterface {
  name = 'ReadWhatIsNew1764002300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
