-- Sensitive words found in the texts of tickets (domain.md 5.4): each word of a category once a ticket.
create table keyword_hit (
  id bigint generated always as identity primary key,
  ticket_key text not null,
  category text not null,
  word text not null,
  -- Noted: negated, it counts for nothing.
  kind text not null check (kind in ('noted', 'alert')),
  -- At most 20 characters around the word, masked as the text is stored.
  fragment text not null,
  -- The version of the dictionary, by the acceptance of the ticket.
  version integer not null,
  -- When the ticket was accepted, and when the hit was found.
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  region_code text not null,
  region_path text not null,
  phenomenon text not null,
  customer_key text not null,
  -- False: the text no longer says so. Such a row is kept for the sake of the mark that a person made.
  is_standing boolean not null default true,
  wrong_at timestamptz,
  wrong_by text,
  wrong_reason text,
  unique (ticket_key, category, word),
  check ((wrong_at is null) = (wrong_by is null))
);
create index keyword_hit_occurred on keyword_hit (occurred_at, id);
-- What risk rules look at between ticks.
create index keyword_hit_alerting on keyword_hit (recorded_at) where is_standing and kind = 'alert' and wrong_at is null;
