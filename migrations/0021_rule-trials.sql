-- A rule tried silently (docs/adr/0016): with which values, where, by whose wish and until when. What it finds pages nobody and counts nowhere.
create table rule_trial (
  id bigint generated always as identity primary key,
  rule_id text not null,
  -- A province, or null for the group.
  scope_code text,
  parameters jsonb not null,
  reason text not null,
  owner text not null,
  started_by text not null,
  started_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > started_at),
  stopped_at timestamptz,
  stopped_by text
);
-- One at a time of a rule and a place: two at once could not be told apart in their results. A trial that has ended by its date is stopped by the next start.
create unique index rule_trial_running on rule_trial (rule_id, coalesce(scope_code, '')) where stopped_at is null;

-- What a trial says of a ticket: one row for the two, over all the times that it was true. Rule and parameters are the trial's.
create table trial_finding (
  trial_id bigint not null references rule_trial (id) on delete cascade,
  ticket_key text not null,
  level smallint not null check (level between 1 and 4),
  first_true_at timestamptz not null,
  last_true_at timestamptz not null,
  facts jsonb not null,
  -- Null while it holds; else when it ended, and whether the facts ended it or have disproved it (domain.md 3.8).
  cleared_at timestamptz,
  outcome text check (outcome in ('ended', 'disproved')),
  primary key (trial_id, ticket_key),
  check ((cleared_at is null) = (outcome is null))
);
