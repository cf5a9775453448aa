-- The fold can be gone on with instead of starting from the first event: what it remembers besides the ticket, null where only the whole history will
-- do. The fold itself is written often and looked into seldom: json takes it as it comes, where jsonb would take it apart each time.
alter table ticket alter column fold type json using fold::json;
alter table ticket add column fold_memory text;

-- What the other tickets of the same customer make of this one (domain.md 3.7-2, 3.7-3; null: nothing), and what of it concerns them.
alter table ticket add column customer_history json;
alter table ticket add column kin_facts json;

-- By which keyed hashes a ticket is found by its kin.
create table ticket_kin (
  kin_key text not null,
  ticket_key text not null,
  primary key (kin_key, ticket_key)
);
create index ticket_kin_ticket on ticket_kin (ticket_key);

-- Tickets whose kin must be looked at. Written in the transaction that changed them and taken out in one that begins after its commit, so that of two
-- tickets folded at the same time at least one finds the other.
create table kin_check (
  seq bigint generated always as identity primary key,
  ticket_key text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What happens now goes before what is caught up with: neither waits for the other (workers/ingest.ts takes of both).
alter table pending_event add column is_live boolean not null default true;
create index pending_event_backlog on pending_event (seq) where not is_live;
create index pending_event_live on pending_event (seq) where is_live;

-- deadline_at is the earliest of all running deadlines; this names the clock that sets it (domain.md 3.6).
alter table ticket add column deadline_clock text;

-- Nobody looks tickets up by it, and every fold wrote it.
drop index ticket_open_deadline;
