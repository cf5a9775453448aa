-- Acknowledging from anywhere (docs/adr/0037): answers that come back by short message, chat card and browser.
-- The gateway hands on replies, or the platform calls back when a card's button is pressed.
alter table provider add column takes_answers boolean not null default false;

-- The short code of one short message; of the code itself only a keyed hash is kept.
create table reply_code (
  outbox_id bigint primary key references outbox (id) on delete cascade,
  user_id uuid not null references app_user (id) on delete cascade,
  code_hash text not null,
  created_at timestamptz not null
);
-- Two live codes of one person are never the same.
create unique index reply_code_of on reply_code (user_id, code_hash);
create index reply_code_hash on reply_code (code_hash);

-- What came back and what became of it, once for each message or event of a provider.
create table page_answer (
  provider_id uuid not null references provider (id) on delete cascade,
  event_hash text not null,
  at timestamptz not null,
  outcome text not null,
  said_zh text not null,
  said_en text not null,
  outbox_id bigint references outbox (id) on delete cascade,
  primary key (provider_id, event_hash)
);
create index page_answer_at on page_answer (at);
create index page_answer_outbox on page_answer (outbox_id) where outbox_id is not null;

-- By which push services know this deployment: one pair, made on first use, its private half sealed.
create table web_push_key (
  id boolean primary key default true check (id),
  public_key text not null,
  private_sealed text not null,
  created_at timestamptz not null
);

-- Browsers of a person that show pages; where to and with which keys is sealed.
create table push_subscription (
  id uuid primary key,
  user_id uuid not null references app_user (id) on delete cascade,
  endpoint_hash text not null unique,
  host text not null,
  sealed text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  removed_why text
);
create index push_subscription_user on push_subscription (user_id) where removed_at is null;
