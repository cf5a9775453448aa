-- One synthetic breach a minute through the real path (docs/adr/0039). It lives as an alert, its kind is its own, and it lies outside the tree of regions: no scope holds it.
alter table alert drop constraint alert_kind_check;
alter table alert add constraint alert_kind_check check (kind in ('abnormal', 'risk', 'canary'));
alter table alert add constraint alert_canary_place check ((kind = 'canary') = (region_path = '~/'));
create index alert_canary on alert (opened_at desc) where kind = 'canary';

create function is_canary(of_alert bigint) returns boolean language sql stable as $$
  select exists (select from alert where id = of_alert and kind = 'canary')
$$;

-- What was said of a canary proves nothing to anybody, and 20,000 lines a day of it would stay under the seals for ever.
create or replace function log_step() returns trigger language plpgsql as $$
begin
  insert into page_log (alert_id, at, kind, ref, body)
  select e.alert_id, clock_timestamp(), 'step', concat_ws('/', new.escalation_id, new.step, new.round), step_body(new)
    from escalation e where e.id = new.escalation_id and not is_canary(e.alert_id);
  return null;
end
$$;
create or replace function log_delivery() returns trigger language plpgsql as $$
begin
  if not is_canary(new.alert_id) then
    insert into page_log (alert_id, at, kind, ref, body) values (new.alert_id, clock_timestamp(), 'delivery', new.delivery_id::text, delivery_body(new));
  end if;
  return null;
end
$$;

-- The history of a canary that has ended may go at any time; of everything else nothing has changed. It was never sealed and leaves no tombstone.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name = 'alert_transition' then
    if exists (select from alert a where a.id = old.alert_id and a.kind = 'canary' and a.ended_at is not null) then
      return old;
    end if;
  end if;
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
create or replace function note_deletion() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'alert_transition' then
    if is_canary(old.alert_id) then
      return null;
    end if;
  end if;
  insert into audit_tombstone (source, row_id, day) values (tg_table_name, old.id, current_setting('tocsin.retention_day')::date);
  return null;
end
$$;

-- Endpoints that are told of no alert and of each canary instead, while they come through: a dead man's switch that nobody has to reach from outside.
alter table webhook_endpoint add column purpose text not null default 'alerts' check (purpose in ('alerts', 'canary'));
