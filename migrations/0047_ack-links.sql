-- A page carries a link by which the person whom it was sent to acknowledges, once (research: GET shows, POST acts).
alter table outbox add column link_used_at timestamptz;
