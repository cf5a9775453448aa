-- What changes late is logged, and published figures wait for a data steward's word; months are frozen (domain.md 3.8).

-- One line per ticket whose old facts a late or correcting cause moved; of tickets that arrived late as a whole one per province and day of
-- acceptance (ticket_key null). waiting and rejected lines are held back from published figures; the cells always hold the truth.
create table restatement (
  id bigint generated always as identity primary key,
  -- When it was logged or last changed.
  at timestamptz not null,
  province_code text not null,
  -- The finest node that holds all that moves.
  region_path text not null,
  ticket_key text,
  kind text,
  bases text not null,
  -- Earliest local days of what is lost and of what is gained.
  day_from date,
  day_to date,
  cause text not null,
  cause_event_id text,
  cause_type text,
  cause_at timestamptz,
  -- Facts as a ticket row keeps them; null where many tickets are summed.
  lost text,
  gained text,
  examples text[] not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'confirmed', 'rejected', 'withdrawn')),
  decided_by text,
  decided_at timestamptz,
  reason text
);
create unique index restatement_arrivals on restatement (province_code, day_to) nulls not distinct where ticket_key is null and state = 'waiting';
create index restatement_state on restatement (state, id);

-- What a line adds to (and takes from) the cells, by local day and city: what published figures are without.
create table restatement_sum (
  restatement_id bigint not null references restatement (id) on delete cascade,
  base text not null,
  bin_at timestamptz not null,
  region_code text not null,
  kind text not null,
  n bigint[] not null,
  primary key (restatement_id, base, bin_at, region_code, kind)
);
create index restatement_sum_bin on restatement_sum (bin_at);

-- The line that the ticket's changes of old facts go to while it stands.
alter table ticket add column restatement_id bigint;

-- From when on a province has been heard: what lies before was filled in, not published.
alter table province_feed add column first_received_at timestamptz;

-- Monthly sums of a node as they stood on the 5th working day of the next month. Never rewritten.
create table frozen_month (
  month date not null,
  region_code text not null references region (code),
  kind text not null,
  base text not null,
  n bigint[] not null,
  frozen_at timestamptz not null,
  formula_version integer not null,
  primary key (month, region_code, kind, base)
);
