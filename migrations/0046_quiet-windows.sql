-- Announced work and silences (domain.md 7.4): what lies in them is recorded and pages nobody until they end. Never deleted by people, only ended early.
create table quiet_window (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('maintenance', 'silence')),
  region_code text not null references region (code),
  region_path text not null,
  product text,
  rule_ids text[] not null default '{}',
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  reason text not null,
  -- A post or unit that answers for it.
  owner text not null,
  created_at timestamptz not null,
  created_by uuid not null references app_user (id),
  ended_at timestamptz,
  ended_by uuid references app_user (id),
  check ((ended_at is null) = (ended_by is null))
);
create index quiet_window_end on quiet_window (to_at);
alter table alert add column quiet_by bigint references quiet_window (id);
create index alert_quiet on alert (quiet_by) where quiet_by is not null and ended_at is null;
