-- What a silent trial of a risk rule (docs/adr/0016) would have raised: one row for each time that it was true of a matter in a place. It pages nobody and opens nothing; rule and parameters are the trial's.
create table risk_trial_finding (
  trial_id bigint not null references rule_trial (id) on delete cascade,
  region_code text not null,
  matter_kind text not null,
  matter text not null,
  first_true_at timestamptz not null,
  last_true_at timestamptz not null check (last_true_at >= first_true_at),
  -- The highest colour of the time, with the numbers of the tick at which it was first reached.
  level smallint not null check (level between 1 and 4),
  value double precision not null,
  facts jsonb not null,
  primary key (trial_id, region_code, matter_kind, matter, first_true_at)
);
create index risk_trial_finding_lately on risk_trial_finding (trial_id, last_true_at);
