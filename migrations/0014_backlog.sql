-- What of a ticket waits behind what of it is being caught up with: found by the ticket. Live events, which are no part of it, cost nothing.
create index pending_event_backlog_ticket on pending_event (ticket_key) where not is_live;
