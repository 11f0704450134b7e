import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The extension comes with PostgreSQL, but a server may lack it, or a role may not be allowed to have it: then a search
 * still finds what it looks for, only without forgiving slips and without an index.
 */
const TRIGRAMS = `
do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_trgm') then
    create extension if not exists pg_trgm;
  end if;
exception when others then
  raise notice 'Searches do without pg_trgm: %', sqlerrm;
end
$$;
`;

const SCHEMA = `
select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_trgm'
`;

const searchIndexes = (schema: string): string => {
  const trigrams = `"${schema.replaceAll('"', '""')}".gin_trgm_ops`;
  return `
create index people_names_search_idx on people
  using gin (first_name ${trigrams}, middle_name ${trigrams}, last_name ${trigrams});
create index email_addresses_search_idx on email_addresses using gin (normal_form ${trigrams});
create index phone_numbers_search_idx on phone_numbers using gin (normal_form ${trigrams});
`;
};

/** In the order of the API: text by the ICU root collation, and the id last. */
const SORT_INDEXES = `
create index people_names_idx on people (last_name collate "und-x-icu", first_name collate "und-x-icu", id);
create index people_created_at_idx on people (created_at, id);
`;

const DOWN = `
drop index people_created_at_idx, people_names_idx;
drop index if exists phone_numbers_search_idx, email_addresses_search_idx, people_names_search_idx;
`;

/** Indexes to search people by parts of their names, e-mails and phones, and to page through them in order. */
export class FindPeopleByParts1764000610000 implements MigrationInterface {
  name = 'FindPeopleByParts1764000610000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TRIGRAMS);
    const [found] = (await queryRunner.query(SCHEMA)) as { schema: string }[];
    if (found) await queryRunner.query(searchIndexes(found.schema));
    await queryRunner.query(SORT_INDEXES);
  }

  /** The extension stays: others may have come to use it. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
