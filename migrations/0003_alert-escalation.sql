-- Alerts and cases, their life, the ladder they run on, what must be sent, what screens show.

create table alert (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('abnormal', 'risk')),
  rule_id text not null,
  rule_version integer not null,
  ladder_version integer not null,
  parameters jsonb not null,
  ticket_key text,
  province_code text,
  region_code text not null,
  region_path text not null,
  severity smallint not null check (severity between 1 and 4),
  state text not null,
  facts jsonb not null,
  opened_at timestamptz not null,
  severity_since timestamptz not null,
  acked_at timestamptz,
  acked_by uuid references app_user (id),
  acked_severity smallint,
  ack_due_at timestamptz,
  handle_due_at timestamptz,
  mitigated_at timestamptz,
  ended_at timestamptz,
  relapse_count integer not null default 0,
  suppressed_by bigint references alert (id),
  merged_into bigint references alert (id),
  version integer not null default 1
);
-- One open alert per rule and ticket (domain.md 4.1-2).
create unique index alert_one_open_per_rule_and_ticket on alert (rule_id, ticket_key) where kind = 'abnormal' and ended_at is null;
-- The desk and the wall: what is live, by scope.
create index alert_live on alert (region_path text_pattern_ops) where ended_at is null;
create index alert_ticket on alert (ticket_key) where ticket_key is not null;
create index alert_opened on alert (opened_at);

-- The condition of a case between ticks.
create table risk_case (
  alert_id bigint primary key references alert (id),
  phenomenon text not null,
  first_true_at timestamptz not null,
  last_true_at timestamptz not null,
  false_since timestamptz,
  proposed_severity smallint,
  ticket_count integer not null default 0,
  customer_count integer not null default 0
);

-- The latest reading of each rule in a case.
create table risk_member (
  alert_id bigint not null references risk_case (alert_id),
  rule_id text not null,
  region_code text not null,
  tick_at timestamptz not null,
  level smallint not null,
  value double precision not null,
  baseline double precision,
  z double precision,
  r double precision,
  reason jsonb not null,
  first_true_at timestamptz,
  last_true_at timestamptz,
  primary key (alert_id, rule_id)
);

-- Every reading of an open case, tick by tick: the chart of the case and the proof of why it fired.
create table risk_reading (
  alert_id bigint not null references risk_case (alert_id),
  rule_id text not null,
  tick_at timestamptz not null,
  region_code text not null,
  level smallint not null,
  value double precision not null,
  baseline double precision,
  z double precision,
  r double precision,
  primary key (alert_id, rule_id, tick_at)
);

create table case_ticket (
  alert_id bigint not null references risk_case (alert_id),
  ticket_key text not null,
  linked_at timestamptz not null,
  primary key (alert_id, ticket_key)
);
create index case_ticket_ticket on case_ticket (ticket_key);

-- Every change of an alert: who, when, from, to, reason, client. Append-only.
create table alert_transition (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert (id),
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'engine')),
  actor_id uuid references app_user (id),
  move text not null,
  from_state text,
  to_state text not null,
  from_severity smallint,
  to_severity smallint not null,
  reason text not null,
  detail jsonb not null default '{}',
  client text not null
);
create index alert_transition_alert on alert_transition (alert_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end
$$;
create trigger alert_transition_append_only before update or delete on alert_transition for each row execute function refuse_change();
create trigger audit_log_append_only before update or delete on audit_log for each row execute function refuse_change();

-- One running escalation per alert; due_at is a column, so a lost queue loses no step.
create table escalation (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert (id),
  severity smallint not null,
  ladder_version integer not null,
  started_at timestamptz not null,
  next_step integer not null,
  due_at timestamptz,
  stopped_at timestamptz,
  stopped_why text
);
create unique index escalation_one_running on escalation (alert_id) where stopped_at is null;
create index escalation_due on escalation (due_at) where stopped_at is null and due_at is not null;

create table escalation_step (
  escalation_id bigint not null references escalation (id),
  step integer not null,
  due_at timestamptz not null,
  fired_at timestamptz not null,
  targets jsonb not null,
  primary key (escalation_id, step)
);

-- What must be sent. Unique per step, channel and target: nobody is paged twice for one step.
create table outbox (
  id bigint generated always as identity primary key,
  delivery_id uuid not null unique,
  alert_id bigint not null references alert (id),
  escalation_id bigint not null,
  step integer not null,
  channel text not null,
  target text not null,
  payload jsonb not null,
  state text not null check (state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'cancelled', 'ambiguous')),
  attempts integer not null default 0,
  due_at timestamptz not null,
  claim_token uuid,
  claimed_until timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  outcome text,
  created_at timestamptz not null,
  foreign key (escalation_id, step) references escalation_step (escalation_id, step),
  unique (escalation_id, step, channel, target)
);
create index outbox_due on outbox (due_at) where state in ('queued', 'sending', 'ambiguous');
create index outbox_alert on outbox (alert_id);

create table webhook_endpoint (
  id uuid primary key,
  region_code text not null references region (code),
  url text not null,
  secret_sealed text not null,
  created_by uuid references app_user (id),
  created_at timestamptz not null,
  disabled_at timestamptz
);

-- What a person was told in the application.
create table notification (
  id bigint generated always as identity primary key,
  user_id uuid not null references app_user (id) on delete cascade,
  outbox_id bigint not null unique references outbox (id),
  alert_id bigint not null references alert (id),
  payload jsonb not null,
  created_at timestamptz not null,
  received_at timestamptz,
  read_at timestamptz
);
create index notification_user on notification (user_id, id);

-- Every change of what a screen shows, in commit order: seq is drawn under a lock that is held until commit.
create table feed (
  seq bigint primary key,
  at timestamptz not null,
  topic text not null,
  region_code text not null,
  region_path text not null,
  -- Set when the row is for one person only.
  user_id uuid,
  payload jsonb not null
);
create sequence feed_seq as bigint;
create index feed_at on feed (at);

-- The figures last published per node, so that only changes are published.
create table figure_published (
  region_code text primary key,
  payload jsonb not null
);

-- A worker beats here; the wall says "stale" from the age of the beat, not from the socket.
create table pulse (
  name text primary key,
  beat_at timestamptz not null
);

-- A tick is done once, by whoever moves its slot forward in the transaction that does the work.
create table tick_slot (
  name text primary key,
  slot_at timestamptz not null
);
