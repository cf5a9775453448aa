-- Reports upward of a case (domain.md 5.5, 7.8): made as forms here, or given outside and recorded by whoever gave them. Never changed; a correction is another report.
create table case_report (
  id bigint generated always as identity primary key,
  alert_id bigint not null references risk_case (alert_id),
  kind text not null check (kind in ('oral', 'written', 'update')),
  -- The colour that it reports of.
  severity smallint not null check (severity between 1 and 4),
  -- When it reached whom it was for; recorded later where it was given by telephone.
  made_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null references app_user (id),
  -- A post or unit, never a customer.
  recipient text not null,
  body jsonb not null
);
create index case_report_alert on case_report (alert_id, made_at);
