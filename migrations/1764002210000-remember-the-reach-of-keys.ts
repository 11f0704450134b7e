import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- What the caller might when the key was claimed; keys of before have none, and end within a day.
alter table idempotency_keys add column reach text;
`;

const DOWN = `
alter table idempotency_keys drop column reach;
`;

/** Answers of an \`Idempotency-Key\` are shown again as long as the caller's rights last. */
export class RememberTheReachOfKeys1764002210000 implements MigrationInterface {
  name = 'RememberTheReachOfKeys1764002210000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
