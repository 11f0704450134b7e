import type { MigrationInterface, QueryRunner } from 'typeorm';

// As names are compared (nameKey): NFKC, case folded, but for the dotless i, which is a letter of its own, and the
// capital ẞ, which upper would leave alone.
const UP = `
create function name_form(name text) returns text language sql immutable strict parallel safe
return normalize(
  lower(upper(translate(normalize(name, nfkc), 'ıẞ', U&'\\E000ß') collate "und-x-icu")), nfkc) collate "C";
create index people_first_name_form_idx on people (name_form(first_name));
create index people_last_name_form_idx on people (name_form(last_name));
`;

const DOWN = `
drop index people_last_name_form_idx, people_first_name_form_idx;
drop function name_form;
`;

/** First and last names in the form in which they are compared. */
export class FindPeopleByName1764001000000 implements MigrationInterface {
  name = 'FindPeopleByName1764001000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
