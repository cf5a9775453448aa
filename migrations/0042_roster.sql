-- Who is on for a position at any time (domain.md 7.6, docs/adr/0031). A position has versions of its roster and changes for single shifts or people; nothing of
-- any customer is in them. `revision` counts both, so that a change made upon an older state is refused; `check_at` is when its gaps are next looked at.
create table roster_position (
  role text not null,
  region_code text not null references region (code),
  revision integer not null default 0,
  check_at timestamptz not null,
  primary key (role, region_code)
);
create index roster_position_due on roster_position (check_at);

create table roster_version (
  role text not null,
  region_code text not null,
  version integer not null,
  effective_from timestamptz not null,
  body jsonb not null,
  author text not null,
  reason text not null,
  created_at timestamptz not null,
  primary key (role, region_code, version),
  foreign key (role, region_code) references roster_position (role, region_code)
);

create table roster_change (
  id bigint generated always as identity primary key,
  role text not null,
  region_code text not null,
  kind text not null check (kind in ('override', 'swap', 'leave')),
  body jsonb not null,
  -- The span that it is about, and the person on leave.
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  leave_of uuid,
  author text not null,
  reason text not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawn_reason text,
  foreign key (role, region_code) references roster_position (role, region_code)
);
create index roster_change_of_position on roster_change (role, region_code, to_at);
create index roster_change_of_leave on roster_change (leave_of, to_at) where leave_of is not null;

-- A vacant position concerns the people of its region and above; what has no region concerns everybody.
alter table configuration_alert add column region_code text references region (code);
