-- The record of each change of shift (domain.md 7.6): drafted by the engine, signed by both sides, its figures kept as they stood at the first signature.
create table handover (
  id bigint generated always as identity primary key,
  region_code text not null references region (code),
  region_path text not null,
  -- When the shift changes, and when the incoming shift ends.
  at timestamptz not null,
  until timestamptz not null,
  created_at timestamptz not null,
  -- Who goes and who comes, as the rosters said at the change; null before it.
  outgoing jsonb,
  incoming jsonb,
  changed_at timestamptz,
  record jsonb,
  recorded_at timestamptz,
  notes text not null default '',
  outgoing_by uuid references app_user (id),
  outgoing_at timestamptz,
  incoming_by uuid references app_user (id),
  incoming_at timestamptz,
  -- The alert that says that it was not confirmed; it may be deleted before the record is.
  alert_id bigint,
  unique (region_code, at)
);
create index handover_to_change on handover (at) where changed_at is null;
create index handover_to_confirm on handover (at) where alert_id is null and (outgoing_at is null or incoming_at is null);
create index handover_place on handover (region_path, at);

-- A change of shift at which what is unanswered is told to whoever comes on, beside the ladder's own times, which it leaves alone.
alter table escalation add column handover_at timestamptz;
create index escalation_handover on escalation (handover_at) where stopped_at is null and handover_at is not null;
