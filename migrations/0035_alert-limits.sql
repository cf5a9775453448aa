-- What fell due first of an alert, and what became of it: the alert itself keeps only the limit that runs now (domain.md K-32, K-77).
create table alert_limit (
  alert_id bigint not null references alert (id),
  clock text not null check (clock in ('ack', 'handle')),
  due_at timestamptz not null,
  -- The colour whose limit it is.
  severity smallint not null,
  met_at timestamptz,
  lifted_at timestamptz,
  primary key (alert_id, clock)
);
create index alert_limit_due on alert_limit (clock, due_at);
create index alert_limit_met on alert_limit (clock, met_at) where met_at is not null;

-- Alerts from before: what their rows and histories still say.
insert into alert_limit (alert_id, clock, due_at, severity, met_at, lifted_at)
select id, 'ack', ack_due_at, severity, acked_at, case when acked_at is null then coalesce(ended_at, mitigated_at) end from alert where ack_due_at is not null;
insert into alert_limit (alert_id, clock, due_at, severity, met_at)
select a.id, 'handle', d.due_at, d.severity,
       (select min(t.at) from alert_transition t where t.alert_id = a.id and t.id > d.id and t.move in ('handle_start', 'resolve', 'auto_resolve', 'mitigate'))
  from alert a cross join lateral (
    select t.id, t.to_severity as severity, to_timestamp((t.detail ->> 'handleDueAt')::float8 / 1000) as due_at from alert_transition t
     where t.alert_id = a.id and t.detail ->> 'handleDueAt' is not null and (a.kind = 'risk' or t.to_severity > 1) order by t.id limit 1) d;

-- How late events came and whether they were whole (domain.md K-79, K-80) is kept with the checks, by the day of reception.
create index quality_day_of_receptions on quality_day (day) where check_id in ('K-79', 'K-80');
