-- Events, the tickets folded from them, and the counting cells kept by difference.

-- True uniqueness of an event over a hypertable: a unique index there would have to contain the time (research: an id side table costs the same).
create table event_id (
  source_system text not null,
  event_id text not null,
  primary key (source_system, event_id)
);

create table event (
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  source_system text not null,
  event_id text not null,
  ticket_key text not null,
  province_code text not null,
  event_type text not null,
  source_seq bigint,
  actor_type text,
  actor_id text,
  unit_id text,
  corrects_event_id text,
  schema_version integer not null,
  payload jsonb not null
);
-- The whole history of a ticket, for the fold.
create index event_ticket on event (ticket_key, occurred_at);

do $$
begin
  if exists (select from pg_extension where extname = 'timescaledb') then
    perform create_hypertable('event', 'occurred_at', chunk_time_interval => interval '7 days', create_default_indexes => false);
  end if;
end
$$;

-- One row per accepted event not yet folded. Written with the event, deleted in the transaction that folds its ticket: wiping the queue loses nothing.
create table pending_event (
  seq bigint generated always as identity primary key,
  ticket_key text not null,
  occurred_at timestamptz not null
);

create table ticket (
  ticket_key text primary key,
  province_code text not null,
  region_code text not null,
  region_path text not null,
  kind text not null,
  phenomenon_l2 text not null,
  status text not null,
  is_valid boolean not null,
  customer_key text not null,
  accepted_at timestamptz,
  closed_at timestamptz,
  deadline_at timestamptz,
  is_overdue boolean not null,
  ticket_level smallint not null default 0,
  -- The exact instant at which time alone changes something about this ticket.
  next_check_at timestamptz,
  -- The Ticket of core/domain/ticket/ticket.ts; the columns above are projections of it for queries.
  fold jsonb not null,
  updated_at timestamptz not null
);
-- Timers: tickets whose next check has come.
create index ticket_next_check on ticket (next_check_at) where next_check_at is not null;
-- Distinct customers of a phenomenon in a window (MR-01), tickets to link to a case.
create index ticket_phenomenon_accepted on ticket (phenomenon_l2, accepted_at) where is_valid;
-- Open tickets of a region by deadline.
create index ticket_open_deadline on ticket (deadline_at) where closed_at is null and is_valid;

create table cell (
  cube text not null,
  bin_at timestamptz not null,
  region_code text not null,
  kind text not null,
  phenomenon text not null,
  n bigint not null,
  primary key (cube, bin_at, region_code, kind, phenomenon)
);

do $$
begin
  if exists (select from pg_extension where extname = 'timescaledb') then
    perform create_hypertable('cell', 'bin_at', chunk_time_interval => interval '28 days', create_default_indexes => false);
  end if;
end
$$;

-- Present states (open, overdue): no time, so no hypertable.
create table gauge (
  cube text not null,
  region_code text not null,
  kind text not null,
  n bigint not null,
  primary key (cube, region_code, kind)
);

-- When each province was last heard of (feed state on the wall, later MR-17).
create table province_feed (
  province_code text primary key,
  first_occurred_at timestamptz not null,
  last_occurred_at timestamptz not null,
  last_received_at timestamptz not null
);

-- Refused items, masked, kept until a person replays or discards them (design.md section 7).
create table quarantine (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  source text not null,
  province_code text,
  region_path text not null,
  item jsonb not null,
  code text not null,
  field text not null,
  expected text not null,
  mend text not null,
  state text not null default 'open' check (state in ('open', 'replayed', 'discarded')),
  resolved_at timestamptz,
  resolved_by text
);
create index quarantine_open on quarantine (received_at) where state = 'open';
