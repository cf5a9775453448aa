-- What people make of cases (domain.md 5.1 "a person may split or merge"), which later ticks respect.
-- The case that this one was split from: it takes in only what it claims, and nothing of that goes elsewhere.
alter table risk_case add column split_from bigint references risk_case (alert_id) on delete set null;
create index risk_case_split_from on risk_case (split_from) where split_from is not null;

-- What belongs to a case by a person's word: of a case split off all that it has, of any other what a case merged into it brought along.
create table case_claim (
  id bigint generated always as identity primary key,
  alert_id bigint not null references risk_case (alert_id),
  matter_kind text not null,
  matter text not null,
  region_path text not null,
  -- Empty: whichever rule reads it.
  rule_ids text[] not null default '{}'
);
create index case_claim_alert on case_claim (alert_id);

-- Measures of a case and whose they are (domain.md 5.1, 5.5, 7.7).
create table case_measure (
  id bigint generated always as identity primary key,
  alert_id bigint not null references risk_case (alert_id),
  what text not null,
  -- A post or a unit, never a customer.
  owner text not null,
  due_at timestamptz not null,
  done_at timestamptz,
  done_by uuid references app_user (id),
  recorded_at timestamptz not null,
  recorded_by uuid not null references app_user (id),
  check ((done_at is null) = (done_by is null))
);
create index case_measure_alert on case_measure (alert_id, id);

-- What is said in public about a case (domain.md 5.1 line-to-take): every wording is kept, the highest version holds.
create table case_line (
  alert_id bigint not null references risk_case (alert_id),
  version integer not null,
  text text not null,
  stated_at timestamptz not null,
  stated_by uuid not null references app_user (id),
  primary key (alert_id, version)
);
