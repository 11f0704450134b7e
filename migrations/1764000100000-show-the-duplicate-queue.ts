import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table person_duplicates
  add column verdict text
    constraint person_duplicates_verdict_known
    check (verdict in ('merge', 'use_candidate', 'create_new', 'never_the_same'));
create index person_duplicates_person_idx on person_duplicates (person_id);
create index person_duplicates_candidates_idx on person_duplicates using gin (candidate_ids);

-- The candidates one by one, as a relationship wants them.
create view person_duplicate_candidates as
  select duplicate.id as duplicate_id, candidate.id as person_id
  from person_duplicates duplicate, unnest(duplicate.candidate_ids) as candidate (id);
`;

const DOWN = `
drop view person_duplicate_candidates;
drop index person_duplicates_candidates_idx, person_duplicates_person_idx;
alter table person_duplicates drop column verdict;
`;

/** What reading the queue needs: candidates as rows, and a place for the verdict. */
export class ShowTheDuplicateQueue1764000100000 implements MigrationInterface {
  name = 'ShowTheDuplicateQueue1764000100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
