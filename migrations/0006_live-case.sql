-- Every risk tick asks for the live cases; among many open ticket alerts they must not be searched for.
create index alert_live_case on alert (id) where kind = 'risk' and ended_at is null;
