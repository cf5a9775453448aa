-- Whose event an id belongs to: the same id from another province is a clash that is told, never a silent duplicate.
alter table event_id add column province_code text;

-- What this ticket has been counted as, exactly as written to cells and gauges (JSON text): the minuend of the next difference, whatever limits,
-- tree or code say by then. And the stretch of time that holds the ticket's events, so that a fold touches only the chunks of that stretch.
alter table ticket add column counted text not null default '[]';
alter table ticket add column first_event_at timestamptz;
alter table ticket add column last_event_at timestamptz;

-- Small rows that change with every batch: room on their page keeps the change there.
alter table gauge set (fillfactor = 50);
alter table province_feed set (fillfactor = 50);
-- A queue: its dead rows are at the end that is read.
alter table pending_event set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
