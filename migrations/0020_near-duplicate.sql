-- Near-duplicate texts of complaints and appeals (domain.md 5.3.2): which cluster a text belongs to, and what clusters are found by.

-- Tickets whose text must be looked at. Written in the transaction that changed them, taken out in the one that moves them between clusters.
create table text_check (
  seq bigint generated always as identity primary key,
  ticket_key text not null,
  accepted_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- A cluster is named by its oldest text and by its medoid: only these are held against a new one.
create table text_cluster (
  id bigint generated always as identity primary key,
  oldest text not null,
  medoid text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  size integer not null
);
-- Most texts stand alone, and nobody asks for those.
create index text_cluster_last on text_cluster (last_at) where size > 1;

-- One row a text that is long enough to judge; "said" is what is compared, without numbers, marks and phrases. It goes with the text of its ticket.
create table text_signature (
  ticket_key text primary key,
  cluster bigint not null references text_cluster (id),
  accepted_at timestamptz not null,
  kind text not null,
  province_code text not null,
  region_path text not null,
  customer_key text not null,
  contact_key text,
  address_key text,
  is_proxy boolean not null,
  said text not null
);
create index text_signature_cluster on text_signature (cluster, accepted_at, ticket_key);

-- By what a cluster is found: numbers of bands of the two texts that name it, within each stretch of time (buckets) that holds a text of it. Clusters
-- that nothing was added to for days are found no more, and their row goes.
create table text_band (
  cluster bigint primary key references text_cluster (id) on delete cascade,
  buckets integer[] not null,
  keys integer[] not null,
  noted_at timestamptz not null
);
-- Without a pending list: a look would have to read all of it.
create index text_band_keys on text_band using gin (keys) with (fastupdate = off);
create index text_band_noted on text_band (noted_at);

-- What was taken in lately is looked at once.
insert into text_check (ticket_key, accepted_at)
select ticket_key, accepted_at from ticket
 where kind in ('complaint', 'appeal') and is_valid and accepted_at >= (select max(accepted_at) from ticket) - interval '2 days'
 order by accepted_at, ticket_key;
