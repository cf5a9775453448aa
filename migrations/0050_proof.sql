-- What must be provable afterwards (domain.md 7.9): line by line what was called and what became of it, and seals over every log that only grows.

-- Each call of a ladder, and each change of what is said to one person or endpoint, as it stood then. `at` is the server's time, whatever a test's clock says.
create table page_log (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert (id),
  at timestamptz not null,
  kind text not null check (kind in ('step', 'delivery')),
  -- A step's run, number and round; a delivery's id.
  ref text not null,
  body jsonb not null
);
create index page_log_alert on page_log (alert_id, id);
create index page_log_ref on page_log (ref, id desc);

create function step_body(s escalation_step) returns jsonb language sql stable as $$
  select jsonb_build_object('runId', s.escalation_id, 'step', s.step, 'round', s.round, 'dueAt', extract(epoch from s.due_at) * 1000,
    'firedAt', extract(epoch from s.fired_at) * 1000, 'targets', s.targets)
$$;
create function delivery_body(o outbox) returns jsonb language sql stable as $$
  select jsonb_build_object('runId', o.escalation_id, 'step', o.step, 'round', o.round, 'channel', o.channel, 'target', o.target, 'state', o.state, 'attempts', o.attempts,
    'unconfirmed', o.unconfirmed_calls, 'dueAt', extract(epoch from o.due_at) * 1000, 'sentAt', extract(epoch from o.sent_at) * 1000,
    'deliveredAt', extract(epoch from o.delivered_at) * 1000, 'readAt', extract(epoch from o.read_at) * 1000, 'linkUsedAt', extract(epoch from o.link_used_at) * 1000,
    'outcome', o.outcome, 'payload', encode(sha256(convert_to(o.payload::text, 'UTF8')), 'hex'))
$$;

create function log_step() returns trigger language plpgsql as $$
begin
  insert into page_log (alert_id, at, kind, ref, body)
  select e.alert_id, clock_timestamp(), 'step', concat_ws('/', new.escalation_id, new.step, new.round), step_body(new) from escalation e where e.id = new.escalation_id;
  return null;
end
$$;
create function log_delivery() returns trigger language plpgsql as $$
begin
  insert into page_log (alert_id, at, kind, ref, body) values (new.alert_id, clock_timestamp(), 'delivery', new.delivery_id::text, delivery_body(new));
  return null;
end
$$;
create trigger escalation_step_logged after insert or update on escalation_step for each row execute function log_step();
create trigger outbox_logged after insert on outbox for each row execute function log_delivery();
create trigger outbox_change_logged after update on outbox for each row when (delivery_body(old) is distinct from delivery_body(new)) execute function log_delivery();

insert into page_log (alert_id, at, kind, ref, body)
select e.alert_id, s.fired_at, 'step', concat_ws('/', s.escalation_id, s.step, s.round), step_body(s) from escalation_step s join escalation e on e.id = s.escalation_id order by s.fired_at;
insert into page_log (alert_id, at, kind, ref, body)
select o.alert_id, o.created_at, 'delivery', o.delivery_id::text, delivery_body(o) from outbox o order by o.id;

-- A line of it goes with its alert: when that ended before the cutoff of a keeping run that has not finished.
create function refuse_page_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and coalesce(current_setting('tocsin.retention_day', true), '') <> '' then
    if exists (
      select from retention_run r join alert a on a.id = old.alert_id
       where r.day = current_setting('tocsin.retention_day', true)::date and r.finished_at is null and a.ended_at < to_timestamp((r.cutoffs ->> 'alerts')::float8 / 1000)
    ) then
      return old;
    end if;
  end if;
  raise exception 'table % is append-only', tg_table_name;
end
$$;
create trigger page_log_append_only before delete or update on page_log for each row execute function refuse_page_change();

-- A seal closes what the logs have gained since the one before: its key is not in the database, and each names the one before it.
create table audit_seal (
  no bigint primary key,
  at timestamptz not null,
  key_id text not null,
  entries integer not null,
  digest bytea not null,
  previous bytea not null,
  seal bytea not null
);
-- The digest of each line that a seal closed. It stays when the line is lawfully deleted.
create table audit_entry (
  source text not null,
  row_id bigint not null,
  row_at timestamptz not null,
  digest bytea not null,
  seal_no bigint not null references audit_seal (no) deferrable initially deferred,
  primary key (source, row_id)
);
create index audit_entry_seal on audit_entry (seal_no);
-- Lines that the keeping job deleted, and in the run of which day.
create table audit_tombstone (
  source text not null,
  row_id bigint not null,
  day date not null,
  primary key (source, row_id)
);
-- How far each log is sealed: everything up to `low` for good; between `low` and `high` a transaction that took long may still add a line.
create table audit_mark (
  source text primary key,
  low bigint not null default 0,
  high bigint not null default 0,
  next_low bigint not null default 0,
  next_low_at timestamptz not null
);

create function note_deletion() returns trigger language plpgsql as $$
begin
  insert into audit_tombstone (source, row_id, day) values (tg_table_name, old.id, current_setting('tocsin.retention_day')::date);
  return null;
end
$$;
create trigger alert_transition_deleted after delete on alert_transition for each row execute function note_deletion();
create trigger audit_log_deleted after delete on audit_log for each row execute function note_deletion();
create trigger page_log_deleted after delete on page_log for each row execute function note_deletion();
create trigger audit_seal_append_only before delete or update on audit_seal for each row execute function refuse_change();
create trigger audit_entry_append_only before delete or update on audit_entry for each row execute function refuse_change();
create trigger audit_tombstone_append_only before delete or update on audit_tombstone for each row execute function refuse_change();
