import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table idempotency_keys (
  caller text not null,
  key text not null,
  -- Of the method, the address and the body.
  fingerprint text not null,
  -- The request that works under the key, as long as its lease lasts.
  holder uuid not null,
  leased_until timestamptz not null,
  -- What it was answered; null while it works.
  answer text,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (caller, key)
);
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
`;

const DOWN = 'drop table idempotency_keys;';

/** Which writes were asked under which `Idempotency-Key`, and what they were answered. */
export class IdempotencyKeys1764000310000 implements MigrationInterface {
  name = 'IdempotencyKeys1764000310000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
