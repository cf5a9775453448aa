-- Whether an alert of a ticket was right, as a checker found after it had been handled, and what followed from it (domain.md 4.2, 4.4, B.5).
create table alert_check (
  alert_id bigint primary key references alert (id),
  result text not null check (result in ('confirmed', 'not_confirmed')),
  measure text check (measure in ('reminder', 'deduction', 'training')),
  note text not null,
  checked_by uuid not null references app_user (id),
  checked_at timestamptz not null
);
-- What waits to be checked: ended alerts of tickets, the latest first.
create index alert_to_check on alert (ended_at desc, id desc) where kind = 'abnormal' and state in ('resolved', 'closed');

-- What each unit was given at 08:30 and 14:00 (domain.md 4.4): its open abnormal tickets as they stood then.
create table unit_list (
  slot_at timestamptz not null,
  -- As of when they are: later than the time where nothing ran at it.
  made_at timestamptz not null,
  unit_id text not null,
  province_code text not null,
  -- The lowest node that holds all its tickets, so that every reader of the place may see the whole list.
  region_path text not null,
  tickets json not null,
  primary key (slot_at, province_code, unit_id)
);
