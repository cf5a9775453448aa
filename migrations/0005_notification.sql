-- Calls of this row whose outcome nobody knows (broken off after the request left, or the worker died). After the first, one more is made,
-- visibly marked as a repeat; after the second, none (design.md section 3, invariant 8).
alter table outbox add column unconfirmed_calls smallint not null default 0;
-- Calls on the wire by target: one slow endpoint must not hold every lane.
create index outbox_sending on outbox (channel, target) where state = 'sending';
