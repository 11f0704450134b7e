-- A role for the server that reads and writes rows, and no more: it makes, changes and drops no table, and is nobody's owner.
-- Run this once, in Kith's database, as the role that migrates (the owner of its tables); put in a password of your own.
-- Then let new versions migrate as the owner, and the server run with DATABASE_URL=postgres://kith_server:…@…/…

create role kith_server login password 'a password of your own' nosuperuser nocreatedb nocreaterole;

revoke create on schema public from public;
grant usage on schema public to kith_server;
grant select, insert, update, delete on all tables in schema public to kith_server;
grant usage, select on all sequences in schema public to kith_server;
-- What has been migrated it may see, not say.
revoke insert, update, delete on migrations from kith_server;

-- The same for what later migrations of this owner make.
alter default privileges in schema public grant select, insert, update, delete on tables to kith_server;
alter default privileges in schema public grant usage, select on sequences to kith_server;

-- With a pooler too, which does not let STATEMENT_TIMEOUT through.
alter role kith_server set statement_timeout = '60s';
alter role kith_server set idle_in_transaction_session_timeout = '60s';

-- PostgreSQL 17 and later: a first sync keeps its speed, since the server may renew the statistics. Before, autovacuum does.
-- grant maintain on all tables in schema public to kith_server;
