-- How staff are reached (domain.md 7.3). All of it sealed: a number of a person is in the clear nowhere.
create table user_contact (
  user_id uuid primary key references app_user (id) on delete cascade,
  sealed text not null,
  preferred_im text,
  updated_at timestamptz not null
);

-- Through whom: gateways and servers, for the whole deployment (the root of the tree) or for one province.
create table provider (
  id uuid primary key,
  kind text not null,
  region_code text not null references region (code),
  url text not null,
  account text not null,
  sender text not null,
  secrets_sealed text not null,
  per_minute integer not null check (per_minute > 0),
  is_enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Somebody asked for a test to himself; a worker makes it and writes the proof.
  test_for uuid references app_user (id) on delete set null,
  proved_at timestamptz,
  proof_ok boolean,
  proof text
);

-- Tokens left of a limit: of a person and channel, of a provider.
create table send_limit (
  name text primary key,
  tokens double precision not null,
  at timestamptz not null
);

-- Accepted is not delivered: when silence counts as not told (fallback_at), of which row another is the fallback, and pages that could not be sent with the reason.
alter table outbox
  add column is_urgent boolean not null default false,
  add column fallback_of uuid references outbox (delivery_id) on delete set null,
  add column fallback_at timestamptz,
  add column read_at timestamptz,
  drop constraint outbox_state_check,
  add constraint outbox_state_check check (state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'cancelled', 'ambiguous', 'refused'));
drop index outbox_due;
create index outbox_due on outbox (is_urgent desc, due_at) where state in ('queued', 'sending', 'ambiguous');
create index outbox_fallback on outbox (fallback_at) where fallback_at is not null;
create index outbox_fallback_of on outbox (fallback_of) where fallback_of is not null;
