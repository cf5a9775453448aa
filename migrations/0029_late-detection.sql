-- A case that late events showed to have been true, and that is over (domain.md 7.4, S-9): it begins mitigated.
alter table alert add column late_detected boolean not null default false;

-- From when on a province has been silent, and when it was heard of again: until then and for a hold-down more nobody knows what was true in it.
create table silent_stretch (
  province_code text primary key,
  from_at timestamptz not null,
  heard_at timestamptz
);
