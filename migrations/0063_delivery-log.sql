-- What was said of late is read by when it was put in line (the log of notifications).
create index outbox_created on outbox (created_at);
