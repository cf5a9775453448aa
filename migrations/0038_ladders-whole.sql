-- Besides the ladder that asks for an answer, an alert may have one that follows when its handling limit is over (domain.md 4.2, 7.2).
alter table escalation add column purpose text not null default 'answer' check (purpose in ('answer', 'handling'));
-- The slot of the last reminder or report; null before the first.
alter table escalation add column reminded_at timestamptz;
drop index escalation_one_running;
create unique index escalation_one_running on escalation (alert_id, purpose) where stopped_at is null;

-- Round 0 is the step itself, later rounds are reminders while nobody answers: each is a firing of its own with rows of its own.
alter table outbox drop constraint outbox_escalation_id_step_fkey;
alter table outbox drop constraint outbox_escalation_id_step_channel_target_key;
alter table escalation_step drop constraint escalation_step_pkey;
alter table escalation_step add column round integer not null default 0;
alter table outbox add column round integer not null default 0;
alter table escalation_step add primary key (escalation_id, step, round);
alter table outbox add foreign key (escalation_id, step, round) references escalation_step (escalation_id, step, round);
alter table outbox add unique (escalation_id, step, round, channel, target);

-- Alerts by the end of their handling limit: what is over is acted on at the instant, not found by a scan.
create index alert_handle_due on alert (handle_due_at) where ended_at is null and handle_due_at is not null;
