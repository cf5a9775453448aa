-- What is wrong with the configuration itself and needs a person, for example a calendar year that nobody has loaded (domain.md 2.5).
-- One row a matter: cleared when it is mended, raised again when it comes back.
create table configuration_alert (
  code text primary key,
  raised_at timestamptz not null,
  text_zh text not null,
  text_en text not null,
  cleared_at timestamptz
);
