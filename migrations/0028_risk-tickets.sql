-- What the risk rules about important customers, official channels, halls and agents look for (domain.md MR-05, MR-08, MR-15, MR-21). Each is true of few
-- tickets and never changes for most, so rewriting a ticket does not touch these indexes.
alter table ticket
  -- Valid expedites and skip-level contacts of a VIP, a key person or a star-7 customer; null for everybody else.
  add column key_customer json,
  add column channel text,
  -- Who did what is disputed.
  add column disputed_channel text,
  add column age_group text check (age_group in ('minor', 'elderly'));
create index ticket_key_customer on ticket (accepted_at) where key_customer is not null;
create index ticket_key_customer_open on ticket (accepted_at) where key_customer is not null and closed_at is null;
create index ticket_official_channel on ticket (accepted_at)
  where channel in ('executive', 'gov_12345', 'petition', 'consumer_assoc', 'court_police', 'correction_office', 'aic_12315', 'media');
create index ticket_disputed_channel on ticket (accepted_at) where disputed_channel is not null;
-- What a look between ticks asks for: these tickets, lately written.
create index ticket_watched_lately on ticket (updated_at)
  where key_customer is not null
     or channel in ('executive', 'gov_12345', 'petition', 'consumer_assoc', 'court_police', 'correction_office', 'aic_12315', 'media');
create index keyword_hit_category on keyword_hit (category, occurred_at) where is_standing and kind = 'alert' and wrong_at is null;
