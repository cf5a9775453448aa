-- Risks that others found and no rule had raised, as people enter them (domain.md K-82). Nothing is deleted: an entry made in error is withdrawn, with its reason.
create table missed_risk (
  id bigint generated always as identity primary key,
  found_at timestamptz not null,
  found_by text not null check (found_by in ('regulator', 'press', 'management')),
  region_code text not null references region (code),
  region_path text not null,
  -- What happened, masked.
  matter text not null,
  -- The rule that ought to have raised it; null where none is meant to.
  rule_id text,
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid references app_user (id),
  withdrawn_reason text,
  check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_reason is null))
);
create index missed_risk_found on missed_risk (found_at);
