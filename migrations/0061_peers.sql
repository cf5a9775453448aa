-- What of tickets is held against the same of other tickets (docs/adr/0040): replies of a handler's day, refunds of an agent's day, flawed events of a
-- province's hour; people by keyed hashes only. `made` is what the others of its group make of it: ticket rows know nothing of it.
create table peer_fact (
  group_key text collate "C" not null,
  at timestamptz not null,
  ticket_key text collate "C" not null,
  subject text collate "C" not null,
  took bigint,
  digest text,
  made json,
  primary key (group_key, at, ticket_key, subject)
);
create index peer_fact_ticket on peer_fact (ticket_key);

-- Groups that have changed, one row for each change. Written in the transaction that changed them and taken out in one that begins after its commit, so that
-- of two tickets folded at the same time at least one finds the other.
create table peer_check (
  seq bigint generated always as identity primary key,
  group_key text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Hours (from the epoch) of provinces whose share of flawed events must be looked at, once they are over.
create table hour_check (
  seq bigint generated always as identity primary key,
  province_code text not null,
  hour integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index hour_check_hour on hour_check (hour, province_code);

-- Flags now keep when their event occurred: tickets that have any are folded anew, and so are those whose record is wrong without one, which tells that of
-- their hour. Of replies and refunds from before nobody noted whose they were.
insert into pending_event (ticket_key, occurred_at, is_live)
select ticket_key, last_event_at, false from ticket
 where not is_frozen and last_event_at is not null
   and (fold -> 'qualityFlags' is not null
     or (fold ->> 'completedAt')::float8 < (fold ->> 'acceptedAt')::float8
     or exists (select from json_array_elements(fold -> 'legs') l where (l ->> 'replyLength')::float8 = 0)
     or (select count(*) from json_array_elements(fold -> 'legs') l where l ->> 'finishedAt' is null and (l ->> 'isAssist')::boolean is not true) > 1)
 order by ticket_key;

-- What an hour's share is of is counted from now on; of the days in which late events are still on their way it is counted here.
insert into quality_day (province_code, day, check_id, dimension, checked, failed)
select province_code, (occurred_at at time zone 'UTC')::date, 'AT-23', (floor(extract(epoch from occurred_at) / 3600))::bigint::text, count(*), 0
  from event
 where occurred_at >= (select max(occurred_at) from event) - interval '4 days' and received_at < occurred_at + interval '72 hours' and ticket_key not like '!%'
 group by 1, 2, 4;
