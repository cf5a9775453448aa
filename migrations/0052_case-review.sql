-- The review of each case that has ended (domain.md 7.7, docs/adr/0036). Its clock runs from the end of the case; each time it begins anew (the case was taken
-- up again, or the same thing came back within 30 days) is a round of its own. Versions are never changed.
create table case_review (
  alert_id bigint primary key references risk_case (alert_id),
  -- The highest colour that the case ever had.
  severity smallint not null check (severity between 1 and 4),
  round integer not null default 1,
  -- `withdrawn`: the case was taken up again.
  status text not null check (status in ('open', 'done', 'withdrawn')),
  from_at timestamptz not null,
  first_due_at timestamptz,
  final_due_at timestamptz not null,
  first_done_at timestamptz,
  done_at timestamptz,
  -- Until when the same phenomenon and region is looked at after the last signature; null once it was.
  watch_until timestamptz,
  -- The case because of which it was opened again.
  reopened_by bigint,
  -- The latest version, 0 before the first.
  version integer not null default 0,
  -- The alerts that say that a limit of this round has passed; they may be deleted before the review is.
  first_alert_id bigint,
  final_alert_id bigint
);
create index case_review_first_due on case_review (first_due_at) where status = 'open' and first_done_at is null and first_alert_id is null;
create index case_review_final_due on case_review (final_due_at) where status = 'open' and final_alert_id is null;
create index case_review_told on case_review (alert_id) where first_alert_id is not null or final_alert_id is not null;
create index case_review_watch on case_review (watch_until) where watch_until is not null;

create table case_review_version (
  alert_id bigint not null references case_review (alert_id),
  version integer not null,
  round integer not null,
  content jsonb not null,
  -- The figures of the case as they stood when it was saved.
  figures jsonb not null,
  saved_at timestamptz not null,
  saved_by uuid not null references app_user (id),
  primary key (alert_id, version)
);

-- One for each signature that a round asks for, from the first on; a newer version withdraws those of an older one.
create table case_review_signature (
  id bigint generated always as identity primary key,
  alert_id bigint not null references case_review (alert_id),
  round integer not null,
  slot integer not null,
  version integer not null,
  role text not null,
  user_id uuid not null references app_user (id),
  at timestamptz not null,
  withdrawn_at timestamptz
);
create unique index case_review_signature_slot on case_review_signature (alert_id, round, slot) where withdrawn_at is null;
create unique index case_review_signature_person on case_review_signature (alert_id, round, user_id) where withdrawn_at is null;

-- What a review has decided to do: by which post, until when.
create table review_measure (
  id bigint generated always as identity primary key,
  alert_id bigint not null references case_review (alert_id),
  what text not null,
  owner_role text not null,
  owner_at text not null check (owner_at in ('city', 'province', 'group')),
  due_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null references app_user (id),
  done_at timestamptz,
  done_by uuid references app_user (id),
  -- The alert that tells its owner that it is due.
  told_alert_id bigint
);
create index review_measure_case on review_measure (alert_id, id);
create index review_measure_due on review_measure (due_at) where done_at is null and told_alert_id is null;

create index risk_case_matter on risk_case (matter_kind, matter);
create index ticket_appeal on ticket (accepted_at) where kind = 'appeal';
