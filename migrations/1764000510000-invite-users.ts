import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Without a password: invited, and not come yet.
alter table users alter column password_hash drop not null;
alter table users add column deactivated_at timestamptz;

-- A person shows her login, but not when it was used last.
create trigger touch_people_insert after insert on users referencing new table as changed
  for each statement execute function touch_people('person_id');
create trigger touch_people_delete after delete on users referencing old table as changed
  for each statement execute function touch_people('person_id');

create table one_time_links (
  id bigint generated always as identity constraint one_time_links_pkey primary key,
  user_id bigint not null constraint one_time_links_user_fkey references users on delete cascade,
  purpose text not null constraint one_time_links_purpose_known check (purpose in ('invitation', 'password_reset')),
  message_id bigint not null,
  token_hash text not null constraint one_time_links_token_once unique,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index one_time_links_user_idx on one_time_links (user_id);

create table outbox_messages (
  id bigint generated always as identity constraint outbox_messages_pkey primary key,
  kind text not null constraint outbox_messages_kind_known
    check (kind in ('invitation', 'password_reset', 'password_changed', 'email_changed')),
  user_id bigint constraint outbox_messages_user_fkey references users on delete cascade,
  address text,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint outbox_messages_for_somebody check (user_id is not null or address is not null)
);
create index outbox_messages_due_idx on outbox_messages (due_at);
create index outbox_messages_user_idx on outbox_messages (user_id);
`;

const DOWN = `
drop table outbox_messages, one_time_links;
drop trigger touch_people_insert on users;
drop trigger touch_people_delete on users;
alter table users drop column deactivated_at;
update users set password_hash = '' where password_hash is null;
alter table users alter column password_hash set not null;
`;

/** Logins without a password yet, one-time links to choose one, and the mails that bring them. */
export class InviteUsers1764000510000 implements MigrationInterface {
  name = 'InviteUsers1764000510000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
