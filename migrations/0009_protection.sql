-- Which keys numbers have been hashed with, and what is kept how long (domain.md 8.3, 8.4).

-- Ids of the keys that this deployment has had in force; written at every start. Secrets are never here.
create table hash_key (
  key_id text primary key,
  first_used_at timestamptz not null,
  last_used_at timestamptz not null
);
-- Until now there was one key, and whoever has been heard of was hashed with it.
insert into hash_key (key_id, first_used_at, last_used_at)
select 'k1', min(first_occurred_at), max(last_received_at) from province_feed having count(*) > 0;

-- What must not be deleted while somebody may be asked for it in court. A subject may be held for several reasons; each is lifted by itself.
create table litigation_hold (
  id bigint generated always as identity primary key,
  subject_kind text not null check (subject_kind in ('ticket', 'case')),
  -- The key of a ticket, the alert id of a case.
  subject_id text not null,
  region_path text not null,
  reason text not null,
  by text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text
);
create index litigation_hold_live on litigation_hold (subject_kind, subject_id) where lifted_at is null;

-- A held case holds the tickets linked to it; a held ticket holds its alerts.
-- The case expression keeps the key of a ticket from ever being read as a number, in whatever order conditions are tried.
create view held_ticket as
  select h.subject_id as ticket_key from litigation_hold h where h.subject_kind = 'ticket' and h.lifted_at is null
  union
  select c.ticket_key
    from litigation_hold h join case_ticket c on c.alert_id = case when h.subject_kind = 'case' then h.subject_id::bigint end where h.lifted_at is null;
create view held_alert as
  select case when h.subject_kind = 'case' then h.subject_id::bigint end as alert_id from litigation_hold h where h.subject_kind = 'case' and h.lifted_at is null
  union
  select a.id from held_ticket h join alert a on a.ticket_key = h.ticket_key;

-- One run of the keeping job per local day: by which instants it judged (epoch ms), what it has deleted, what it left because of a hold.
create table retention_run (
  day date primary key,
  ran_at timestamptz not null,
  finished_at timestamptz,
  cutoffs jsonb not null,
  deleted jsonb not null default '{}',
  held jsonb not null default '{}',
  seconds double precision not null default 0,
  -- Which of the job's steps is next: broken off, it goes on there.
  step integer not null default 0
);

-- Frozen: something that this ticket was folded from has been deleted; it stays as it was counted, for ever. Erased: its events are gone too.
alter table ticket add column is_frozen boolean not null default false;
alter table ticket add column is_erased boolean not null default false;
-- By the first event, which hardly ever changes: an index on the last one would be written at every fold.
create index ticket_to_freeze on ticket (first_event_at) where not is_frozen;
create index ticket_to_erase on ticket (first_event_at) where is_frozen and not is_erased;
-- Late events ask whether their ticket is frozen; hardly any ever is.
create index ticket_frozen on ticket (ticket_key) where is_frozen;

-- What refers to an alert is looked for when it is deleted.
create index alert_ended on alert (ended_at) where ended_at is not null;
create index alert_suppressed_by on alert (suppressed_by) where suppressed_by is not null;
create index alert_merged_into on alert (merged_into) where merged_into is not null;
create index escalation_alert on escalation (alert_id);
create index notification_alert on notification (alert_id);

-- Append-only, but for the keeping job: in a transaction that names (tocsin.retention_day) a run that has not finished, a line older than that
-- run's own cutoff may be deleted. Nothing may ever be changed. A table whose trigger names no cutoff refuses everything, as before.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_nargs = 1 and coalesce(current_setting('tocsin.retention_day', true), '') <> '' then
    if exists (
      select from retention_run r
       where r.day = current_setting('tocsin.retention_day', true)::date and r.finished_at is null
         and old.at < to_timestamp((r.cutoffs ->> tg_argv[0])::float8 / 1000)
    ) then
      return old;
    end if;
  end if;
  raise exception 'table % is append-only', tg_table_name;
end
$$;
drop trigger alert_transition_append_only on alert_transition;
create trigger alert_transition_append_only before update or delete on alert_transition for each row execute function refuse_change('alerts');
drop trigger audit_log_append_only on audit_log;
create trigger audit_log_append_only before update or delete on audit_log for each row execute function refuse_change('logs');
