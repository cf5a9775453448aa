-- What the engine found of itself: calls that the ladder and the clock asked for and of which there was no record, and that it saw to them (issue: proof).
create table self_audit_finding (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert (id),
  kind text not null check (kind in ('pointer', 'overdue', 'no_run')),
  -- When what was missed had been due; of a ladder that did not run, since when it should have.
  due_at timestamptz not null,
  found_at timestamptz not null,
  unique (alert_id, kind, due_at)
);
create index self_audit_finding_found on self_audit_finding (found_at);
