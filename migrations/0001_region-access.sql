-- The regional tree, people, keys, devices, versioned configuration. The tree is data: a deployment loads its own.

create table region (
  code text primary key,
  parent_code text references region (code),
  level text not null check (level in ('group', 'province', 'city', 'district', 'branch', 'grid')),
  name_zh text not null,
  name_en text not null,
  short_zh text not null,
  path text not null unique,
  tile_col integer,
  tile_row integer
);

create table app_user (
  id uuid primary key,
  login text not null unique,
  display_name text not null,
  role text not null,
  region_code text not null references region (code),
  password_hash text not null,
  is_demo boolean not null default false,
  created_at timestamptz not null,
  disabled_at timestamptz
);
-- Relation targets: who holds a role at a node.
create index app_user_role_region on app_user (role, region_code) where disabled_at is null;

create table session (
  sid_hash text primary key,
  user_id uuid references app_user (id) on delete cascade,
  data jsonb not null,
  expires_at timestamptz not null
);
create index session_expires on session (expires_at);

create table api_key (
  id uuid primary key,
  name text not null,
  key_hash text not null unique,
  region_code text not null references region (code),
  created_by uuid references app_user (id),
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- A wall shows a code, an admin confirms it, the wall fetches its token once; only hashes stay.
create table wall_device (
  id uuid primary key,
  pairing_code text,
  claim_hash text not null,
  token_hash text unique,
  name text,
  region_code text references region (code),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_by uuid references app_user (id),
  confirmed_at timestamptz,
  claimed_at timestamptz,
  last_seen_at timestamptz,
  revoked_at timestamptz
);
create unique index wall_device_pairing_code on wall_device (pairing_code) where pairing_code is not null;

-- Rules, limits, ladders, dictionaries: bodies by kind and version. A running alert keeps the version it started with (invariant 10).
create table config_version (
  kind text not null,
  version integer not null,
  effective_from timestamptz not null,
  author text not null,
  reason text not null,
  body jsonb not null,
  created_at timestamptz not null,
  primary key (kind, version)
);

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create index audit_log_at on audit_log (at);
