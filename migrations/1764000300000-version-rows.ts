import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create function grow_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  if new.updated_at is not distinct from old.updated_at then
    -- Later than before, also when the earlier transaction is the later to write.
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  end if;
  return new;
end $$;

-- People whose row this transaction has written have a new version already: a batch writes nobody twice.
create function touch_people() returns trigger language plpgsql as $$
declare
  people_of text := (select string_agg(format('select %I from changed', person), ' union ') from unnest(tg_argv) person);
begin
  if tg_op = 'UPDATE' then
    people_of := people_of || ' union ' || replace(people_of, ' from changed', ' from was');
  end if;
  execute 'update people set version = version + 1 where id in (
    select id from people where id in (' || people_of || ') and xmin <> pg_current_xact_id()::xid
    order by id for no key update)';
  return null;
end $$;

-- For the migration of every table with a resource type: "select keep_version('addresses')".
create function keep_version(of_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s add column version integer not null default 1', of_table);
  execute format('create trigger grow_version before update on %s for each row execute function grow_version()', of_table);
end $$;

-- And where its rows are shown with people: "select part_of_people('addresses', 'person_id')".
create function part_of_people(of_table regclass, variadic columns text[]) returns void language plpgsql as $$
declare
  touch text := format('for each statement execute function touch_people(%s)',
    (select string_agg(quote_literal(name), ', ') from unnest(columns) name));
begin
  execute format('create trigger touch_people_insert after insert on %s referencing new table as changed %s', of_table, touch);
  execute format('create trigger touch_people_delete after delete on %s referencing old table as changed %s', of_table, touch);
  execute format('create trigger touch_people_update after update on %s
    referencing old table as was new table as changed %s', of_table, touch);
end $$;

select keep_version(name::regclass) from unnest(array['people', 'email_addresses', 'phone_numbers', 'groups',
  'group_memberships', 'contact_assignments', 'users', 'person_duplicates']) name;
select part_of_people('email_addresses', 'person_id');
select part_of_people('phone_numbers', 'person_id');
select part_of_people('group_memberships', 'person_id');
select part_of_people('contact_assignments', 'person_id', 'assigned_to_id');
`;

const PARTS = ['email_addresses', 'phone_numbers', 'group_memberships', 'contact_assignments'];
const DOWN = [
  ...PARTS.flatMap((table) =>
    ['insert', 'delete', 'update'].map((event) => `drop trigger touch_people_${event} on ${table};`),
  ),
  ...['people', 'groups', 'users', 'person_duplicates', ...PARTS].map(
    (table) => `drop trigger grow_version on ${table}; alter table ${table} drop column version;`,
  ),
  'drop function part_of_people, keep_version, touch_people, grow_version;',
].join('\n');

/**
 * A version for each row with a resource type, one more with every change of it, by whichever door; a person's also
 * with her e-mails, phones, memberships and assignments, those that go by a cascade included. Nobody can forget it.
 */
export class VersionRows1764000300000 implements MigrationInterface {
  name = 'VersionRows1764000300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
