-- Counting in two steps: the transaction that folds tickets appends which facts they lost and gained, a tally folds committed differences into cells.

drop table gauge;
drop table cell;

-- Taken out as they are folded in. The text is long and read once: not worth compressing.
create table fact_difference (
  seq bigint generated always as identity primary key,
  facts text not null,
  -- Earliest acceptance that the row adds or takes away: a risk tick waits for it.
  accepted_from timestamptz
);
alter table fact_difference alter column facts set storage external;
-- A queue: its dead rows are at the end that is read.
alter table fact_difference set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- One cell of one cube (core/domain/count/cubes.ts); `n` in the order of the base's measures, zeros at the end left out.
create table cell (
  cube text not null,
  bin_at timestamptz not null,
  region_code text not null,
  kind text not null,
  value text not null,
  n bigint[] not null,
  primary key (cube, bin_at, region_code, kind, value)
);

-- Buckets of the distributions kept beside some cells (core/domain/count/sketch.ts).
create table cell_sketch (
  cube text not null,
  bin_at timestamptz not null,
  region_code text not null,
  kind text not null,
  value text not null,
  bucket smallint not null,
  n integer not null,
  primary key (cube, bin_at, region_code, kind, value, bucket)
);

do $$
begin
  if exists (select from pg_extension where extname = 'timescaledb') then
    perform create_hypertable('cell', 'bin_at', chunk_time_interval => interval '28 days', create_default_indexes => false);
    perform create_hypertable('cell_sketch', 'bin_at', chunk_time_interval => interval '28 days', create_default_indexes => false);
  end if;
end
$$;

-- Sum of two lists measure by measure; the longer one's end stands alone, because lists of measures grow at their end.
create function add_measures(a bigint[], b bigint[]) returns bigint[] language plpgsql immutable strict parallel safe as $$
begin
  for i in 1 .. cardinality(b) loop
    a[i] := coalesce(a[i], 0) + b[i];
  end loop;
  -- One list for one content, however it came about.
  while a[cardinality(a)] = 0 loop
    a := trim_array(a, 1);
  end loop;
  return a;
end
$$;

-- What was counted so far was counted in other cells. Every ticket counts as nothing and stands in line once more, so that the workers count all of
-- them anew at the next start; until they are through, figures rise from zero.
update ticket set counted = '[]' where counted <> '[]';
insert into pending_event (ticket_key, occurred_at) select ticket_key, last_event_at from ticket where last_event_at is not null;
insert into pending_event (ticket_key, occurred_at)
  select e.ticket_key, e.occurred_at from event e join ticket t using (ticket_key) where t.last_event_at is null;
