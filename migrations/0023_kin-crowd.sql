-- A number that thousands of tickets name is nobody's: what tickets share by it says nothing, and reading them for one another costs the square of their
-- number. Keys are counted by stretches of 30 days, by acceptance (docs/adr/0020).
alter table ticket_kin add column span integer;
update ticket_kin k set span = floor((t.kin_facts ->> 'acceptedAt')::float8 / 2592000000) from ticket t where t.ticket_key = k.ticket_key and t.kin_facts is not null;
delete from ticket_kin where span is null;
alter table ticket_kin alter column span set not null, drop constraint ticket_kin_pkey, add primary key (kin_key, span, ticket_key);

-- Keys that are known to be a crowd in a stretch, so that it is seen when they become one and when they are one no longer.
create table kin_crowd (
  kin_key text not null,
  span integer not null,
  primary key (kin_key, span)
);

-- One ticket of each, by whom the crowd is found.
insert into kin_check (ticket_key) select min(ticket_key) from ticket_kin group by kin_key, span having count(*) > 200;
