-- Data quality: mappings of source codes, what waits for one, units, counts per province, day and check, findings, reconciliations.

-- What a source calls a thing and what we call it. Lines are added, and ended; never rewritten: the past keeps its reading.
create table mapping (
  id bigint generated always as identity primary key,
  source_system text not null,
  field text not null,
  source_code text not null,
  code text not null,
  -- Whose events it is for: a subtree.
  region_code text not null references region (code),
  region_path text not null,
  effective_from timestamptz not null,
  effective_to timestamptz,
  created_by text not null,
  reason text not null,
  created_at timestamptz not null,
  -- How far what it touches has been read again.
  quarantine_after bigint not null default 0,
  replayed integer not null default 0,
  still_refused integer not null default 0,
  corrected integer not null default 0,
  finished_at timestamptz,
  unique (source_system, field, source_code, region_code, effective_from)
);
create index mapping_unfinished on mapping (id) where finished_at is null;

-- Stored events that hold a code no dictionary knows, until a mapping mends it.
create table unmapped_event (
  source_system text not null,
  event_id text not null,
  field text not null,
  source_code text not null,
  province_code text not null,
  ticket_key text not null,
  occurred_at timestamptz not null,
  primary key (source_system, event_id, field)
);
create index unmapped_event_code on unmapped_event (source_system, field, source_code);

create table unit (
  code text primary key,
  name text not null,
  region_code text not null references region (code),
  unit_type text not null,
  dept_code text,
  valid_from timestamptz,
  valid_to timestamptz,
  updated_at timestamptz not null
);

-- Counts as they happen, one row per batch and key, so that no batch waits for another; the quality duty folds them into quality_day.
create table quality_delta (
  id bigint generated always as identity primary key,
  province_code text not null,
  day date not null,
  check_id text not null,
  dimension text not null,
  checked bigint not null,
  failed bigint not null
);
alter table quality_delta set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table quality_day (
  province_code text not null,
  day date not null,
  check_id text not null,
  dimension text not null,
  checked bigint not null,
  failed bigint not null,
  primary key (province_code, day, check_id, dimension)
);

-- Examples for people: the first subjects of each check, province and day. The counts above are exact.
create table quality_finding (
  id bigint generated always as identity primary key,
  check_id text not null,
  province_code text not null,
  day date not null,
  subject text not null,
  dimension text not null,
  detail text not null,
  found_at timestamptz not null,
  cleared_at timestamptz,
  unique (check_id, province_code, day, subject, dimension)
);

-- What a source says it had of a kind on a day (DQ-15); sent again it replaces what was said.
create table reconciliation (
  province_code text not null,
  day date not null,
  kind text not null,
  source_count bigint not null,
  reported_at timestamptz not null,
  reported_by text not null,
  primary key (province_code, day, kind)
);

-- What this ticket was counted as in quality_delta (JSON text): the minuend of the next difference.
alter table ticket add column quality text not null default '[]';
-- Hours and days of a province, for volume and reconciliation.
create index ticket_accepted on ticket (accepted_at, province_code);
create index quarantine_code on quarantine (code, id) where state = 'open';
