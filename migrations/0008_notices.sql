-- Notices: events that speak of something other than a ticket (an incident, a call, a subscriber base …). They live in `event` and wait in
-- `pending_event` like all others, under their subject's key, which begins with '!' where a ticket's begins with its province.

-- A correction names what it corrects by the event's id; among notices that may be another subject's. Notices only: tickets pay nothing.
create index event_notice_id on event (event_id) where ticket_key ^@ '!';
-- The corrections among notices: whoever is folded asks here whether one of his has been corrected under another subject.
create table notice_correction (
  source_system text not null,
  corrects_event_id text not null,
  subject_key text not null,
  primary key (source_system, corrects_event_id, subject_key)
);

-- Each subject has one row, as folded from its notices. `is_void`: a correction has taken the last of them away; the row stays for whoever
-- folds at the same time, and no reader sees it. The stretch holds the subject's notices, so that a fold touches only the chunks of it.

create table incident (
  subject_key text primary key,
  incident_id text not null,
  province_code text not null,
  source_system text not null,
  -- The lowest node that holds all of its regions, and these.
  region_path text not null,
  region_codes text[] not null,
  region_paths text[] not null,
  product text not null,
  cause text,
  state text not null check (state in ('open', 'closed')),
  users_affected bigint,
  users_affected_most bigint,
  opened_at timestamptz,
  started_at timestamptz,
  expected_restore_at timestamptz,
  restored_at timestamptz,
  closed_at timestamptz,
  is_void boolean not null,
  counted text not null default '[]',
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);
-- Every risk tick asks for the open ones; the page lists by the last that was heard.
create index incident_open on incident (last_event_at) where state = 'open' and not is_void;
create index incident_last_event on incident (last_event_at) where not is_void;

create table call (
  subject_key text primary key,
  province_code text not null,
  region_code text not null,
  region_path text not null,
  agent_group text not null,
  queue_at timestamptz not null,
  answered_at timestamptz,
  abandoned_at timestamptz,
  caller_keys text[] not null,
  ticket_id text,
  -- The same caller entered again within 2 h (K-63). Judged after the commit, when all calls are there to be seen.
  is_repeated boolean not null default false,
  is_void boolean not null,
  counted text not null default '[]',
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);
-- The calls of a window (MR-20).
create index call_queue on call (queue_at);

-- The calls of each caller, by any of his keys (K-63). A table: an index over the array would be passed over while it has no statistics.
create table call_caller (
  caller_key text not null,
  queue_at timestamptz not null,
  subject_key text not null,
  primary key (caller_key, queue_at, subject_key)
);

-- Instants around which calls of a caller have to be judged again, for each call that came, changed or went. A queue.
create table call_follow_up (
  seq bigint generated always as identity primary key,
  caller_key text not null,
  queue_at timestamptz not null
);
alter table call_follow_up set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table user_base (
  subject_key text primary key,
  province_code text not null,
  region_code text not null,
  region_path text not null,
  -- YYYY-MM; the count is that of the end of the month before.
  month text not null,
  product_line text not null,
  subscribers bigint not null,
  reported_at timestamptz not null,
  source_system text not null,
  is_void boolean not null,
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);
create index user_base_month on user_base (month, region_path text_pattern_ops) where not is_void;

create table opinion (
  subject_key text primary key,
  opinion_id text not null,
  province_code text not null,
  source_system text not null,
  region_code text not null,
  region_path text not null,
  medium text not null,
  topic text not null,
  phenomenon_l1 text not null,
  phenomenon_l2 text not null,
  reach bigint,
  spread_level text,
  detected_at timestamptz,
  first_handled_at timestamptz,
  repost_count integer not null,
  is_void boolean not null,
  counted text not null default '[]',
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);
-- What was detected lately (MR-09), and what nobody has handled yet (C_OPINION).
create index opinion_detected on opinion (detected_at) where not is_void;
create index opinion_unhandled on opinion (detected_at) where first_handled_at is null and not is_void;

create table shift_log (
  subject_key text primary key,
  shift_id text not null,
  province_code text not null,
  source_system text not null,
  region_code text not null,
  region_path text not null,
  unit_id text,
  started_at timestamptz,
  handed_over_at timestamptz,
  handed_to text,
  ended_at timestamptz,
  is_void boolean not null,
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);

-- Calendars and changes of configuration that other systems told of: kept and audited, not applied.
create table told_setting (
  subject_key text primary key,
  kind text not null check (kind in ('calendar', 'config')),
  name text not null,
  province_code text not null,
  region_path text not null,
  source_system text not null,
  event_id text not null,
  told_at timestamptz not null,
  body jsonb not null,
  is_void boolean not null,
  first_event_at timestamptz not null,
  last_event_at timestamptz not null,
  updated_at timestamptz not null
);
