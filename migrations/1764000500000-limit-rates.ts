import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Unlogged: counts of a minute need not outlive a crash, and cost no journal.
create unlogged table rate_limits (
  key text constraint rate_limits_pkey primary key,
  points integer not null,
  expires_at timestamptz not null
);

alter table sessions add column address_digest text;
`;

const DOWN = `
alter table sessions drop column address_digest;
drop table rate_limits;
`;

/** How much callers have used up of their limits, and where sessions began. */
export class LimitRates1764000500000 implements MigrationInterface {
  name = 'LimitRates1764000500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
