-- Back-tests that people asked for (docs/adr/0022): a worker runs them one after the other, each by a claim that a later one fences off. Nothing of any customer is in them.
create table back_test (
  id bigint generated always as identity primary key,
  rule_id text not null,
  -- What was changed against the values in force, by path, and the whole set that is replayed.
  given jsonb not null,
  parameters jsonb not null,
  region_path text not null,
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  asked_by text not null,
  asked_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  claim uuid,
  claimed_until timestamptz,
  -- How often it was begun: one that takes its process down with it is not begun without end.
  begun integer not null default 0,
  ticks_done integer not null default 0,
  ticks_total integer not null,
  ended_at timestamptz,
  -- As json: it is only handed on.
  report json
);
-- One at a time for each person.
create unique index back_test_of_person on back_test (asked_by) where state in ('waiting', 'running');
create index back_test_due on back_test (id) where state in ('waiting', 'running');
