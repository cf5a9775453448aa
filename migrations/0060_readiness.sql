-- Readiness of people (docs/adr/0038): what last came to a person by each channel.
create index outbox_proof on outbox (target, channel, delivered_at desc) where delivered_at is not null;

-- Tests that people send to themselves; a worker makes each once. The id is the delivery id that the gateway is given.
create table contact_test (
  id uuid primary key,
  user_id uuid not null references app_user (id) on delete cascade,
  channel text not null,
  asked_at timestamptz not null,
  taken_at timestamptz,
  -- When the provider answered, whether it took the test, and its word.
  done_at timestamptz,
  ok boolean,
  outcome text,
  -- The gateway's receipt.
  delivered_at timestamptz
);
create index contact_test_of on contact_test (user_id, channel, asked_at desc);
create index contact_test_due on contact_test (asked_at) where taken_at is null;

-- Reports to the regulator stand beside those upward, each with clocks of its own (domain.md 5.5); a general interruption goes into the monthly report.
alter table case_report
  add column audience text not null default 'company' check (audience in ('company', 'regulator')),
  drop constraint case_report_kind_check,
  add constraint case_report_kind_check check (kind in ('oral', 'written', 'update', 'monthly'));
