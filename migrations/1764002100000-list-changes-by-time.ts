import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- The history only grows, in the order of time: a few ranges find what came since.
create index person_changes_created_idx on person_changes using brin (created_at);
`;

const DOWN = `
drop index person_changes_created_idx;
`;

/** What `filter[since]` of the history needs. */
export class ListChangesByTime1764002100000 implements MigrationInterface {
  name = 'ListChangesByTime1764002100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
