-- Tickets that their province reported as templates (domain.md MR-03): few, and looked for at every risk tick. It never changes for most tickets, so rewriting
-- them does not touch the index.
alter table ticket add column is_template boolean not null default false;
create index ticket_template on ticket (accepted_at) where is_template;
